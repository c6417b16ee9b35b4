// The function app as a process of its own, with what it writes.
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace IntelMq.EndToEnd.Tests;

/// <summary>Starts the built app on a compiled folder and calls it as the Functions host does.</summary>
internal sealed class AppProcess : IDisposable
{
    private readonly Process _process;
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly Uri _address;
    private readonly Task<string> _output;
    private readonly Task<string> _errors;

    public AppProcess(string folder, string data, IReadOnlyDictionary<string, string> variables)
    {
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            _address = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture)}/");
        }

        var start = new ProcessStartInfo("dotnet", [Command.InCheckout("functions", "App", "bin", "Release", "net10.0", "IntelMq.App.dll")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        start.Environment["FUNCTIONS_CUSTOMHANDLER_PORT"] = _address.Port.ToString(CultureInfo.InvariantCulture);
        start.Environment["FUNCTIONS_APP_ROOT_PATH"] = folder;
        start.Environment["INTELMQ_DATA"] = data;
        _process = Process.Start(start)!;
        _output = _process.StandardOutput.ReadToEndAsync();
        _errors = _process.StandardError.ReadToEndAsync();
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Whether the process has loaded an assembly whose name starts so.</summary>
    public bool HasLoaded(string assembly) => File.ReadAllText($"/proc/{_process.Id}/maps").Contains('/' + assembly, StringComparison.Ordinal);

    /// <summary>Calls a function and gives the answer, null where the status is no success.</summary>
    public async Task<JsonElement?> CallAsync(string function, string invocation, object body)
    {
        while (true)
        {
            Assert.False(_process.HasExited, "The app ended: " + (_process.HasExited ? await _errors : ""));
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_address, function)) { Content = JsonContent.Create(body, options: JsonSerializerOptions.Default) };
            request.Headers.Add("X-Azure-Functions-InvocationId", invocation);
            try
            {
                using var response = await _http.SendAsync(request, Cancellation);
                return response.IsSuccessStatusCode ? await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation) : null;
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
                await Task.Delay(25, Cancellation);
            }
        }
    }

    /// <summary>Ends the app politely and gives the lines that it wrote to stdout.</summary>
    public async Task<string[]> EndAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await _process.WaitForExitAsync(Cancellation);
        Assert.Equal("", await _errors);
        return (await _output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
        _http.Dispose();
    }
}
