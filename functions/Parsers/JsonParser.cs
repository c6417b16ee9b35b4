// Events of another IntelMQ as JSON.
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Parsers;

/// <summary>Parses events that are written as JSON in IntelMQ's own format.</summary>
[Bot("intelmq.bots.parsers.json.parser", "Parses events in IntelMQ's JSON format: one event, a list of events, or one per line.", Sets = ["*"])]
public sealed class JsonParser : ParserBot<JsonParser.JsonParameters, JsonRecord>
{
    /// <summary>The parameters.</summary>
    public sealed record JsonParameters : ParserParameters
    {
        /// <summary>See the attribute.</summary>
        [Parameter("Each line is an event. Otherwise the report is one event or a list of events.")]
        public bool Splitlines { get; init; }
    }

    /// <inheritdoc/>
    protected override RecordReader<JsonRecord> OpenRecords(Report report, Stream raw) => Parameters.Splitlines ? new JsonStreamReader(raw) : new JsonArrayReader(raw);

    /// <inheritdoc/>
    protected override IEnumerable<Event> Parse(JsonRecord record, Report report, ParserSession session)
    {
        if (record.Json.AsMap() is not { } map)
        {
            throw new InvalidRecordException("The record is no JSON object.");
        }

        if (map["__type"].AsText() is not (null or "Event"))
        {
            throw new InvalidRecordException($"The record's '__type' is '{map["__type"]}' and not 'Event'.");
        }

        // What the event itself says counts more than what the report says.
        var made = NewEvent(report);
        made.Update(map.Where(item => item.Key != "__type"));
        if (!made.Contains(Fields.Raw))
        {
            made.Add(Fields.Raw, Value.Of(record.Bytes));
        }

        yield return made;
    }
}
