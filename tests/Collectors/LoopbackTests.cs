// The HTTP collector and the clients it gets, against a server on this machine.
using System.Net;
using System.Net.Sockets;
using System.Text;
using IntelMq.Bots;
using IntelMq.Stores;
using Microsoft.Extensions.Time.Testing;

namespace IntelMq.Collectors.Tests;

public sealed class LoopbackTests
{
    private static readonly Answer s_list = new("200 OK", "Content-Type: application/octet-stream\r\n", "192.0.2.1\n"u8.ToArray());

    private static async Task<(string[] Texts, string[] Requests)> FetchAsync(Answer answer, string more = "", Dictionary<string, Answer>? others = null)
    {
        await using var server = new LoopbackServer(new Dictionary<string, Answer>(others ?? []) { ["/list"] = answer });
        using var http = new HttpClients(TimeProvider.System);
        await using var collector = await RunningCollector.StartAsync("http.collector_http", $$"""{"http_url": "{{server.Url("/list")}}"{{more}}}""", http);
        return (await collector.RunAsync(), [.. server.Requests]);
    }

    private static async Task<TransientException> FailAsync(EndPoint address, string more)
    {
        using var http = new HttpClients(TimeProvider.System);
        await using var collector = await RunningCollector.StartAsync("http.collector_http", $$"""{"http_url": "http://{{address}}/"{{more}}}""", http);
        return await Assert.ThrowsAsync<TransientException>(collector.RunAsync);
    }

    [Fact]
    public async Task Headers_and_user_agent_are_sent()
    {
        var (texts, requests) = await FetchAsync(s_list, """, "http_header": {"X-Key": "k"}, "http_user_agent": "test/1" """);
        Assert.Equal(["192.0.2.1\n"], texts);
        Assert.Contains("X-Key: k\r\n", Assert.Single(requests), StringComparison.Ordinal);
        Assert.Contains("User-Agent: test/1\r\n", requests[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_is_followed_and_the_password_stays_behind()
    {
        var (texts, requests) = await FetchAsync(new Answer("302 Found", "Location: /moved\r\n", []), """, "http_username": "user", "http_password": "secret" """, new() { ["/moved"] = s_list });
        Assert.Equal(["192.0.2.1\n"], texts);
        Assert.Equal(2, requests.Length);
        Assert.Contains("Authorization: Basic dXNlcjpzZWNyZXQ=", requests[0], StringComparison.Ordinal);
        Assert.DoesNotContain("Authorization", requests[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_without_end_ends_the_run() =>
        await Assert.ThrowsAsync<TransientException>(() => FetchAsync(new Answer("302 Found", "Location: /list\r\n", [])));

    [Theory]
    [InlineData("404 Not Found", "404", null)]
    [InlineData("500 Internal Server Error", "500", null)]
    [InlineData("503 Service Unavailable", "503", 120)]
    [InlineData("429 Too Many Requests", "429", 120)]
    public async Task An_error_ends_the_run_until_later(string status, string expected, int? seconds)
    {
        var error = await Assert.ThrowsAsync<TransientException>(() => FetchAsync(new Answer(status, "Retry-After: 120\r\n", [])));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Equal(seconds, error.RetryAfter?.TotalSeconds);
    }

    [Fact]
    public async Task An_empty_body_is_no_report() => Assert.Empty((await FetchAsync(new Answer("204 No Content", "", []))).Texts);

    [Fact]
    public async Task A_body_that_stands_still_ends_the_run()
    {
        await using var server = new LoopbackServer(new() { ["/list"] = s_list with { StopsAfter = 3 } });
        using var http = new HttpClients(TimeProvider.System);
        var clock = new FakeTimeProvider();
        await using var collector = await RunningCollector.StartAsync("http.collector_http", $$"""{"http_url": "{{server.Url("/list")}}"}""", http, clock);
        var run = collector.RunAsync();
        await server.Stalled;
        while (!run.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(31));
            await Task.WhenAny(run, Task.Delay(5, TestContext.Current.CancellationToken));
        }

        Assert.Contains("stood still", (await Assert.ThrowsAsync<TransientException>(() => run)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_says_nothing_ends_the_run()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        Assert.NotEmpty((await FailAsync(silent.LocalEndpoint, """, "http_timeout_sec": 0.2, "http_timeout_max_tries": 2""")).Message);
    }

    [Fact]
    public async Task A_server_that_is_not_there_ends_the_run()
    {
        EndPoint address;
        using (var closed = new TcpListener(IPAddress.Loopback, 0))
        {
            closed.Start();
            address = closed.LocalEndpoint;
        }

        Assert.Contains("cannot be fetched", (await FailAsync(address, """, "http_timeout_max_tries": 1""")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/plain; charset=iso-8859-1", "iso-8859-1", "ä")]
    [InlineData("text/plain", "iso-8859-1", "ä")]
    [InlineData("text/csv; charset=\"UTF-8\"", "utf-8", "ä€日本")]
    [InlineData("text/plain; charset=windows-1252", "windows-1252", "ä€")]
    [InlineData("text/plain; charset=iso-8859-15", "iso-8859-15", "ä€")]
    [InlineData("text/plain; charset=utf-16le", "utf-16", "ä€日本")]
    [InlineData("application/json", "utf-8", "ä€")]
    [InlineData("text/plain; charset=no-such-thing", "utf-8", "ä€")]
    [InlineData("nonsense", "utf-8", "ä€")]
    public async Task Texts_become_utf8(string type, string encoding, string text)
    {
        var bytes = (CodePagesEncodingProvider.Instance.GetEncoding(encoding) ?? Encoding.GetEncoding(encoding)).GetBytes(text);
        Assert.Equal([text], (await FetchAsync(new Answer("200 OK", $"Content-Type: {type}\r\n", bytes))).Texts);
    }
}
