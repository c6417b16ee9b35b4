// intelmq.bots.experts.maxmind_geoip.expert: country, city and coordinates of addresses.
using System.Net;
using IntelMq.Bots;
using IntelMq.DataFormat;
using MaxMind.GeoIP2;
using Microsoft.Extensions.Logging;
using InvalidDatabaseException = MaxMind.Db.InvalidDatabaseException;

namespace IntelMq.Experts;

/// <summary>The parameters of <see cref="MaxMindGeoIpExpert"/>.</summary>
public sealed record MaxMindGeoIpParameters : ExpertParameters
{
    /// <summary>See the attribute.</summary>
    [Parameter("The database file: GeoLite2-City or GeoIP2-City. Without one events pass unchanged.", Path = PathUse.Read, Example = "GeoLite2-City.mmdb")]
    public string? Database { get; init; }

    /// <summary>See the attribute.</summary>
    [Parameter("Replace values that are already there.")]
    public bool Overwrite { get; init; }

    /// <summary>See the attribute.</summary>
    [Parameter("Take the country in which the network is registered instead of the one in which it is used.")]
    public bool UseRegistered { get; init; }

    /// <summary>See the attribute.</summary>
    [Parameter("The licence key of MaxMind; the bot downloads nothing and does not use it.", Secret = true)]
    public string? LicenseKey { get; init; }

    /// <summary>See the attribute.</summary>
    [Parameter("Without effect: whoever deploys the pipeline brings the database file up to date.")]
    public bool AutoupdateCachedDatabase { get; init; } = true;
}

/// <summary>Sets country code, city and coordinates of <c>source.ip</c> and <c>destination.ip</c> by a database file.</summary>
[Bot("intelmq.bots.experts.maxmind_geoip.expert", "Adds country, city and coordinates of the addresses from a MaxMind database file.",
    Reads = ["source.ip", "destination.ip"],
    Sets =
    [
        "source.geolocation.cc", "source.geolocation.city", "source.geolocation.latitude", "source.geolocation.longitude",
        "destination.geolocation.cc", "destination.geolocation.city", "destination.geolocation.latitude", "destination.geolocation.longitude",
    ],
    Fusible = true)]
public sealed class MaxMindGeoIpExpert : EventExpertBot<MaxMindGeoIpParameters>, IDisposable
{
    private static readonly PlaceFields s_source = new(
        Fields.Source.Ip, Fields.Source.Geolocation.Cc, Fields.Source.Geolocation.City, Fields.Source.Geolocation.Latitude, Fields.Source.Geolocation.Longitude);

    private static readonly PlaceFields s_destination = new(
        Fields.Destination.Ip, Fields.Destination.Geolocation.Cc, Fields.Destination.Geolocation.City, Fields.Destination.Geolocation.Latitude, Fields.Destination.Geolocation.Longitude);

    private DatabaseReader? _database;

    /// <inheritdoc/>
    public override void Process(Event input, IOutbox outbox)
    {
        if (_database is not null)
        {
            Set(input, s_source);
            Set(input, s_destination);
        }

        outbox.Send(input, input);
    }

    /// <inheritdoc/>
    public override ValueTask StopAsync(CancellationToken cancellation)
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Closes the database.</summary>
    public void Dispose()
    {
        _database?.Dispose();
        _database = null;
    }

    /// <inheritdoc/>
    protected override async ValueTask StartAsync(CancellationToken cancellation)
    {
        const string Cure = "Download GeoLite2-City.mmdb from MaxMind (a free account is needed) and let 'database' name it; relative paths start at the pipeline file.";
        if (Parameters.Database is null)
        {
            Context.Log.LogInformation("No database is given; events pass without geolocation. {Cure}", Cure);
            return;
        }

        try
        {
            await using var file = await Context.Files.OpenReadAsync(Parameters.Database, exclusive: false, cancellation)
                ?? throw new FileNotFoundException(null, Parameters.Database);
            _database = new DatabaseReader(file);
        }
        catch (FileNotFoundException)
        {
            throw new BotConfigurationException($"There is no database file '{Parameters.Database}'. {Cure}");
        }
        catch (InvalidDatabaseException error)
        {
            throw new BotConfigurationException($"'{Parameters.Database}' is no MaxMind database ({error.Message}). {Cure}");
        }

        if (!_database.Metadata.DatabaseType.Contains("City", StringComparison.Ordinal))
        {
            throw new BotConfigurationException($"'{Parameters.Database}' is a database of the type {_database.Metadata.DatabaseType}; one with cities is needed. {Cure}");
        }
    }

    private void Set(Event input, PlaceFields fields)
    {
        // Of several addresses the first one counts.
        if (input[fields.Ip].AsText() is not { } text || !IPAddress.TryParse(text, out var address) || !_database!.TryCity(address, out var found) || found is null)
        {
            return;
        }

        Set(input, fields.Cc, Parameters.UseRegistered ? found.RegisteredCountry.IsoCode : found.Country.IsoCode);
        Set(input, fields.Latitude, Coordinate(found.Location.Latitude));
        Set(input, fields.Longitude, Coordinate(found.Location.Longitude));
        Set(input, fields.City, found.City.Name);
    }

    private void Set(Event input, Field field, Value value)
    {
        if (!value.IsMissing && (Parameters.Overwrite || !input.Contains(field)))
        {
            input.Add(field, value, AddOptions.Overwrite | AddOptions.RefuseUnfit);
        }
    }

    // Zero stands for "not known" in these databases.
    private static Value Coordinate(double? degrees) => degrees is { } known and not 0 ? known : Value.Missing;

    private sealed record PlaceFields(Field Ip, Field Cc, Field City, Field Latitude, Field Longitude);
}
