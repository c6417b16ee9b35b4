// The pipeline of the benchmark, for the tests that kill it.
using IntelMq.Benchmarks;
using IntelMq.Bots;
using IntelMq.Pipeline;

namespace IntelMq.EndToEnd.Tests;

/// <summary>Collector, CSV parser, deduplicator, taxonomy, url2fqdn, filter, file output.</summary>
internal static class FilterPipeline
{
    /// <summary>The pipeline file's text, with its feed in the given folder; the experts are fused or not.</summary>
    public static string Text(string inputFolder, bool fuse = false) => $"""
        global:
          fuse: {(fuse ? "true" : "false")}
        collector:
          module: intelmq.bots.collectors.file.collector_file
          parameters: {ParametersOf($"path: '{inputFolder}', postfix: .csv, name: Bench Feed", "parser-queue")}
        parser:
          module: intelmq.bots.parsers.generic.parser_csv
          parameters: {ParametersOf($"columns: [{string.Join(", ", BenchmarkInput.Columns)}], skip_header: true", "dedup-queue")}
        dedup:
          module: intelmq.bots.experts.deduplicator.expert
          parameters: {ParametersOf("filter_keys: 'raw,time.observation', filter_type: blacklist", "taxonomy-queue")}
        taxonomy:
          module: intelmq.bots.experts.taxonomy.expert
          parameters: {ParametersOf("error_max_retries: 3", "url2fqdn-queue")}
        url2fqdn:
          module: intelmq.bots.experts.url2fqdn.expert
          parameters: {ParametersOf("overwrite: false", "filter-queue")}
        filter:
          module: intelmq.bots.experts.filter.expert
          parameters: {ParametersOf($"filter_key: source.geolocation.cc, filter_value: {BenchmarkInput.FilteredCountry}, filter_action: drop", "output-queue")}
        output:
          module: intelmq.bots.outputs.file.output
          parameters: {"{file: events.jsonl}"}
        """;

    /// <summary>The bots that it and its like are made of.</summary>
    public static BotCatalogue Bots { get; } =
        BotCatalogue.Scan([typeof(Collectors.FileCollector).Assembly, typeof(Parsers.GenericCsv.GenericCsvParser).Assembly, typeof(Experts.TaxonomyExpert).Assembly, typeof(Outputs.FileOutput).Assembly]);

    /// <summary>Reads a pipeline file of these bots.</summary>
    public static Pipeline.Pipeline Load(string path)
    {
        var loaded = PipelineFile.Load(path, Bots, new Dictionary<string, string>());
        return loaded.Pipeline ?? throw new InvalidOperationException(string.Join('\n', loaded.Problems));
    }

    private static string ParametersOf(string parameters, string queue) => $"{{{parameters}, destination_queues: [{queue}]}}";
}
