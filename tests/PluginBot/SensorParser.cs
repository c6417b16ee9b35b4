// A parser of a third party: the pipe-separated list of a sensor. docs/add-a-bot.md shows this file.
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace Acme.Bots;

/// <summary>
/// Parses the sensor's list: <c>2026-01-15 08:12:44|192.0.2.14|22|ssh</c>; lines that start with <c>#</c> are comments.
/// </summary>
[Bot("acme.bots.parsers.sensor.parser", "Parses the list of a sensor: time, address, port and service of each attack.", Sets = ["time.source", "source.ip", "destination.port"])]
public sealed class SensorParser : LineParser<SensorParser.SensorParameters>
{
    /// <summary>The parameters.</summary>
    public sealed record SensorParameters : ParserParameters
    {
        /// <summary>See the attribute.</summary>
        [Parameter("The type of the events.", Example = "brute-force")]
        public string Type { get; init; } = "scanner";
    }

    /// <inheritdoc/>
    protected override LineOptions Options => new() { CommentPrefixes = ["#"] };

    /// <inheritdoc/>
    protected override IEnumerable<Event> Parse(LineRecord record, Report report, ParserSession session)
    {
        var cells = record.Text.Split('|');
        if (cells.Length != 4)
        {
            throw new InvalidRecordException($"The line has {cells.Length} cells and not 4.");
        }

        var made = NewEvent(report);
        made.Add(Fields.Time.Source, cells[0]);
        made.Add(Fields.Source.Ip, cells[1]);
        made.Add(Fields.Destination.Port, cells[2]);
        made.Add(Fields.Protocol.Application, cells[3]);
        made.Add(Fields.Classification.Type, Parameters.Type);
        made.Add(Fields.Raw, Value.Of(record.Bytes));
        yield return made;
    }
}
