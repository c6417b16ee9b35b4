// The bots of the test catalogue: enough of each kind to write an installation with.
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Pipeline.Tests;

[Bot("intelmq.bots.collectors.http.collector_http", "Fetches a URL.")]
public sealed class HttpCollector : CollectorBot<HttpCollector.Settings>
{
    public sealed record Settings : CollectorParameters
    {
        [Parameter("The URL.", Required = true)]
        public string HttpUrl { get; init; } = "";

        [Parameter("The user.")]
        public string? HttpUsername { get; init; }

        [Parameter("The password.", Secret = true)]
        public string? HttpPassword { get; init; }

        [Parameter("Unpack archives.")]
        public bool ExtractFiles { get; init; }

        [Parameter("Unpack archives.", Deprecated = "Use extract_files.")]
        public bool AttachUnzip { get; init; }

        public override int RateLimit { get; init; } = 3600;
    }

    public override IAsyncEnumerable<CollectedReport> CollectAsync(CollectorRun run, CancellationToken cancellation) =>
        AsyncEnumerable.Empty<CollectedReport>();
}

[Bot("intelmq.bots.parsers.spamhaus.parser_drop", "Parses networks.", Sets = ["source.network", "classification.type"])]
public sealed class DropParser : SilentParser<DropParser.Settings>
{
    public sealed record Settings : ParserParameters;
}

[Bot("intelmq.bots.parsers.abusech.parser_feodotracker", "Parses servers.", Sets = ["source.ip", "classification.type"])]
public sealed class FeodoParser : SilentParser<FeodoParser.Settings>
{
    public sealed record Settings : ParserParameters;
}

/// <summary>A parser that sends nothing: the pipeline file is tested, not its bots.</summary>
public abstract class SilentParser<TParameters> : ParserBot<TParameters, LineRecord>
    where TParameters : ParserParameters, new()
{
    protected override RecordReader<LineRecord> OpenRecords(Report report, Stream raw) =>
        throw new NotSupportedException("Only the declaration of this bot is used.");

    protected override IEnumerable<Event> Parse(LineRecord record, Report report, ParserSession session) => [];
}

[Bot("intelmq.bots.experts.deduplicator.expert", "Drops what came before.")]
public sealed class Deduplicator : PassingExpert<Deduplicator.Settings>
{
    public sealed record Settings : CacheExpertParameters
    {
        [Parameter("The fields.")]
        public string FilterKeys { get; init; } = "raw,time.observation";

        [Parameter("How the fields are meant.", Allowed = ["blacklist", "whitelist"])]
        public string FilterType { get; init; } = "blacklist";

        [Parameter("Let everything pass.")]
        public bool Bypass { get; init; }
    }
}

[Bot("intelmq.bots.experts.taxonomy.expert", "Sets the taxonomy.", Reads = ["classification.type"], Sets = ["classification.taxonomy"])]
public sealed class Taxonomy : PassingExpert<ExpertParameters>;

[Bot("intelmq.bots.experts.url2fqdn.expert", "Takes the host out of the URL.", Reads = ["source.url", "destination.url"], Sets = ["source.fqdn", "destination.fqdn"])]
public sealed class Url2Fqdn : PassingExpert<Url2Fqdn.Settings>
{
    public sealed record Settings : ExpertParameters
    {
        [Parameter("Replace what is there.")]
        public bool Overwrite { get; init; }

        [Parameter("Nothing after this many seconds.", Minimum = 1)]
        public int Patience { get; init; } = 10;
    }
}

/// <summary>An expert that lets everything pass.</summary>
public abstract class PassingExpert<TParameters> : EventExpertBot<TParameters>
    where TParameters : ExpertParameters, new()
{
    public override void Process(Event input, IOutbox outbox) => outbox.Send(input, input);
}

[Bot("intelmq.bots.outputs.file.output", "Writes a file.", Guarantee = OutputGuarantee.Exact)]
public sealed class FileOutput : OutputBot<FileOutput.Settings>
{
    public sealed record Settings : ExportParameters
    {
        [Parameter("The file.", Path = PathUse.Append)]
        public string File { get; init; } = "events.txt";
    }

    public override ValueTask WriteAsync(EventBatch batch, CancellationToken cancellation) => ValueTask.CompletedTask;
}
