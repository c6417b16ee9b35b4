// One start of an app, called as the Functions host calls it.
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace IntelMq.Benchmarks;

/// <summary>What a start took.</summary>
/// <param name="FirstAnswer">From the start of the process to the first HTTP answer, in milliseconds.</param>
/// <param name="FirstEvent">From the start of the process to the answer of the call with the first event; null where none was sent.</param>
/// <param name="Cpu">The CPU time until then, in milliseconds.</param>
/// <param name="MemoryBytes">The memory held then (resident set).</param>
internal sealed record AppStart(double FirstAnswer, double? FirstEvent, double Cpu, long MemoryBytes)
{
    private const string Function = "taxonomy";
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    /// <summary>Starts a program, asks it, and ends it.</summary>
    /// <param name="program">The program.</param>
    /// <param name="folder">A compiled folder; null for the empty app.</param>
    /// <param name="data">The data folder.</param>
    /// <param name="withEvent">Whether an event is sent.</param>
    /// <exception cref="InvalidOperationException">The app ended or answered otherwise than it should; the sentence holds what it said.</exception>
    public static async Task<AppStart> MeasureAsync(string program, string? folder, string data, bool withEvent)
    {
        var port = FreePort();
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder ?? data };
        start.Environment["FUNCTIONS_CUSTOMHANDLER_PORT"] = port.ToString(CultureInfo.InvariantCulture);
        if (folder is null)
        {
            start.Environment["ASPNETCORE_URLS"] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
        }

        start.Environment["FUNCTIONS_APP_ROOT_PATH"] = folder ?? data;
        start.Environment["INTELMQ_DATA"] = data;
        start.Environment.TryAdd("DOTNET_ROOT", Path.GetDirectoryName(Environment.ProcessPath)!);
        var begun = Stopwatch.GetTimestamp();
        using var process = Process.Start(start)!;
        var said = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            await AskAsync(process, port, "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", 200);
            var first = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
            double? handled = null;
            if (withEvent)
            {
                await AskAsync(process, port, Call(), 200, "\"in\":1");
                handled = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
            }

            return new AppStart(first, handled, ProcessFigures.CpuSeconds(process.Id) * 1000, ProcessFigures.Memory(process.Id, "VmRSS"));
        }
        catch (Exception error) when (error is InvalidOperationException or IOException or OperationCanceledException)
        {
            process.Kill();
            throw new InvalidOperationException($"{error.Message}\n{string.Concat(await said)}", error);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    // A message arrives encoded twice: a JSON string that holds the JSON of the frame, again a string.
    private static string Call()
    {
        const string Frame = """{"format":"intelmq","version":1,"type":"event","meta":{"uuid":"5a8e6b0a-1c5f-4f0e-9d2b-7f6a3c1e0d4b"},"payload":{"source.ip":"192.0.2.1","classification.type":"phishing"}}""" + "\n";
        var body = $$"""{"Data":{"frames":{{Quote(Quote(Frame))}} },"Metadata":{"DequeueCount":"1","Id":"\"c3b536bd-cdce-402e-aac1-fa608e85e023\"","sys":{"MethodName":"{{Function}}"} } }""";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"POST /{Function} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nX-Azure-Functions-InvocationId: f4653802\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}");
    }

    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text)}\"";

    private static async Task AskAsync(Process process, int port, string request, int status, string contained = "")
    {
        using var patience = new CancellationTokenSource(s_patience);
        using var socket = await ConnectAsync(process, port, patience.Token);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(request), patience.Token);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var answer = await reader.ReadToEndAsync(patience.Token);
        if (!answer.StartsWith(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} "), StringComparison.Ordinal) || !answer.Contains(contained, StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"The app answered:\n{answer}");
        }
    }

    private static async Task<Socket> ConnectAsync(Process process, int port, CancellationToken cancellation)
    {
        while (true)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port, cancellation);
                return socket;
            }
            catch (SocketException) when (!process.HasExited)
            {
                socket.Dispose();
                await Task.Delay(1, cancellation);
            }
            catch (SocketException)
            {
                socket.Dispose();
                throw new InvalidOperationException("The app ended before it answered.");
            }
        }
    }
}
