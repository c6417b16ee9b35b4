// The HTTP collector: requests, answers, times in URLs.
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using IntelMq.Bots;
using IntelMq.DataFormat;
using Microsoft.Extensions.Time.Testing;

namespace IntelMq.Collectors.Tests;

public sealed class HttpCollectorTests
{
    private const string Feed = """{"http_url": "https://feed.example.com/list.txt"}""";

    [Fact]
    public async Task A_body_becomes_a_report()
    {
        await using var collector = await StartAsync(Feed, new ScriptedServer("a\nb\n"u8.ToArray()));
        var report = Assert.Single(await collector.ReportsAsync());
        Assert.Equal("https://feed.example.com/list.txt", report[Fields.Feed.Url].AsText());
        Assert.Equal("a\nb\n", RawData.DecodeText(RawData.Decode(report[Fields.Raw])!));
        Assert.True(report["extra.file_name"].IsMissing);
    }

    [Fact]
    public async Task A_large_body_keeps_every_byte()
    {
        var body = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"line {i}\n"));
        await using var collector = await StartAsync(Feed, new ScriptedServer(Encoding.UTF8.GetBytes(body)));
        Assert.Equal([body], await collector.RunAsync());
    }

    [Theory]
    [InlineData("text/plain", "4772FC", "Grü")]
    [InlineData("text/plain; charset=iso-8859-1", "4772FC", "Grü")]
    [InlineData("text/plain; charset=\"ISO-8859-1\"", "4772FC", "Grü")]
    [InlineData("text/csv; charset=windows-1252", "80", "€")]
    [InlineData("text/csv; charset=iso-8859-15", "A4", "€")]
    [InlineData("text/csv; charset=utf-8", "4772C3BC", "Grü")]
    [InlineData("application/json", "4772C3BC", "Grü")]
    [InlineData("text/plain; charset=no-such-charset", "4772C3BC", "Grü")]
    public async Task Texts_become_UTF_8(string type, string bytes, string expected)
    {
        var server = new ScriptedServer(_ =>
        {
            var content = new ByteArrayContent(Convert.FromHexString(bytes));
            content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
            return new HttpResponseMessage { Content = content };
        });
        await using var collector = await StartAsync(Feed, server);
        Assert.Equal([expected], await collector.RunAsync());
    }

    [Theory]
    [InlineData("{time[%Y-%m-%d]}", "true", "2026-01-02")]
    [InlineData("{time[%Y-%m-%d]}", "\"true\"", "2026-01-02")]
    [InlineData("{time[%Y-%m-%d]}", """{"days": -2}""", "2025-12-31")]
    [InlineData("{time[%Y]}/{time[%H:%M:%S]}", """{"hours": 1, "seconds": -5}""", "2026/04:04:00")]
    [InlineData("{time[%d.%b %j %%]}", "true", "02.Jan%20002%20%25")]
    [InlineData("plain", "true", "plain")]
    public async Task The_time_stands_in_the_URL(string path, string formatting, string expected)
    {
        var server = new ScriptedServer("x"u8.ToArray());
        await using var collector = await StartAsync($$"""{"http_url": "https://feed.example.com/{{path}}", "http_url_formatting": {{formatting}}}""", server);
        await collector.RunAsync();
        Assert.Equal("https://feed.example.com/" + expected, server.Request!.RequestUri!.AbsoluteUri);
    }

    [Theory]
    [InlineData("""{"http_url": "https://feed.example.com/{time[%Q]}", "http_url_formatting": true}""", "%Q")]
    [InlineData("""{"http_url": "https://feed.example.com/{time[%]}", "http_url_formatting": true}""", "'%'")]
    [InlineData("""{"http_url": "https://feed.example.com/", "http_url_formatting": {"fortnights": 1}}""", "fortnights")]
    [InlineData("""{"http_url": "https://feed.example.com/", "http_url_formatting": {"days": "two"}}""", "days")]
    [InlineData("""{"http_url": "https://feed.example.com/", "http_url_formatting": {"weeks": 1e300}}""", "weeks")]
    [InlineData("""{"http_url": "ftp://feed.example.com/"}""", "ftp://feed.example.com/")]
    [InlineData("""{"http_url": "feed.example.com"}""", "feed.example.com")]
    [InlineData("""{"http_url": "https://feed.example.com/", "verify_pgp_signatures": true}""", "verify_pgp_signatures")]
    [InlineData("{}", "http_url")]
    public async Task What_cannot_work_is_refused_at_the_start(string parameters, string mentioned)
    {
        var error = await Assert.ThrowsAsync<BotConfigurationException>(() => StartAsync(parameters, new ScriptedServer([])));
        Assert.Contains(mentioned, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Headers_and_credentials_go_with_the_request()
    {
        var server = new ScriptedServer("x"u8.ToArray());
        await using var collector = await StartAsync(
            """{"http_url": "https://feed.example.com/", "http_username": "cert", "http_password": "secret", "http_header": {"X-Key": "k", "Accept": "text/csv"}}""", server);
        await collector.RunAsync();
        Assert.Equal(["k"], server.Request!.Headers.GetValues("X-Key"));
        Assert.Equal(["text/csv"], server.Request.Headers.GetValues("Accept"));
        Assert.Equal(new HttpCredentials("cert", "secret"), server.Credentials);
    }

    [Theory]
    [InlineData(HttpStatusCode.NotFound, null, "404")]
    [InlineData(HttpStatusCode.InternalServerError, null, "500")]
    [InlineData(HttpStatusCode.TooManyRequests, 120, "429")]
    [InlineData(HttpStatusCode.ServiceUnavailable, 30, "503")]
    public async Task Anything_but_success_is_tried_again(HttpStatusCode status, int? retryAfter, string mentioned)
    {
        var server = new ScriptedServer(_ =>
        {
            var response = new HttpResponseMessage(status);
            response.Headers.RetryAfter = retryAfter is { } seconds ? new RetryConditionHeaderValue(TimeSpan.FromSeconds(seconds)) : null;
            return response;
        });
        await using var collector = await StartAsync(Feed, server);
        var error = await Assert.ThrowsAsync<TransientException>(collector.RunAsync);
        Assert.Contains(mentioned, error.Message, StringComparison.Ordinal);
        Assert.Equal(retryAfter, error.RetryAfter?.TotalSeconds);
    }

    [Fact]
    public async Task A_server_that_cannot_be_reached_is_tried_again()
    {
        await using var collector = await StartAsync(Feed, new ScriptedServer(_ => throw new HttpRequestException("no route")));
        var error = await Assert.ThrowsAsync<TransientException>(collector.RunAsync);
        Assert.Contains("no route", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_stands_still_ends_the_run()
    {
        var clock = new FakeTimeProvider();
        using var body = new StallingStream();
        await using var collector = await StartAsync("""{"http_url": "https://feed.example.com/", "http_timeout_sec": 7}""", new ScriptedServer(_ => new HttpResponseMessage { Content = new StreamContent(body) }), clock);
        var run = collector.RunAsync();
        await body.Stalled;
        Assert.False(run.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(8));
        var error = await Assert.ThrowsAsync<TransientException>(() => run);
        Assert.Contains("stood still for 7 seconds", error.Message, StringComparison.Ordinal);
    }

    private static Task<RunningCollector> StartAsync(string parameters, ScriptedServer server, FakeTimeProvider? clock = null) =>
        RunningCollector.StartAsync("http.collector_http", parameters, server, clock);
}
