// A web server that lets its callers wait, so that a test decides how long an invocation runs.
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace IntelMq.App.Tests;

/// <summary>Answers every request with one line of a feed, once the test says so.</summary>
internal sealed class HeldServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly SemaphoreSlim _asked = new(0);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _serving;

    public HeldServer()
    {
        _listener.Start();
        _serving = ServeAsync();
    }

    /// <summary>Where it is.</summary>
    public string Url => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/feed.txt");

    /// <summary>Waits for one more request.</summary>
    public async Task AskedAsync() => Assert.True(await _asked.WaitAsync(AppProcess.Patience, TestContext.Current.CancellationToken), "Nobody asked.");

    /// <summary>Answers all that wait and all that come.</summary>
    public void Release() => _released.TrySetResult();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        Release();
        _listener.Dispose();
        await _serving;
        _ending.Dispose();
        _asked.Dispose();
    }

    private async Task ServeAsync()
    {
        var open = new List<Task>();
        try
        {
            while (true)
            {
                open.Add(AnswerAsync(await _listener.AcceptTcpClientAsync(_ending.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(open);
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using var caller = client;
        try
        {
            using var reader = new StreamReader(client.GetStream());
            while (await reader.ReadLineAsync(_ending.Token) is { Length: > 0 })
            {
            }

            _asked.Release();
            await _released.Task;
            const string Feed = "http://a.example.com/\n";
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {Feed.Length}\r\n\r\n{Feed}"), _ending.Token);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // The caller is gone, or the test is over.
        }
    }
}
