// Estimates pipelines of tests.
using IntelMq.Pipeline.Tests.Compile;

namespace IntelMq.Pipeline.Tests.Cost;

/// <summary>Estimates pipelines of tests, with the bots of the product.</summary>
internal static class Estimating
{
    /// <summary>The plans with the transports that run on them.</summary>
    public static TheoryData<string, string> Everywhere => new(
        from plan in AppCompiler.HostingPlans
        from transport in AppCompiler.Transports
        where transport != "sqlite" && (transport != "rabbitmq" || plan is "premium" or "dedicated")
        select (plan, transport));

    /// <summary>A collector that runs every hour, a parser and an output that writes nowhere.</summary>
    public static string Short { get; } = Chain("", "", schedule: "0 0 * * * *");

    /// <summary>A collector, a parser, four experts one after the other, an output.</summary>
    /// <param name="global">Keys for all.</param>
    /// <param name="expert">Keys of the second expert, each on a line of its own.</param>
    /// <param name="output">The output's module.</param>
    /// <param name="schedule">The collector's schedule.</param>
    public static string Chain(string global = "", string expert = "", string output = "intelmq.bots.outputs.blackhole.output", string schedule = "0 */10 * * * *") => $$"""
        global: { {{global}} }
        fetch:
          module: intelmq.bots.collectors.http.collector_http
          parameters: {http_url: 'https://feed.example.com/', schedule: '{{schedule}}', destination_queues: parse-queue}
        parse:
          module: intelmq.bots.parsers.openphish.parser
          parameters: {destination_queues: dedup-queue}
        dedup:
          module: intelmq.bots.experts.deduplicator.expert
          parameters: {filter_keys: raw, destination_queues: taxonomy-queue}
        taxonomy:
          module: intelmq.bots.experts.taxonomy.expert{{expert}}
          parameters: {destination_queues: url-queue}
        url:
          module: intelmq.bots.experts.url.expert
          parameters: {destination_queues: write-queue}
        write:
          module: {{output}}

        """.ReplaceLineEndings("\n");

    /// <summary>An estimate that must be possible.</summary>
    public static CostEstimate Of(string yaml, CostInputs? inputs = null, PriceTable? prices = null)
    {
        var (estimate, problems) = Try(yaml, inputs, prices);
        Assert.True(estimate is not null, string.Join('\n', problems));
        return estimate;
    }

    /// <summary>An estimate, or why there is none.</summary>
    public static (CostEstimate? Estimate, IReadOnlyList<Problem> Problems) Try(string yaml, CostInputs? inputs = null, PriceTable? prices = null)
    {
        using var scratch = new Scratch();
        var path = scratch.Write("runtime.yaml", yaml);
        var loaded = PipelineFile.Load(path, Compiling.Catalogue, new Dictionary<string, string>(), MissingSecrets.Accept);
        Assert.False(loaded.HasErrors, loaded.Text());
        var (estimate, problems) = CostEstimate.Of(loaded.Pipeline!, "runtime.yaml", inputs ?? new CostInputs(), prices ?? PriceTable.Default);
        return (estimate, problems);
    }

    /// <summary>The quickstart's pipeline.</summary>
    public static string Quickstart { get; } = File.ReadAllText(Compiling.Quickstart);

    /// <summary>How much is used of a price; 0 where nothing is.</summary>
    public static double Used(this CostEstimate estimate, string price) => estimate.Lines.FirstOrDefault(line => line.Price.Id == price)?.Quantity ?? 0;

    /// <summary>A bot of an estimate.</summary>
    public static BotCost Bot(this CostEstimate estimate, string id) => estimate.Bots.Single(bot => bot.Bot == id);

    /// <summary>Prices with a file of these lines in their places.</summary>
    public static (PriceTable? Table, IReadOnlyList<Problem> Problems) Prices(params string[] lines)
    {
        using var scratch = new Scratch();
        var (table, problems) = PriceTable.Load(scratch.Write("prices.tsv", string.Join('\n', lines)));
        return (table, problems.Select(problem => problem with { File = Path.GetFileName(problem.File) }).ToList());
    }
}
