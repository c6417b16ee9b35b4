// Feodo Tracker of abuse.ch: botnet C2 servers as a JSON list.
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Parsers;

/// <summary>
/// Parses the Feodo Tracker list. An element: <c>{"ip_address": "192.0.2.1", "port": 443, "status": "online", "hostname": null, "as_number": 64496,
/// "as_name": "…", "country": "AT", "first_seen": "2026-01-10 14:03:11", "last_online": "2026-01-15", "malware": "…"}</c>.
/// </summary>
[Bot(
    "intelmq.bots.parsers.abusech.parser_feodotracker",
    "Parses the Feodo Tracker list of abuse.ch (JSON): servers that control botnets.",
    Sets = ["source.ip", "source.port", "source.asn", "source.as_name", "source.geolocation.cc", "source.reverse_dns", "malware.name", "status", "time.source", "classification.type", "extra.last_online"])]
public sealed class FeodoTrackerParser : JsonArrayParser<ParserParameters>
{
    private static readonly TimeFormat s_firstSeen = TimeFormat.Parse("from_format|%Y-%m-%d %H:%M:%S");
    private static readonly TimeFormat s_lastOnline = TimeFormat.Parse("from_format_midnight|%Y-%m-%d");

    /// <inheritdoc/>
    protected override IEnumerable<Event> Parse(JsonRecord record, Report report, ParserSession session)
    {
        if (record.Json.AsMap() is not { } server)
        {
            throw new InvalidRecordException("The element is no JSON object.");
        }

        var made = NewEvent(report);
        made.Add(Fields.Source.Ip, server["ip_address"]);
        made.Add(Fields.Source.Port, server["port"]);
        made.Add(Fields.Classification.Type, "c2-server");
        made.Add(Fields.Raw, JsonText.Write(Value.Of([record.Json]), JsonStyle.Legacy));
        made.TryAdd(Fields.Source.Asn, server["as_number"]);
        made.TryAdd(Fields.Source.AsName, server["as_name"]);
        made.TryAdd(Fields.Source.Geolocation.Cc, server["country"]);
        made.TryAdd(Fields.Source.ReverseDns, server["hostname"]);
        made.TryAdd(Fields.Malware.Name, server["malware"]);
        made.TryAdd(Fields.Status, server["status"]);
        made.TryAdd("extra.last_online", server["last_online"]);
        if (s_firstSeen.TryConvert(server["first_seen"], Context.Clock, out var time) || s_lastOnline.TryConvert(server["last_online"], Context.Clock, out time))
        {
            made.TryAdd(Fields.Time.Source, time);
        }

        if (!made.Contains(Fields.Source.Ip))
        {
            throw new InvalidRecordException("The element has no 'ip_address'.");
        }

        yield return made;
    }
}
