// Which functions run in which app, and what each app may touch.
using IntelMq.Pipeline.Deployment;
using IntelMq.Pipeline.Tests.Compile;

namespace IntelMq.Pipeline.Tests.Deployment;

public sealed class AppSpreadTests
{
    private const string Bots =
        """
        fetch:
          module: intelmq.bots.collectors.http.collector_http
          parameters: {http_url: 'https://feed.example.com/', http_username: u, http_password: p, destination_queues: parse-queue}
        parse:
          module: intelmq.bots.parsers.openphish.parser
          parameters: {destination_queues: dedup-queue}
        dedup:
          module: intelmq.bots.experts.deduplicator.expert
          parameters: {filter_keys: raw, destination_queues: geo-queue}
        geo:
          module: intelmq.bots.experts.maxmind_geoip.expert
          parameters: {database: 'blob:databases/city.mmdb', destination_queues: [write-queue, copy-queue]}
        write:
          module: intelmq.bots.outputs.file.output
          parameters: {file: 'blob:intelmq/events.jsonl'}
        copy:
          module: intelmq.bots.outputs.blackhole.output

        """;

    [Fact]
    public void One_app_serves_all_bots_but_those_that_are_limited()
    {
        var apps = Spread(Bots);
        Assert.Equal(["pipeline", "write"], apps.Select(app => app.Name));
        Assert.Equal(["copy", "dedup", "fetch", "geo", "park_frames", "parse", "poison_copy-queue", "poison_dedup-queue", "poison_geo-queue", "poison_parse-queue", "purge_state", "show_status"], Functions(apps[0]));
        Assert.Equal(["poison_write-queue", "write"], Functions(apps[1]));
        Assert.Equal(1, apps[1].Maximum);
        Assert.Contains(("AzureFunctionsJobHost__extensions__queues__batchSize", "1"), apps[1].Settings);
        Assert.Null(apps[0].Maximum);
        Assert.Empty(apps[0].Settings);
    }

    [Fact]
    public void A_bot_with_a_limit_of_instances_has_an_app_of_its_own()
    {
        var apps = Spread(Bots.Replace("geo:\n", "geo:\n  scale: {minimum: 2, maximum: 5}\n", StringComparison.Ordinal));
        Assert.Equal(["pipeline", "geo", "write"], apps.Select(app => app.Name));
        Assert.Equal(5, apps[1].Maximum);
        Assert.Equal(new Dictionary<string, int> { ["geo"] = 2 }, apps[1].AlwaysReady);
    }

    [Fact]
    public void An_app_per_bot_may_touch_what_its_bot_needs_and_no_more()
    {
        var apps = Spread(Bots, "per-bot").ToDictionary(app => app.Name);
        Assert.Equal(["copy", "dedup", "fetch", "geo", "parse", "pipeline", "write"], apps.Keys.Order(StringComparer.Ordinal));

        Assert.Equal([], apps["fetch"].Reads);
        Assert.Equal(["parse-queue"], apps["fetch"].Writes);
        Assert.Equal(["INTELMQ_SECRET_FETCH_HTTP_PASSWORD"], apps["fetch"].Secrets);

        Assert.Equal(["parse-queue"], apps["parse"].Reads);
        Assert.Equal(["dedup-queue", "parse-queue"], apps["parse"].Writes);
        Assert.Equal([], apps["parse"].Secrets);
        Assert.Equal(["parse", "poison_parse-queue"], Functions(apps["parse"]));

        Assert.Equal(["databases"], apps["geo"].Containers.Reads);
        Assert.Equal([], apps["geo"].Containers.Writes);
        Assert.Equal(["intelmq"], apps["write"].Containers.Writes);
        Assert.Equal(["copy-queue", "geo-queue", "write-queue"], apps["geo"].Writes);

        Assert.True(apps["pipeline"].ServesAll);
        Assert.Equal([], apps["pipeline"].Reads);
        Assert.Equal(5, apps["pipeline"].Writes.Count);
    }

    [Fact]
    public void A_fused_bot_touches_what_the_bots_behind_it_need()
    {
        var apps = Spread("global: {fuse: true}\n" + Bots, "per-bot").ToDictionary(app => app.Name);
        Assert.Equal(["databases"], apps["dedup"].Containers.Reads);
        Assert.Equal(["copy-queue", "dedup-queue", "geo-queue", "write-queue"], apps["dedup"].Writes);
        Assert.Equal(["dedup-queue"], apps["dedup"].Reads);
    }

    [Fact]
    public void Every_function_is_in_one_app_and_every_queue_has_its_reader()
    {
        foreach (var spread in DeploymentSettings.Spreads)
        {
            var compiled = Compiling.CompileFile(Compiling.Quickstart, new CompileOptions { Files = "blob:intelmq" }).App;
            var apps = Spread(File.ReadAllText(Compiling.Quickstart), spread, "blob:intelmq");
            Assert.Equal(compiled.Functions.Select(function => function.Name), apps.SelectMany(Functions).Order(StringComparer.Ordinal));
            Assert.Equal(compiled.Queues.Select(queue => queue.Entity), apps.SelectMany(app => app.Reads).Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void The_secrets_of_a_broker_go_to_those_who_use_it()
    {
        var yaml = Bots.Replace("copy:\n", "copy:\n  transport: kafka\n", StringComparison.Ordinal);
        var apps = Spread(yaml, "per-bot").ToDictionary(app => app.Name);
        Assert.Contains("IntelMqKafkaPassword", apps["geo"].Secrets);
        Assert.Contains("IntelMqKafkaPassword", apps["copy"].Secrets);
        Assert.DoesNotContain("IntelMqKafkaPassword", apps["parse"].Secrets);
    }

    private static string[] Functions(DeployedApp app) => app.Functions.Select(function => function.Name).ToArray();

    private static IReadOnlyList<DeployedApp> Spread(string yaml, string spread = "one", string? files = null)
    {
        using var scratch = new Scratch();
        var path = scratch.Write("runtime.yaml", yaml);
        var pipeline = PipelineFile.Load(path, Compiling.Catalogue, new Dictionary<string, string>(), MissingSecrets.Accept).Pipeline!;
        var options = new CompileOptions { Apps = spread, HostingPlan = "premium", Files = files };
        var compiled = AppCompiler.Compile(pipeline, path, options);
        return new AppSpread(pipeline, compiled.App, options, compiled.Secrets).Apps();
    }
}
