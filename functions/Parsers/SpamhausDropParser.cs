// Spamhaus DROP lists: networks and autonomous systems that belong to criminals.
using System.Text;
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Parsers;

/// <summary>
/// Parses the DROP lists. Lines: <c>192.0.2.0/24 ; SBL123456</c> and <c>AS64496 ; AT | EXAMPLE-AS - Example Networks</c>; a comment
/// <c>; Last-Modified: Mon, 14 Sep 2015 04:39:22 GMT</c> gives the time of the following lines.
/// </summary>
[Bot(
    "intelmq.bots.parsers.spamhaus.parser_drop",
    "Parses the Spamhaus lists DROP, EDROP, DROPv6 and ASN-DROP; the feed's URL tells which one it is.",
    Sets = ["source.network", "source.asn", "source.as_name", "source.geolocation.cc", "time.source", "classification.type", "extra.blocklist"])]
public sealed class SpamhausDropParser : ParserBot<SpamhausDropParser.DropParameters, LineRecord>
{
    private const string LastModified = "Last-Modified:";

    /// <summary>The parameters.</summary>
    public sealed record DropParameters : ParserParameters
    {
        /// <summary>See the attribute.</summary>
        [Parameter("The URLs of lists of networks.", Key = "NETWORK_DROP_URLS")]
        public IReadOnlyList<string> NetworkDropUrls { get; init; } =
        [
            "https://www.spamhaus.org/drop/drop.lasso", "https://www.spamhaus.org/drop/drop.txt", "https://www.spamhaus.org/drop/edrop.txt", "https://www.spamhaus.org/drop/dropv6.txt",
        ];

        /// <summary>See the attribute.</summary>
        [Parameter("The URLs of lists of autonomous systems.", Key = "ASN_DROP_URLS")]
        public IReadOnlyList<string> AsnDropUrls { get; init; } = ["https://www.spamhaus.org/drop/asndrop.txt"];
    }

    /// <inheritdoc/>
    public override bool CanSlice => false;

    /// <inheritdoc/>
    protected override RecordReader<LineRecord> OpenRecords(Report report, Stream raw) => new LineReader(raw);

    /// <inheritdoc/>
    protected override ValueTask Prepare(Report report, ParserSession session, CancellationToken cancellation)
    {
        var url = report[Fields.Feed.Url].AsText();
        session.Prepared = url is not null && Parameters.AsnDropUrls.Contains(url) ? true
            : url is not null && Parameters.NetworkDropUrls.Contains(url) ? false
            : throw new InvalidRecordException($"The feed.url '{url}' is none of the DROP lists. Add it to NETWORK_DROP_URLS or ASN_DROP_URLS.");
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    protected override IEnumerable<Event> Parse(LineRecord record, Report report, ParserSession session)
    {
        var line = record.Text.Trim();
        if (line.StartsWith(';'))
        {
            var comment = line[1..].Trim();
            if (comment.StartsWith(LastModified, StringComparison.Ordinal) && TimeFormat.Fuzzy.TryConvert(comment[LastModified.Length..].Trim(), Context.Clock, out var modified))
            {
                session.State = modified.AsText();
            }

            return [];
        }

        var made = NewEvent(report);
        if (session.State is { } time)
        {
            made.Add(Fields.Time.Source, time);
        }

        var (subject, rest) = Cut(line, ';');
        var field = session.Prepared is true ? Fields.Source.Asn : Fields.Source.Network;
        if (made.Add(field, subject) == AddResult.Ignored)
        {
            throw new InvalidRecordException($"The line holds no value for '{field}'.");
        }

        if (session.Prepared is true)
        {
            var (country, name) = Cut(rest, '|');
            made.TryAdd(Fields.Source.Geolocation.Cc, country);
            made.TryAdd(Fields.Source.AsName, name);
        }
        else
        {
            made.TryAdd("extra.blocklist", rest);
        }

        made.Add(Fields.Classification.Type, "spam");
        made.Add(Fields.Raw, line);
        return [made];
    }

    // The comment with the time goes before the line.
    /// <inheritdoc/>
    protected override byte[] Recover(byte[] recovered, ParserSession session) =>
        session.State is { } time ? [.. Encoding.ASCII.GetBytes($"; {LastModified} {time}\n"), .. recovered] : recovered;

    private static (string Before, string After) Cut(string text, char at) =>
        text.IndexOf(at, StringComparison.Ordinal) is var place and >= 0 ? (text[..place].Trim(), text[(place + 1)..].Trim()) : (text.Trim(), "");
}
