// Whatever an event holds, an expert handles it or says that the record is invalid.
using FsCheck.Fluent;
using IntelMq.Bots;
using IntelMq.DataFormat;
using IntelMq.DataFormat.Tests;

namespace IntelMq.Experts.Tests;

public sealed class AnyEventTests
{
    [Theory]
    [InlineData("deduplicator", """{"filter_keys": "raw"}""")]
    [InlineData("deduplicator", """{"filter_keys": "source.url, extra.tags", "filter_type": "whitelist"}""")]
    [InlineData("taxonomy", "{}")]
    [InlineData("url", """{"overwrite": true}""")]
    [InlineData("url", """{"skip_fields": "source.ip"}""")]
    [InlineData("url2fqdn", """{"overwrite": true}""")]
    [InlineData("filter", """{"not_before": "1 week", "filter_action": "drop", "filter_key": "extra.a", "filter_value": "a", "filter_regex": true}""")]
    [InlineData("filter", """{"not_after": "1 week", "filter_action": "keep", "filter_key": "source.asn", "filter_value": 64496}""")]
    [InlineData("rfc1918", """{"fields": "source.ip,source.fqdn,source.url,destination.url,source.asn", "policy": "del,del,del,del,drop"}""")]
    [InlineData("field_reducer", """{"type": "whitelist", "keys": "source.ip, extra"}""")]
    [InlineData("field_reducer", """{"type": "blacklist", "keys": "extra, extra.Foo Bar, source.url"}""")]
    [InlineData("maxmind_geoip", """{"database": "places.mmdb"}""")]
    public async Task Any_event_is_handled_or_refused(string name, string parameters)
    {
        var folder = Directory.CreateTempSubdirectory("experts-");
        try
        {
            var place = new Dictionary<string, object> { ["country"] = new Dictionary<string, object> { ["iso_code"] = "AT" } };
            await File.WriteAllBytesAsync(Path.Combine(folder.FullName, "places.mmdb"), new TinyDatabase().Add("192.0.2.0/24", place).ToArray(), TestContext.Current.CancellationToken);
            var expert = await RunningExpert.StartAsync(name, parameters, folder: folder.FullName);
            var handled = 0;
            Generators.ForAll(EventWithUrls, input =>
            {
                try
                {
                    // The memory store and the experts never wait: the task is complete.
                    expert.SendAsync(FromWire(input)).GetAwaiter().GetResult();
                    handled++;
                }
                catch (Exception error) when (error is InvalidRecordException or DataFormatException)
                {
                    Assert.NotEqual("", error.Message);
                }
            });
            await expert.StopAsync();
            Assert.True(handled > 100, $"Only {handled} events were handled.");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static FsCheck.Gen<Event> EventWithUrls =>
        from message in Generators.Message.Where(message => message is Event)
        from source in Generators.Text
        from destination in Generators.Text
        select With((Event)message, source, destination);

    private static Event With(Event message, string source, string destination)
    {
        message.Add(Fields.Source.Url, "http://" + source, AddOptions.Overwrite | AddOptions.RefuseUnfit);
        message.Add(Fields.Destination.Url, source + "://" + destination, AddOptions.Overwrite | AddOptions.RefuseUnfit);
        return message;
    }

    // As in a pipeline: values are slices of a frame.
    private static Event FromWire(Event message)
    {
        var frame = new ByteBuffer();
        EnvelopeWriter.Write(frame, message);
        return (Event)new EnvelopeReader(FieldCatalogue.Default).Read(frame.Written.ToArray(), MessageKinds.Event);
    }
}
