// Geolocation by a database of documentation networks.
using IntelMq.Bots;
using static IntelMq.Experts.Tests.RunningExpert;

namespace IntelMq.Experts.Tests;

public sealed class MaxMindTests : IDisposable
{
    private const string Parameters = """{"database": "places.mmdb"}""";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("experts-");

    public MaxMindTests() => Write(new TinyDatabase());

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Country_city_and_coordinates_are_added_to_both_sides()
    {
        var sent = await SendAsync(Parameters, """{"source.ip": "192.0.2.7", "destination.ip": "2001:db8::7"}""");
        Assert.Equal("AT", sent["source.geolocation.cc"].AsText());
        Assert.Equal("Vienna", sent["source.geolocation.city"].AsText());
        Assert.Equal(48.25, sent["source.geolocation.latitude"].AsFloat());
        Assert.Equal(16.5, sent["source.geolocation.longitude"].AsFloat());
        Assert.Equal("DE", sent["destination.geolocation.cc"].AsText());
        Assert.True(sent["destination.geolocation.city"].IsMissing);
        Assert.True(sent["destination.geolocation.latitude"].IsMissing);
    }

    [Fact]
    public async Task The_first_of_several_addresses_counts()
    {
        var sent = await SendAsync(Parameters, """{"source.ip": ["192.0.2.7", "198.51.100.7"]}""");
        Assert.Equal("AT", sent["source.geolocation.cc"].AsText());
    }

    [Fact]
    public async Task An_unknown_address_changes_nothing()
    {
        var sent = await SendAsync(Parameters, """{"source.ip": "203.0.113.7"}""");
        Assert.Equal("source.ip", Assert.Single(sent).Key);
    }

    [Theory]
    [InlineData("false", "CH")]
    [InlineData("true", "AT")]
    public async Task What_is_there_stays_unless_it_is_to_be_replaced(string overwrite, string country)
    {
        var sent = await SendAsync($$"""{"database": "places.mmdb", "overwrite": {{overwrite}}}""", """{"source.ip": "192.0.2.7", "source.geolocation.cc": "CH"}""");
        Assert.Equal(country, sent["source.geolocation.cc"].AsText());
        Assert.Equal("Vienna", sent["source.geolocation.city"].AsText());
    }

    [Fact]
    public async Task The_country_of_registration_can_be_taken_instead()
    {
        var sent = await SendAsync("""{"database": "places.mmdb", "use_registered": true}""", """{"source.ip": "192.0.2.7"}""");
        Assert.Equal("LI", sent["source.geolocation.cc"].AsText());
    }

    [Fact]
    public async Task A_missing_database_is_named_with_the_cure()
    {
        var error = await Assert.ThrowsAsync<BotConfigurationException>(() => StartHereAsync("""{"database": "absent.mmdb"}"""));
        Assert.Contains("There is no database file 'absent.mmdb'. Download GeoLite2-City.mmdb", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "places.mmdb"), "no database", TestContext.Current.CancellationToken);
        var error = await Assert.ThrowsAsync<BotConfigurationException>(() => StartHereAsync(Parameters));
        Assert.Contains("is no MaxMind database", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_without_cities_is_refused()
    {
        Write(new TinyDatabase("GeoLite2-ASN"));
        var error = await Assert.ThrowsAsync<BotConfigurationException>(() => StartHereAsync(Parameters));
        Assert.Contains("of the type GeoLite2-ASN", error.Message, StringComparison.Ordinal);
    }

    private void Write(TinyDatabase database) => File.WriteAllBytes(Path.Combine(_folder.FullName, "places.mmdb"), Filled(database));

    private static byte[] Filled(TinyDatabase database) => database
        .Add("192.0.2.0/24", new()
        {
            ["country"] = new Dictionary<string, object> { ["iso_code"] = "AT" },
            ["registered_country"] = new Dictionary<string, object> { ["iso_code"] = "LI" },
            ["city"] = new Dictionary<string, object> { ["names"] = new Dictionary<string, object> { ["en"] = "Vienna" } },
            ["location"] = new Dictionary<string, object> { ["latitude"] = 48.25, ["longitude"] = 16.5 },
        })
        .Add("198.51.100.0/24", new() { ["country"] = new Dictionary<string, object> { ["iso_code"] = "CH" } })
        .Add("2001:db8::/32", new()
        {
            ["country"] = new Dictionary<string, object> { ["iso_code"] = "DE" },
            ["location"] = new Dictionary<string, object> { ["latitude"] = 0.0, ["longitude"] = 0.0 },
        })
        .ToArray();

    private Task<RunningExpert> StartHereAsync(string parameters) => StartAsync("maxmind_geoip", parameters, folder: _folder.FullName);

    private async Task<DataFormat.ValueMap> SendAsync(string parameters, string json)
    {
        var expert = await StartHereAsync(parameters);
        var sent = (await expert.OneAsync(json)).AsMap()!;
        await expert.StopAsync();
        return sent;
    }
}
