// The replay of recorded answers: the form of recorded cases, and a refusal of everything else.
using System.Net;
using System.Text;
using IntelMq.Stores;

namespace IntelMq.Bots.Cases;

public sealed class RecordedAnswersTests
{
    private const string Dns = """
        {"dns": [{"name": "4.3.2.1.example.net", "type": "TXT", "answer": ["64496 | 192.0.2.0/24", "64497 | 192.0.2.0/25"]},
                 {"name": "1.2.0.192.in-addr.arpa", "type": "PTR", "answer": ["host.example.com."]},
                 {"name": "2.2.0.192.in-addr.arpa", "type": "PTR", "answer": "NXDOMAIN"},
                 {"name": "3.2.0.192.in-addr.arpa", "type": "PTR", "answer": "SERVFAIL"},
                 {"name": "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", "type": "PTR", "answer": ["six.example.com."]},
                 {"name": "both.example.com", "type": "AAAA", "answer": ["2001:db8::1"]},
                 {"name": "both.example.com", "type": "A", "answer": ["192.0.2.1", "192.0.2.1"]},
                 {"name": "gone.example.com", "type": "A", "answer": "NXDOMAIN"}],
         "gethostbyname": [{"name": "host.example.com", "answer": "192.0.2.7"}, {"name": "broken.example.com", "answer": "no such host"}]}
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(""" "response_body": "a\n" """, "a\n")]
    [InlineData(""" "response_body": {"__bytes_base64": "YQo="} """, "a\n")]
    [InlineData(""" "response_base64": "YQo=" """, "a\n")]
    [InlineData(""" "response_body": "" """, "")]
    public async Task A_body_is_text_or_bytes(string body, string expected)
    {
        using var answers = Parse($$$"""{"http": [{"method": "GET", "url": "https://feed.example.com/", "status": 200, {{{body}}}}]}""");
        using var response = await GetAsync(answers);
        Assert.Equal(expected, await response.Content.ReadAsStringAsync(Cancellation));
    }

    [Theory]
    [InlineData("headers")]
    [InlineData("response_headers")]
    public async Task Status_and_headers_come_as_they_were_recorded(string name)
    {
        using var answers = Parse($$$"""[{"url": "https://feed.example.com/", "status": 503, "{{{name}}}": {"Retry-After": "30", "Content-Type": "text/csv; charset=utf-8"}}]""");
        using var response = await GetAsync(answers);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(30), response.Headers.RetryAfter?.Delta);
        Assert.Equal("text/csv", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task What_is_not_recorded_is_refused()
    {
        using var answers = Parse("""{"http": [{"method": "POST", "url": "https://feed.example.com/", "status": 200}]}""");
        var error = await Assert.ThrowsAsync<TransientException>(() => GetAsync(answers));
        Assert.Contains("GET https://feed.example.com/", error.Message, StringComparison.Ordinal);
        Assert.Contains("'a.example.com'", (await Assert.ThrowsAsync<TransientException>(async () => await answers.TextsAsync("a.example.com", Cancellation))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<TransientException>(async () => await answers.AddressesAsync("a.example.com", Cancellation));
        await Assert.ThrowsAsync<TransientException>(async () => await answers.NamesAsync(IPAddress.Parse("192.0.2.1"), Cancellation));
    }

    [Theory]
    [InlineData("192.0.2.1", "host.example.com")]
    [InlineData("192.0.2.2", "")]
    [InlineData("2001:db8::1", "six.example.com")]
    public async Task Addresses_have_the_recorded_names(string address, string expected)
    {
        using var answers = Parse(Dns);
        Assert.Equal(expected, string.Join(' ', await answers.NamesAsync(IPAddress.Parse(address), Cancellation)));
    }

    [Theory]
    [InlineData("both.example.com", "192.0.2.1 2001:db8::1")]
    [InlineData("BOTH.example.com.", "192.0.2.1 2001:db8::1")]
    [InlineData("host.example.com", "192.0.2.7")]
    [InlineData("gone.example.com", "")]
    public async Task Names_have_the_recorded_addresses(string name, string expected)
    {
        using var answers = Parse(Dns);
        Assert.Equal(expected, string.Join(' ', await answers.AddressesAsync(name, Cancellation)));
    }

    [Fact]
    public async Task Texts_come_in_their_order()
    {
        using var answers = Parse(Dns);
        Assert.Equal(["64496 | 192.0.2.0/24", "64497 | 192.0.2.0/25"], await answers.TextsAsync("4.3.2.1.example.net", Cancellation));
    }

    [Fact]
    public async Task A_resolver_that_failed_fails_again()
    {
        using var answers = Parse(Dns);
        var error = await Assert.ThrowsAsync<TransientException>(async () => await answers.NamesAsync(IPAddress.Parse("192.0.2.3"), Cancellation));
        Assert.Contains("SERVFAIL", error.Message, StringComparison.Ordinal);
        error = await Assert.ThrowsAsync<TransientException>(async () => await answers.AddressesAsync("broken.example.com", Cancellation));
        Assert.Contains("no such host", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no JSON", "no JSON")]
    [InlineData("""{"dns": {"example.com": ["192.0.2.1"]}}""", "'dns'")]
    [InlineData("""{"http": ["https://feed.example.com/"]}""", "'http'")]
    public void Another_form_is_told_as_such(string json, string mentioned)
    {
        var error = Assert.Throws<BotConfigurationException>(() => Parse(json));
        Assert.Contains(mentioned, error.Message, StringComparison.Ordinal);
    }

    private static RecordedAnswers Parse(string json) => RecordedAnswers.Parse(Encoding.UTF8.GetBytes(json));

    private static Task<HttpResponseMessage> GetAsync(RecordedAnswers answers) => answers.For(new BotParameters()).GetAsync(new Uri("https://feed.example.com/"), Cancellation);
}
