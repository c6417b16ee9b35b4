// URLs as feeds deliver them.
using IntelMq.Bots;
using IntelMq.DataFormat;
using static IntelMq.Experts.Tests.RunningExpert;

namespace IntelMq.Experts.Tests;

public sealed class UrlTests
{
    [Theory]
    [InlineData("http://EXAMPLE.com", "source.fqdn", "example.com")]
    [InlineData("http://example.com:8080?q", "source.fqdn", "example.com")]
    [InlineData("http://a@b@example.com/", "source.fqdn", "example.com")]
    [InlineData("http://münchen.example.com/", "source.fqdn", "xn--mnchen-3ya.example.com")]
    [InlineData("http://192.0.2.1:80/", "source.ip", "192.0.2.1")]
    [InlineData("http://[2001:DB8::1]:80/", "source.ip", "2001:db8::1")]
    [InlineData("http://[fe80::1%25eth0]/", "source.ip", "fe80::1")]
    [InlineData("http://0.0.0.0/", "source.fqdn", "0.0.0.0")]
    [InlineData("http://192.0.2/", "source.fqdn", "192.0.2")]
    public async Task The_host_is_a_name_or_an_address(string url, string field, string host)
    {
        foreach (var name in new[] { "url", "url2fqdn" })
        {
            var sent = await (await StartAsync(name, "{}")).OneAsync($$"""{"source.url": "{{url}}"}""");
            Assert.Equal(host, sent.AsMap()![field].AsText());
            Assert.True(sent.AsMap()![field == "source.ip" ? "source.fqdn" : "source.ip"].IsMissing);
        }
    }

    [Theory]
    [InlineData("http://example.com", null, 80)]
    [InlineData("http://example.com:0/", "/", 80)]
    [InlineData("http://example.com:/a", "/a", 80)]
    [InlineData("wss://example.com/a;b/c;d", "/a;b/c;d", 443)]
    [InlineData("http://example.com/a;b/c;d?e", "/a;b/c", 80)]
    [InlineData("gopher://example.com/1", "/1", null)]
    public async Task Port_and_path_come_from_the_url_or_its_scheme(string url, string? path, int? port)
    {
        var sent = (await (await StartAsync("url", "{}")).OneAsync($$"""{"source.url": "{{url}}"}""")).AsMap()!;
        Assert.Equal(path, sent["source.urlpath"].AsText());
        Assert.Equal(port, sent["source.port"].AsInteger());
    }

    [Theory]
    [InlineData("http://example.com:99999/")]
    [InlineData("http://example.com:abc/")]
    public async Task A_port_that_is_none_makes_the_record_invalid(string url)
    {
        var expert = await StartAsync("url", "{}");
        await Assert.ThrowsAsync<InvalidRecordException>(() => expert.SendAsync(Event($$"""{"source.url": "{{url}}"}""")));
    }

    [Fact]
    public async Task The_protocol_is_that_of_the_first_url()
    {
        var sent = (await (await StartAsync("url", "{}")).OneAsync("""{"source.url": "https://example.com/", "destination.url": "tftp://example.net/"}""")).AsMap()!;
        Assert.Equal("http", sent["protocol.application"].AsText());
        Assert.True(sent["protocol.transport"].IsMissing);
        Assert.Equal(69, sent["destination.port"].AsInteger());
    }

    [Fact]
    public async Task A_url_longer_than_the_stack_buffer_gives_its_host()
    {
        var sent = await (await StartAsync("url2fqdn", "{}")).OneAsync($$"""{"source.url": "http://example.com/{{new string('a', 2000)}}"}""");
        Assert.Equal("example.com", sent.AsMap()!["source.fqdn"].AsText());
    }
}
