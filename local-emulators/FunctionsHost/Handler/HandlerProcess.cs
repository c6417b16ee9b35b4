// The process of the function app, as the real host starts and watches it.
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace IntelMq.FunctionsHost.Handler;

/// <summary>How the function app is started.</summary>
/// <param name="App">The path of IntelMq.App.dll.</param>
/// <param name="Folder">The compiled folder.</param>
/// <param name="Variables">Further environment variables.</param>
public sealed record HandlerStart(string App, string Folder, IReadOnlyDictionary<string, string> Variables);

/// <summary>
/// Starts the function app on a free port and starts it again on the same port when it ends. One that cannot even load its pipeline three times in a row
/// is not started again.
/// </summary>
public sealed class HandlerProcess : IAsyncDisposable
{
    private const int MostFailures = 3;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly HandlerStart _start;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _watching;
    private readonly Queue<string> _lastErrors = new();
    private readonly HttpMessageInvoker _http;
    private TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Process? _process;

    /// <summary>Starts the app.</summary>
    public HandlerProcess(HandlerStart start, HttpMessageInvoker http, ILogger log)
    {
        (_start, _http, _log) = (start, http, log);
        Address = new Uri($"http://127.0.0.1:{FreePort().ToString(CultureInfo.InvariantCulture)}/");
        _watching = Task.Run(WatchAsync);
    }

    /// <summary>Where the app is called.</summary>
    public Uri Address { get; }

    /// <summary>The id of the running process; null where none runs. Tests end it at bad moments.</summary>
    public int? ProcessId
    {
        get
        {
            lock (_lastErrors)
            {
                return _process is { HasExited: false } process ? process.Id : null;
            }
        }
    }

    /// <summary>How often the app was started.</summary>
    public int Starts { get; private set; }

    /// <summary>Waits until the app answers.</summary>
    /// <exception cref="FunctionFailedException">The app does not start; the sentence holds what it said.</exception>
    public Task WhenReadyAsync(CancellationToken cancellation) => _ready.Task.WaitAsync(cancellation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        if (ProcessId is { } running)
        {
            // A polite word first: the app finishes what it has.
            using var kill = Process.Start(new ProcessStartInfo("kill", ["-TERM", running.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardError = true });
            if (await Task.WhenAny(_watching, Task.Delay(s_patience)) != _watching)
            {
                lock (_lastErrors)
                {
                    _process?.Kill(entireProcessTree: true);
                }
            }
        }

        await _watching;
        _ending.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task WatchAsync()
    {
        var failures = 0;
        while (!_ending.IsCancellationRequested)
        {
            using var process = StartProcess();
            Now(process);
            Starts++;
            var answered = await AnswersAsync(process);
            if (answered)
            {
                _ready.TrySetResult();
            }

            await process.WaitForExitAsync(CancellationToken.None);
            Now(null);
            if (_ending.IsCancellationRequested)
            {
                return;
            }

            _log.LogWarning("The function app (process {Process}) ended with the code {Code}; it is started again.", process.Id, process.ExitCode);

            // A crash at work is a restart; an app that ends with 1 has told why it cannot work, though it answered before it knew.
            failures = process.ExitCode == 1 || !answered ? failures + 1 : 0;
            if (failures >= MostFailures)
            {
                string said;
                lock (_lastErrors)
                {
                    said = string.Join('\n', _lastErrors.Distinct());
                }

                var problem = new FunctionFailedException($"The function app ended {MostFailures} times with the code {process.ExitCode} and is not started again. It said:\n{said}") { IsFinal = true };
                _ready.TrySetException(problem);
                var failed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                failed.SetException(problem);
                _ready = failed;
                return;
            }

            if (_ready.Task.IsCompleted)
            {
                _ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }

    // Under the lock: whoever asks for the process must not get one that is disposed at that moment.
    private void Now(Process? process)
    {
        lock (_lastErrors)
        {
            _process = process;
        }
    }

    private Process StartProcess()
    {
        var info = new ProcessStartInfo("dotnet", [_start.App])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = _start.Folder,
        };
        foreach (var (name, value) in _start.Variables)
        {
            info.Environment[name] = value;
        }

        // On a machine with a large cache the runtime lets tens of megabytes pile up before it collects; beside other processes that is too much.
        info.Environment.TryAdd("DOTNET_GCgen0size", "800000");
        info.Environment["FUNCTIONS_CUSTOMHANDLER_PORT"] = Address.Port.ToString(CultureInfo.InvariantCulture);
        info.Environment["FUNCTIONS_APP_ROOT_PATH"] = _start.Folder;
        var process = Process.Start(info) ?? throw new InvalidOperationException("The function app could not be started.");
        process.OutputDataReceived += (_, line) => Said(line.Data);
        process.ErrorDataReceived += (_, line) => Failed(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private async Task<bool> AnswersAsync(Process process)
    {
        while (!process.HasExited && !_ending.IsCancellationRequested)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, Address);
                using var response = await _http.SendAsync(request, _ending.Token);
                return true;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(25);
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }

        return false;
    }

    private void Said(string? line)
    {
        if (line is not null)
        {
            AppLog.Pass(line, _log);
        }
    }

    private void Failed(string? line)
    {
        if (line is null)
        {
            return;
        }

        const string Prefix = "error: ";
        line = line.StartsWith(Prefix, StringComparison.Ordinal) ? line[Prefix.Length..] : line;
        lock (_lastErrors)
        {
            _lastErrors.Enqueue(line);
            if (_lastErrors.Count > 20)
            {
                _lastErrors.Dequeue();
            }
        }

        _log.LogError("{Line}", line);
    }
}
