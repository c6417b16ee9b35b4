// Azurite: blobs, queues and tables on this machine.
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using IntelMq.Bots;

namespace IntelMq.FunctionsHost.Emulators;

/// <summary>
/// A storage emulator on three free ports of this machine, as a process of its own that ends with this object, and with this process however that ends.
/// What Azurite acknowledges is on disk up to five seconds later: only an orderly end keeps everything.
/// </summary>
public sealed partial class Azurite : IAsyncDisposable
{
    private const string Account = "devstoreaccount1";

    // Not a secret: the key that every storage emulator has (https://learn.microsoft.com/azure/storage/common/storage-connect-azurite).
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    // Azurite has its standard input from us. When that ends, whether we closed it or are gone, it tells itself to stop. What it says on the way may
    // have no reader any more; without the two handlers it would die of that before it has written down what it holds.
    private const string EndsWithUs = "data:text/javascript,for(const out of [process.stdout,process.stderr])out.on('error',()=>{});process.stdin.on('end',()=>process.kill(process.pid,'SIGTERM')).resume()";

    private static readonly string[] s_services = ["Blob", "Queue", "Table"];
    private static readonly TimeSpan s_longestStart = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_longestEnd = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly TimeSpan _longestEnd;
    private readonly ConcurrentDictionary<string, string> _addresses = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _said = [];
    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Azurite(Process process, bool keepsData)
    {
        // It waits for its clients to hang up. What is in memory only is not worth waiting for.
        (_process, _longestEnd) = (process, keepsData ? s_longestEnd : TimeSpan.FromSeconds(1));
        process.OutputDataReceived += (_, line) => Heard(line.Data);
        process.ErrorDataReceived += (_, line) => Heard(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>The connection string, for the Functions host and for every storage client.</summary>
    public string ConnectionString => $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};"
        + string.Concat(s_services.Select(service => $"{service}Endpoint={_addresses[service]}/{Account};"));

    /// <summary>Installs Azurite if it is not there yet, starts it and waits until it listens.</summary>
    /// <param name="folder">Where it keeps its data; null keeps everything in memory.</param>
    /// <param name="cancellation">Stops the start.</param>
    /// <exception cref="BotConfigurationException">Node.js is missing, or Azurite does not start; the sentence tells why.</exception>
    public static async Task<Azurite> StartAsync(string? folder, CancellationToken cancellation)
    {
        var packages = await NodePackages.InstalledAsync(cancellation);
        var last = folder is null ? null : Path.Combine(folder, "azurite.pid");
        if (last is not null)
        {
            await LastEndedAsync(last, cancellation);
        }

        string[] place = folder is null ? ["--inMemoryPersistence"] : ["--location", Path.GetFullPath(folder)];
        var start = new ProcessStartInfo("node",
        [
            "--import", EndsWithUs, Path.Combine(packages, "node_modules", "azurite", "dist", "src", "azurite.js"), .. place,
            "--blobHost", "127.0.0.1", "--queueHost", "127.0.0.1", "--tableHost", "127.0.0.1",
            "--blobPort", "0", "--queuePort", "0", "--tablePort", "0", "--silent", "--disableTelemetry", "--skipApiVersionCheck",
        ])
        {
            // It drops files into its working folder when it is not told otherwise.
            WorkingDirectory = folder is null ? Path.GetTempPath() : Directory.CreateDirectory(folder).FullName,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var azurite = new Azurite(NodePackages.Start(start, "node"), keepsData: folder is not null);
        try
        {
            if (last is not null)
            {
                await File.WriteAllTextAsync(last, azurite._process.Id.ToString(CultureInfo.InvariantCulture), cancellation);
            }

            await azurite.ListeningAsync(cancellation);
            return azurite;
        }
        catch
        {
            await azurite.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends Azurite in order, and by force where that takes longer than ten seconds (one, where it keeps no data).</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.StandardInput.Close();
            using var patience = new CancellationTokenSource(_longestEnd);
            try
            {
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
                await _process.WaitForExitAsync(CancellationToken.None);
            }
        }

        _process.Dispose();
    }

    [GeneratedRegex("^Azurite (Blob|Queue|Table) service is successfully listening at (http://[^ ]+)$", RegexOptions.NonBacktracking)]
    private static partial Regex Listens();

    // After a crash of ours the last one is still writing down what it has: one that starts beside it would read less than all and write over it.
    private static async Task LastEndedAsync(string file, CancellationToken cancellation)
    {
        if (!File.Exists(file) || !int.TryParse(await File.ReadAllTextAsync(file, cancellation), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
        {
            return;
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(s_longestEnd * 2);
        try
        {
            using var last = Process.GetProcessById(id);
            if (last.ProcessName == "node")
            {
                await last.WaitForExitAsync(patience.Token);
            }
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException)
        {
            // It is gone.
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new BotConfigurationException($"The storage emulator of an earlier run (process {id}) does not end. End it, or choose another folder with --data.");
        }
    }

    private async Task ListeningAsync(CancellationToken cancellation)
    {
        var ended = _process.WaitForExitAsync(cancellation);
        var first = await Task.WhenAny(_listening.Task, ended, Task.Delay(s_longestStart, cancellation));
        cancellation.ThrowIfCancellationRequested();
        if (first != _listening.Task)
        {
            var why = first == ended ? $"ended with {_process.ExitCode}" : $"did not listen within {s_longestStart.TotalSeconds} seconds";
            throw new BotConfigurationException($"The storage emulator Azurite {why}. It said: {string.Join(' ', _said)}");
        }
    }

    private void Heard(string? line)
    {
        if (line is null)
        {
            return;
        }

        if (Listens().Match(line) is { Success: true } match)
        {
            _addresses[match.Groups[1].Value] = match.Groups[2].Value;
            if (_addresses.Count == s_services.Length)
            {
                _listening.TrySetResult();
            }
        }
        else if (_said.Count < 20)
        {
            _said.Enqueue(line);
        }
    }
}
