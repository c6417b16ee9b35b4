// The function app as a process of its own, called as the Functions host calls it.
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;

namespace IntelMq.App.Tests;

/// <summary>The built app on a free port.</summary>
internal sealed class AppProcess : IAsyncDisposable
{
    /// <summary>How long something may take on a busy machine before a test gives up.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });
    private readonly Process _process;
    private readonly StringBuilder _errors = new();
    private readonly StringBuilder _output = new();

    private AppProcess(Process process, int port)
    {
        (_process, Port) = (process, port);
        process.OutputDataReceived += (_, line) => Keep(_output, line.Data);
        process.ErrorDataReceived += (_, line) => Keep(_errors, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>The path of the built app.</summary>
    public static string Dll { get; } = Path.Combine(FindRoot(), "functions", "App", "bin", "Release", "net10.0", "IntelMq.App.dll");

    /// <summary>The port that the app was told.</summary>
    public int Port { get; }

    /// <summary>The process's id.</summary>
    public int Id => _process.Id;

    /// <summary>Whether it runs.</summary>
    public bool IsAlive => !_process.HasExited;

    /// <summary>What it wrote to stderr until now.</summary>
    public string Errors => Text(_errors);

    /// <summary>What it wrote to stdout until now.</summary>
    public string Output => Text(_output);

    /// <summary>A port that was free a moment ago.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Starts the app with a compiled folder, its data beside it.</summary>
    public static AppProcess Start(string folder, int? port = null, params (string Name, string Value)[] variables)
    {
        var chosen = port ?? FreePort();
        return new AppProcess(Process.Start(StartInfo("dotnet", [Dll], folder, chosen, variables))!, chosen);
    }

    /// <summary>Starts the app and waits until it answers.</summary>
    public static async Task<AppProcess> StartReadyAsync(string folder)
    {
        for (var tries = 1; ; tries++)
        {
            var app = Start(folder);
            try
            {
                await app.ReadyAsync();
                return app;
            }
            catch (HttpRequestException) when (tries < 5)
            {
                // Somebody else may have taken the port in the meantime.
                await app.EndAsync();
                Assert.Contains("address already in use", app.Errors, StringComparison.Ordinal);
                await app.DisposeAsync();
            }
        }
    }

    /// <summary>How the app, or a program that starts it, is started.</summary>
    public static ProcessStartInfo StartInfo(string program, string[] arguments, string folder, int port, params (string Name, string Value)[] variables)
    {
        var info = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        info.Environment["FUNCTIONS_CUSTOMHANDLER_PORT"] = port.ToString(CultureInfo.InvariantCulture);
        info.Environment["FUNCTIONS_APP_ROOT_PATH"] = folder;
        info.Environment["INTELMQ_DATA"] = Path.Combine(folder, "data");
        info.Environment.Remove("INTELMQ_BOTS_FOLDER");
        foreach (var (name, value) in variables)
        {
            info.Environment[name] = value;
        }

        return info;
    }

    /// <summary>Asks as the host does until there is an answer.</summary>
    public async Task<AppAnswer> ReadyAsync()
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return await SendAsync(HttpMethod.Get, "", null);
            }
            catch (HttpRequestException) when (IsAlive && waited.Elapsed < Patience)
            {
                await Task.Delay(25, TestContext.Current.CancellationToken);
            }
        }
    }

    /// <summary>Calls a function: in chunks, as the host does, or with a length, as it does under Core Tools.</summary>
    public Task<AppAnswer> CallAsync(string function, string body, bool chunked = true) => CallAsync(function, Encoding.UTF8.GetBytes(body), chunked);

    /// <summary>Calls a function.</summary>
    public Task<AppAnswer> CallAsync(string function, byte[] body, bool chunked = true)
    {
        HttpContent content = chunked ? new StreamContent(new MemoryStream(body)) : new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json") { CharSet = "utf-8" };
        return SendAsync(HttpMethod.Post, function, content, chunked);
    }

    /// <summary>Sends a request.</summary>
    public async Task<AppAnswer> SendAsync(HttpMethod method, string path, HttpContent? content, bool chunked = false)
    {
        using var request = new HttpRequestMessage(method, string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}/{path}")) { Content = content };
        request.Headers.Add("X-Azure-Functions-HostVersion", "4.1037.0.0");
        request.Headers.Add("X-Azure-Functions-InvocationId", "f4653802-d40a-4cc1-a8e5-f74a65700d35");
        request.Headers.UserAgent.ParseAdd("Azure-Functions-Host/4.1037.0.0");
        request.Headers.TransferEncodingChunked = chunked ? true : null;
        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        return new AppAnswer((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, body);
    }

    /// <summary>Sends a signal by its name.</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start("kill", ["-" + name, Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Waits for the end and gives the exit code.</summary>
    public async Task<int> EndAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (IsAlive)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
        _http.Dispose();
    }

    private static string Text(StringBuilder lines)
    {
        lock (lines)
        {
            return lines.ToString();
        }
    }

    private static void Keep(StringBuilder lines, string? line)
    {
        lock (lines)
        {
            lines.Append(line).Append('\n');
        }
    }

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "IntelMq.Functions.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests run from a checkout of the project.");
        }

        return folder;
    }
}
