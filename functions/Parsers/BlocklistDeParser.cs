// blocklist.de: addresses that attacked a service, one list per service.
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Parsers;

/// <summary>Parses the lists of blocklist.de: one address per line; the last part of the feed's URL tells which list it is.</summary>
[Bot(
    "intelmq.bots.parsers.blocklistde.parser",
    "Parses the lists of blocklist.de: one attacking address per line; the feed's URL tells which service was attacked.",
    Sets = ["source.ip", "classification.type", "protocol.application", "event_description.text"],
    Unverified = "The classification of all lists but imap.txt follows the descriptions on the provider's page.")]
public sealed class BlocklistDeParser : LineParser<ParserParameters>
{
    // By the name of the list, as on the provider's page of exports.
    private static readonly Dictionary<string, ListMeaning> s_lists = new(StringComparer.Ordinal)
    {
        ["apache.txt"] = new("ids-alert", "http", "IP reported as having run attacks on the service Apache, Apache-DDOS, RFI-Attacks"),
        ["bots.txt"] = new("ids-alert", "http", "IP reported as having run attacks as RFI-Attacks, REG-Bots, IRC-Bots or BadBots"),
        ["bruteforcelogin.txt"] = new("brute-force", "http", "IP reported as having attacked Joomla, Wordpress and other web logins with brute-force logins"),
        ["ftp.txt"] = new("ids-alert", "ftp", "IP reported as having run attacks on the service FTP"),
        ["imap.txt"] = new("ids-alert", "imap", "IP reported as having run attacks on the service IMAP, SASL, POP3"),
        ["ircbot.txt"] = new("infected-system", "irc", "IP reported as being an IRC bot"),
        ["mail.txt"] = new("ids-alert", "smtp", "IP reported as having run attacks on the service Mail, Postfix"),
        ["pop3.txt"] = new("ids-alert", "pop3", "IP reported as having run attacks on the service POP3"),
        ["sip.txt"] = new("ids-alert", "sip", "IP reported as having tried to log in to a SIP, VOIP or Asterisk server"),
        ["ssh.txt"] = new("ids-alert", "ssh", "IP reported as having run attacks on the service SSH"),
        ["strongips.txt"] = new("ids-alert", null, "IP reported for more than two months with more than 5,000 attacks"),
    };

    private sealed record ListMeaning(string Type, string? Application, string Text);

    /// <inheritdoc/>
    protected override LineOptions Options => new() { CommentPrefixes = ["#"] };

    /// <inheritdoc/>
    protected override ValueTask Prepare(Report report, ParserSession session, CancellationToken cancellation)
    {
        var url = report[Fields.Feed.Url].AsText() ?? throw new InvalidRecordException("The report has no feed.url, which tells which list it is.");
        var path = url.Split('?', '#')[0];
        session.Prepared = s_lists.GetValueOrDefault(path[(path.LastIndexOf('/') + 1)..]);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    protected override IEnumerable<Event> Parse(LineRecord record, Report report, ParserSession session)
    {
        var made = NewEvent(report);
        if (made.Add(Fields.Source.Ip, record.Text.Trim()) == AddResult.Ignored)
        {
            throw new InvalidRecordException("The line holds no address.");
        }

        var meaning = session.Prepared as ListMeaning;
        made.Add(Fields.Classification.Type, meaning?.Type ?? "blacklist");
        if (meaning is not null)
        {
            made.Add(Fields.EventDescription.Text, meaning.Text);
            made.Add(Fields.Protocol.Application, meaning.Application);
        }

        made.Add(Fields.Raw, Value.Of(record.Bytes));
        yield return made;
    }
}
