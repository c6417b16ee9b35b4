// The recorded scenarios that have a name and a result, but no script: what each did, in our terms.
using System.Text;
using IntelMq.DataFormat;

namespace IntelMq.Conformance;

/// <summary>Conversions between reports and events, and reading from the wire.</summary>
public static class MessageScenarios
{
    /// <summary>The message that a scenario ends with, as a map.</summary>
    public static Value Run(string name, FieldCatalogue catalogue) =>
        Make(name, catalogue) is { } message ? Value.Of(MessageExport.ToMap(message)) : $"no such scenario here: {name}";

    private static Message? Make(string name, FieldCatalogue catalogue) => name switch
    {
        "event from report" => Event.From(SomeReport(catalogue)),
        "event from report copy extra.file_name" => Event.From(SomeReport(catalogue), ["extra.file_name", "raw"]),
        "report from event" => Report.From(SomeEvent(catalogue)),
        "unserialize no type" => Read("""{"source.ip": "1.2.3.4"}""", catalogue),
        "unserialize default type" => Read("""{"source.ip": "1.2.3.4"}""", catalogue, MessageKinds.Event),
        "unserialize bad type" => Read("""{"__type": "Foo"}""", catalogue),
        "unserialize bad json" => Read("{", catalogue),
        "unserialize invalid value" => Read("""{"__type": "Event", "source.ip": "foo"}""", catalogue),
        "unserialize empty values" => Read("""{"__type": "Event", "source.ip": "", "comment": "-", "status": null}""", catalogue),
        "unserialize nested extra" => Read("""{"__type": "Event", "extra": {"a": 1, "b": ""}}""", catalogue),
        "unserialize nested source" => Read("""{"__type": "Event", "source": {"ip": "1.2.3.4"}}""", catalogue),
        _ => null,
    };

    private static Report SomeReport(FieldCatalogue catalogue)
    {
        var report = new Report(catalogue);
        report.Add("feed.accuracy", 50.0);
        report.Add("feed.code", "c");
        report.Add("feed.documentation", "d");
        report.Add("feed.name", "n");
        report.Add("feed.provider", "p");
        report.Add("feed.url", "http://a.b/");
        report.Add("rtir_id", 5);
        report.Add("time.observation", "2015-01-01T00:00:00+00:00");
        report.Add("extra.file_name", "x");
        report.SetRaw("abc");
        return report;
    }

    private static Event SomeEvent(FieldCatalogue catalogue)
    {
        var made = new Event(catalogue);
        made.Add("source.ip", "1.2.3.4");
        made.Add("raw", "YWJj", AddOptions.AsIs);
        made.Add("feed.name", "n");
        made.Add("time.observation", "2015-01-01T00:00:00+00:00");
        made.Add("extra.a", 1);
        return made;
    }

    private static Message Read(string json, FieldCatalogue catalogue, MessageKinds? kind = null) =>
        new EnvelopeReader(catalogue).Read(Encoding.UTF8.GetBytes(json), kind);
}
