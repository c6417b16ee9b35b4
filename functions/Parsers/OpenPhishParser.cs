// OpenPhish: one phishing URL per line.
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Parsers;

/// <summary>Parses the OpenPhish community feed.</summary>
[Bot("intelmq.bots.parsers.openphish.parser", "Parses the OpenPhish community feed: one phishing URL per line.", Sets = ["source.url", "classification.type"])]
public sealed class OpenPhishParser : LineParser<ParserParameters>
{
    /// <inheritdoc/>
    protected override IEnumerable<Event> Parse(LineRecord record, Report report, ParserSession session)
    {
        var made = NewEvent(report);
        if (made.Add(Fields.Source.Url, record.Text) == AddResult.Ignored)
        {
            throw new InvalidRecordException("The line holds no URL.");
        }

        made.Add(Fields.Classification.Type, "phishing");
        made.Add(Fields.Raw, Value.Of(record.Bytes));
        yield return made;
    }
}
