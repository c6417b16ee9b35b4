// The Kafka broker for this machine, as a process that may outlive us.
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using IntelMq.Bots;

namespace IntelMq.FunctionsHost.Emulators;

/// <summary>
/// A Kafka broker on a free port of this machine, in a process of its own. It keeps messages in memory only: while messages are left it stays when its host
/// ends, in whatever way, and the next host with the same folder finds it again. Without a host it ends by itself.
/// </summary>
public sealed partial class KafkaEmulator : IAsyncDisposable
{
    /// <summary>It keeps 5 MiB of a partition; with this much unread in it, there is room for one more message of the longest kind.</summary>
    public const int PartitionRoom = 3 * 1024 * 1024;

    /// <summary>How long it stays without a host, in minutes.</summary>
    public const int MinutesAlone = 10;

    private static readonly TimeSpan s_longestStart = TimeSpan.FromSeconds(30);

    private readonly string _file;
    private readonly int _process;

    private KafkaEmulator(string file, int process, int port) => (_file, _process, Port) = (file, process, port);

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>The brokers, as clients are told.</summary>
    public string Brokers => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <summary>Set when nothing is left in it: it ends with this object.</summary>
    public bool IsEmpty { get; set; }

    /// <summary>Finds the broker that an earlier host left behind with messages in it, or starts one.</summary>
    /// <param name="folder">Where the process and its port are written down.</param>
    /// <param name="cancellation">Stops the start.</param>
    /// <exception cref="BotConfigurationException">The broker does not start; the sentence tells why.</exception>
    public static async Task<KafkaEmulator> StartAsync(string folder, CancellationToken cancellation)
    {
        var file = Path.Combine(Directory.CreateDirectory(folder).FullName, "broker");
        if (File.Exists(file) && Known().Match(await File.ReadAllTextAsync(file, cancellation)) is { Success: true } known)
        {
            var last = new KafkaEmulator(file, Number(known, 1), Number(known, 2));
            if (await last.IsThereAsync(cancellation))
            {
                return last;
            }
        }

        var program = Path.Combine(AppContext.BaseDirectory, "IntelMq.KafkaBroker.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, "--port", "0", "--idle", MinutesAlone.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        }) ?? throw new BotConfigurationException("'dotnet' cannot be started, which runs the Kafka broker. Name a broker with --connection.");
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(s_longestStart);
        string? line;
        try
        {
            line = await process.StandardOutput.ReadLineAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            cancellation.ThrowIfCancellationRequested();
            throw new BotConfigurationException($"The Kafka broker '{program}' did not listen within {s_longestStart.TotalSeconds} seconds. Name a broker with --connection.");
        }

        if (line is null || Listens().Match(line) is not { Success: true } listens)
        {
            throw new BotConfigurationException($"The Kafka broker '{program}' does not start: {await process.StandardError.ReadToEndAsync(cancellation)} Name a broker with --connection.");
        }

        var started = new KafkaEmulator(file, process.Id, Number(listens, 1));
        await File.WriteAllTextAsync(file, string.Create(CultureInfo.InvariantCulture, $"process {started._process} port {started.Port}"), cancellation);
        return started;
    }

    /// <summary>Ends the broker if nothing is left in it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!IsEmpty)
        {
            return;
        }

        try
        {
            using var process = Process.GetProcessById(_process);
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException)
        {
            // It is gone.
        }

        File.Delete(_file);
    }

    private static int Number(Match match, int group) => int.Parse(match.Groups[group].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex("^Kafka listens on 127.0.0.1:([0-9]{1,5})$", RegexOptions.NonBacktracking)]
    private static partial Regex Listens();

    [GeneratedRegex("^process ([0-9]{1,9}) port ([0-9]{1,5})$", RegexOptions.NonBacktracking)]
    private static partial Regex Known();

    // Both the process and its port: either number may be somebody else's by now.
    private async Task<bool> IsThereAsync(CancellationToken cancellation)
    {
        try
        {
            using var process = Process.GetProcessById(_process);
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", Port, cancellation);
            return process.ProcessName == "dotnet";
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or SocketException)
        {
            return false;
        }
    }
}
