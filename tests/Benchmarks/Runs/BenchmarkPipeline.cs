// The pipeline file of the benchmark and its relatives.
using System.Globalization;

namespace IntelMq.Benchmarks;

/// <summary>Writes pipeline files: collector, parser, any experts, file output, in a chain.</summary>
internal sealed record BenchmarkPipeline
{
    /// <summary>The experts of the benchmark, by id.</summary>
    public static readonly (string Id, string Module, string Parameters)[] FilterExperts =
    [
        ("dedup", "deduplicator", "filter_keys: 'raw,time.observation', filter_type: blacklist"),
        ("taxonomy", "taxonomy", ""),
        ("url2fqdn", "url2fqdn", ""),
        ("filter", "filter", $"filter_key: source.geolocation.cc, filter_value: {BenchmarkInput.FilteredCountry}, filter_action: drop"),
    ];

    /// <summary>The same where each row has a file of its own: that the address of its feed is another one makes no other event of it.</summary>
    public static readonly (string Id, string Module, string Parameters)[] FilterExpertsOfFiles =
        [("dedup", "deduplicator", "filter_keys: 'raw,time.observation,feed.url', filter_type: blacklist"), .. FilterExperts.Skip(1)];

    /// <summary>The folder that the collector reads.</summary>
    public required string Input { get; init; }

    /// <summary>Further parameters of the collector.</summary>
    public string Collector { get; init; } = "postfix: .csv";

    /// <summary>The parser's module below <c>intelmq.bots.parsers</c>.</summary>
    public string Parser { get; init; } = "generic.parser_csv";

    /// <summary>The parser's parameters.</summary>
    public string ParserParameters { get; init; } = CsvParameters(BenchmarkInput.Columns);

    /// <summary>The experts: id, module below <c>intelmq.bots.experts</c>, parameters.</summary>
    public IReadOnlyList<(string Id, string Module, string Parameters)> Experts { get; init; } = FilterExperts;

    /// <summary>The parameters of the CSV parser for columns.</summary>
    public static string CsvParameters(IEnumerable<string> columns, bool hasHeader = true) =>
        $"columns: [{string.Join(", ", columns)}]{(hasHeader ? ", skip_header: true" : "")}";

    /// <summary>So many experts that change nothing of most events: taxonomy and url2fqdn in turn.</summary>
    public static (string Id, string Module, string Parameters)[] Chain(int experts) =>
        [.. Enumerable.Range(0, experts).Select(i => (string.Create(CultureInfo.InvariantCulture, $"expert-{i}"), i % 2 == 0 ? "taxonomy" : "url2fqdn", ""))];

    /// <summary>Writes the file and gives its path.</summary>
    public string Write(string folder, string name = "runtime.yaml")
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, ToString());
        return path;
    }

    /// <summary>The text of the file.</summary>
    public override string ToString()
    {
        var bots = new List<(string Id, string Module, string Parameters)> { ("parser", "parsers." + Parser, ParserParameters) };
        bots.AddRange(Experts.Select(expert => (expert.Id, $"experts.{expert.Module}.expert", expert.Parameters)));
        bots.Add(("output", "outputs.file.output", "file: events.jsonl"));
        var lines = new List<string> { Bot("collector", "collectors.file.collector_file", $"path: '{Input}', name: Bench Feed, provider: Bench, {Collector}", "parser") };
        lines.AddRange(bots.Select((bot, i) => Bot(bot.Id, bot.Module, bot.Parameters, i + 1 < bots.Count ? bots[i + 1].Id : null)));
        return string.Join('\n', lines) + "\n";
    }

    private static string Bot(string id, string module, string parameters, string? next)
    {
        var destination = next is null ? "" : $"destination_queues: [{next}-queue]";
        var separator = parameters.Length > 0 && destination.Length > 0 ? ", " : "";
        return $"{id}:\n  module: intelmq.bots.{module}\n  parameters: {{{parameters}{separator}{destination}}}";
    }
}
