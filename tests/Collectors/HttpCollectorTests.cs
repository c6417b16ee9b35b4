// What servers may do to the HTTP collector.
using System.Text;
using IntelMq.Bots;

namespace IntelMq.Collectors.Tests;

public sealed class HttpCollectorTests
{
    private static readonly Answer s_list = new("200 OK", "Content-Type: application/octet-stream\r\n", "192.0.2.1\n"u8.ToArray());

    private static async Task<(string? Text, string[] Requests)> FetchAsync(Answer answer, string more = "", Dictionary<string, Answer>? others = null)
    {
        await using var server = new LoopbackServer(new Dictionary<string, Answer>(others ?? []) { ["/list"] = answer });
        await using var collector = await RunningCollector.StartAsync<HttpCollector>($$"""{"http_url": "{{server.Url("/list")}}"{{more}}}""");
        return (Assert.Single(await collector.RunAsync()).Text, [.. server.Requests]);
    }

    [Fact]
    public async Task A_body_is_a_report()
    {
        var (text, requests) = await FetchAsync(s_list, """, "http_header": {"X-Key": "k"}, "http_user_agent": "test/1" """);
        Assert.Equal("192.0.2.1\n", text);
        Assert.Contains("X-Key: k\r\n", Assert.Single(requests), StringComparison.Ordinal);
        Assert.Contains("User-Agent: test/1\r\n", requests[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_is_followed_and_the_password_stays_behind()
    {
        var (text, requests) = await FetchAsync(new Answer("302 Found", "Location: /moved\r\n", []), """, "http_username": "user", "http_password": "secret" """, new() { ["/moved"] = s_list });
        Assert.Equal("192.0.2.1\n", text);
        Assert.Equal(2, requests.Length);
        Assert.Contains("Authorization: Basic dXNlcjpzZWNyZXQ=", requests[0], StringComparison.Ordinal);
        Assert.DoesNotContain("Authorization", requests[1], StringComparison.Ordinal);
    }

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
    public async Task An_empty_body_is_no_data() => Assert.Equal("", (await FetchAsync(new Answer("204 No Content", "", []))).Text);

    [Fact]
    public async Task A_body_that_stands_still_ends_the_run()
    {
        var error = await Assert.ThrowsAsync<TransientException>(() => FetchAsync(s_list with { StopsAfter = 3 }, """, "http_timeout_sec": 0.2 """));
        Assert.Contains("stood still for 0.2 seconds", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_says_nothing_ends_the_run()
    {
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        await using var collector = await RunningCollector.StartAsync<HttpCollector>($$"""{"http_url": "http://{{silent.LocalEndpoint}}/", "http_timeout_sec": 0.2, "http_timeout_max_tries": 2}""");
        await Assert.ThrowsAsync<TransientException>(collector.RunAsync);
    }

    [Fact]
    public async Task A_server_that_is_not_there_ends_the_run()
    {
        using var closed = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        closed.Start();
        var address = closed.LocalEndpoint;
        closed.Stop();
        await using var collector = await RunningCollector.StartAsync<HttpCollector>($$"""{"http_url": "http://{{address}}/", "http_timeout_max_tries": 1}""");
        await Assert.ThrowsAsync<TransientException>(collector.RunAsync);
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
        Assert.Equal(text, (await FetchAsync(new Answer("200 OK", $"Content-Type: {type}\r\n", bytes))).Text);
    }

    [Theory]
    [InlineData("""{"http_url": "ftp://feed.example.com/x"}""", "no http or https URL")]
    [InlineData("""{"http_url": "feed.example.com"}""", "no http or https URL")]
    [InlineData("""{"http_url": "https://feed.example.com/{time[%Q]}", "http_url_formatting": true}""", "%Q")]
    [InlineData("""{"http_url": "https://feed.example.com/", "http_url_formatting": {"moons": 1}}""", "moons")]
    [InlineData("""{"http_url": "https://feed.example.com/", "verify_pgp_signatures": true}""", "verify_pgp_signatures")]
    public async Task Parameters_that_cannot_be_meant_are_refused(string parameters, string expected)
    {
        var error = await Assert.ThrowsAsync<BotConfigurationException>(async () =>
        {
            await using var collector = await RunningCollector.StartAsync<HttpCollector>(parameters);
            await collector.RunAsync();
        });
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/{time[%Y-%m-%d]}", "true", "/2026-01-15")]
    [InlineData("/{time[%y%m%dT%H%M%S]}/{time[%j]}", """{"days": -15}""", "/251231T120000/365")]
    [InlineData("/{time[%s]}{time[%%]}", """{"hours": 1.5, "weeks": -1}""", "/1767879000%")]
    [InlineData("/{time[%Y]}", "false", "/{time[%Y]}")]
    public void The_time_is_filled_in(string template, string formatting, string expected) =>
        Assert.Equal(expected, UrlTemplate.Fill(template, IntelMq.DataFormat.JsonText.TryParse(formatting)!.Value, new DateTimeOffset(2026, 1, 15, 12, 0, 0, TimeSpan.Zero)));
}
