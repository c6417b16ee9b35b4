// Which bots are fused, and what those are told that ask for it and cannot be.
using IntelMq.Pipeline.Tests.Compile;

namespace IntelMq.Pipeline.Tests;

public sealed class FusedChainTests
{
    private const string Fused = "\n  fuse: true";

    // Collector, parser, four experts one after the other, output. The deduplicator keeps state; the others declare themselves cheap.
    private static string Yaml(string global = "", string dedup = "", string taxonomy = "", string filter = "", string url = "", string filterQueues = "url-queue", string taxonomyQueues = "filter-queue") => $$"""
        global: { {{global}} }
        fetch:
          module: intelmq.bots.collectors.http.collector_http
          parameters: {http_url: 'https://feed.example.com/', destination_queues: parse-queue}
        parse:
          module: intelmq.bots.parsers.openphish.parser
          parameters: {destination_queues: dedup-queue}
        dedup:
          module: intelmq.bots.experts.deduplicator.expert{{dedup}}
          parameters: {filter_keys: raw, destination_queues: taxonomy-queue}
        taxonomy:
          module: intelmq.bots.experts.taxonomy.expert{{taxonomy}}
          parameters: {destination_queues: {{taxonomyQueues}} }
        filter:
          module: intelmq.bots.experts.filter.expert{{filter}}
          parameters: {filter_key: source.url, filter_value: x, filter_action: drop, destination_queues: {{filterQueues}} }
        url:
          module: intelmq.bots.experts.url.expert{{url}}
          parameters: {destination_queues: write-queue}
        write:
          module: intelmq.bots.outputs.blackhole.output

        """.ReplaceLineEndings("\n");

    private static LoadedPipeline Load(string yaml)
    {
        using var scratch = new Scratch();
        var loaded = PipelineFile.Load(scratch.Write("runtime.yaml", yaml), Compiling.Catalogue, new Dictionary<string, string>());
        Assert.False(loaded.HasErrors, loaded.Text());
        return loaded with { Problems = loaded.Problems.Select(problem => problem with { File = "runtime.yaml" }).ToList() };
    }

    private static string[] Chains(string yaml) => FusedChains.Of(Load(yaml).Pipeline!).Select(chain => string.Join(" + ", chain)).ToArray();

    private static void IsRefused(string yaml, string bot, string reason)
    {
        var loaded = Load(yaml);
        var problem = Assert.Single(loaded.Problems, problem => problem.Key == "fuse");
        Assert.Equal((Severity.Warning, $"The bot '{bot}' is not fused with a bot before it: {reason}. Remove 'fuse', or change that."), (problem.Severity, problem.Message));
        Assert.Equal("  fuse: true", yaml.Split('\n')[problem.Line - 1]);
        Assert.DoesNotContain(FusedChains.Followers(loaded.Pipeline!).Values, follower => follower == bot);
    }

    [Fact]
    public void Nothing_is_fused_that_nobody_asks_for() => Assert.Empty(Chains(Yaml()));

    [Fact]
    public void A_global_default_takes_the_bots_that_declare_themselves_cheap_behind_any_expert()
    {
        Assert.Equal(["dedup + taxonomy + filter + url"], Chains(Yaml("fuse: true")));
        Assert.DoesNotContain(Load(Yaml("fuse: true")).Problems, problem => problem.Key == "fuse");
    }

    [Fact]
    public void A_bots_own_key_wins_over_the_global_one() => Assert.Equal(["dedup + taxonomy", "filter + url"], Chains(Yaml("fuse: true", filter: "\n  fuse: false")));

    [Fact]
    public void A_bot_that_asks_is_fused_whatever_it_declares()
    {
        // The deduplicator behind the taxonomy.
        string Of(string global, string own) => $$"""
            global: { {{global}} }
            fetch:
              module: intelmq.bots.collectors.http.collector_http
              parameters: {http_url: 'https://feed.example.com/', destination_queues: parse-queue}
            parse:
              module: intelmq.bots.parsers.openphish.parser
              parameters: {destination_queues: taxonomy-queue}
            taxonomy:
              module: intelmq.bots.experts.taxonomy.expert
              parameters: {destination_queues: dedup-queue}
            dedup:
              module: intelmq.bots.experts.deduplicator.expert{{own}}
              parameters: {filter_keys: raw, destination_queues: write-queue}
            write:
              module: intelmq.bots.outputs.blackhole.output

            """.ReplaceLineEndings("\n");
        Assert.Empty(Chains(Of("fuse: true", "")));
        Assert.Empty(Chains(Of("fuse: true", "\n  fuse:")));
        Assert.Equal(["taxonomy + dedup"], Chains(Of("", Fused)));
    }

    [Fact]
    public void Bots_of_a_chain_may_ask_one_by_one() => Assert.Equal(["taxonomy + filter"], Chains(Yaml(filter: Fused)));

    [Fact]
    public void A_named_path_beside_the_default_one_breaks_no_chain() =>
        Assert.Equal(["taxonomy + filter + url"], Chains(Yaml(filter: Fused, url: Fused, filterQueues: "{_default: [url-queue], action_other: [write-queue]}")));

    [Fact]
    public void A_disabled_bot_breaks_the_chain_and_is_not_told()
    {
        Assert.Equal(["dedup + taxonomy"], Chains(Yaml("fuse: true", filter: "\n  enabled: false")));
        Assert.DoesNotContain(Load(Yaml(filter: Fused + "\n  enabled: false")).Problems, problem => problem.Key == "fuse");
    }

    [Fact]
    public void Only_experts_are_fused()
    {
        IsRefused(Yaml().Replace("blackhole.output\n", "blackhole.output" + Fused + "\n", StringComparison.Ordinal), "write", "it is an output, and only experts are fused");
        IsRefused(Yaml(dedup: Fused), "dedup", "the bot before it, 'parse', is a parser, and only experts are fused");
    }

    [Fact]
    public void A_bot_that_nobody_who_runs_sends_to_has_nobody_before_it() =>
        IsRefused(Yaml(taxonomy: "\n  enabled: false", filter: Fused), "filter", "no bot that runs sends to its queue 'filter-queue'");

    [Fact]
    public void A_queue_with_two_writers_stays_a_queue() =>
        IsRefused(
            Yaml(filter: Fused).Replace("destination_queues: dedup-queue", "destination_queues: [dedup-queue, filter-queue]", StringComparison.Ordinal),
            "filter",
            "'parse' and 'taxonomy' send to its queue 'filter-queue', and only a bot with one bot before it is fused");

    [Fact]
    public void A_writer_that_is_disabled_writes_nothing() =>
        Assert.Equal(["taxonomy + filter"], Chains(Yaml(filter: Fused, dedup: "\n  enabled: false").Replace("destination_queues: taxonomy-queue", "destination_queues: [taxonomy-queue, filter-queue]", StringComparison.Ordinal)));

    [Theory]
    [InlineData("[filter-queue, url-queue]")]
    [InlineData("{_default: [filter-queue], _on_error: [filter-queue]}")]
    [InlineData("{_default: [url-queue], _on_error: [filter-queue]}")]
    [InlineData("[filter-queue, filter-queue]")]
    public void The_default_path_alone_leads_to_the_bot_alone(string queues) =>
        IsRefused(Yaml(taxonomyQueues: queues, filter: Fused), "filter", "'taxonomy' must send to the queue 'filter-queue' on its path '_default' only, and on this path to no other queue");

    [Fact]
    public void Both_have_one_transport_and_one_scale()
    {
        IsRefused(Yaml(taxonomy: "\n  transport: kafka", filter: Fused), "filter", "its queue has another 'transport' than that of 'taxonomy'");
        IsRefused(Yaml(taxonomy: "\n  scale: 3", filter: Fused), "filter", "it has other limits of 'scale' than 'taxonomy'");
        Assert.Equal(["taxonomy + filter"], Chains(Yaml("scale: 3, transport: kafka", taxonomy: "\n  scale: {maximum: 3}", filter: "\n  transport: kafka" + Fused)));
    }

    [Fact]
    public void A_bot_with_a_rate_waits_between_its_invocations() =>
        IsRefused(Yaml(filter: Fused).Replace("{filter_key", "{rate_limit: 1, filter_key", StringComparison.Ordinal), "filter", "it has a 'rate_limit', which needs a queue before it");

    [Fact]
    public void The_compiled_functions_name_the_chain_and_the_copy_of_the_file_gives_the_same()
    {
        using var scratch = new Scratch();
        var options = new CompileOptions { Transport = "service-bus" };
        var folder = Compiling.CompileFile(scratch.Write("runtime.yaml", Yaml("fuse: true")), options);
        folder.Write(scratch.In("app"));

        string[] Outputs(string function) => folder.App.Find(function)!.Outputs.Keys.ToArray();
        Assert.Equal(["dedup", "taxonomy", "filter", "url"], folder.App.Find("dedup")!.Chain);
        Assert.Equal(["filter", "url"], folder.App.Find("filter")!.Chain);
        Assert.Null(folder.App.Find("url")!.Chain);
        Assert.Null(folder.App.Find("parse")!.Chain);
        Assert.Equal(["dedup-queue", "filter-queue", "taxonomy-queue", "url-queue", "write-queue"], Outputs("dedup"));
        Assert.Equal(["filter-queue", "url-queue", "write-queue"], Outputs("filter"));
        Assert.Equal(folder.App.ToJson(), Compiling.CompileFile(scratch.In("app/" + AppCompiler.PipelinePath), options).App.ToJson());
        Assert.Equal(folder.App.ToJson(), CompiledApp.Read(scratch.In("app")).ToJson());
    }
}
