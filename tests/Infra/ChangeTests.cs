// A large pipeline deploys without a hand, and a small change of a pipeline is a small change of its deployment.
using System.Text;
using IntelMq.Pipeline;

namespace IntelMq.Infra.Tests;

public sealed class ChangeTests
{
    [Theory]
    [InlineData("one", "storage-queue")]
    [InlineData("per-bot", "service-bus")]
    public async Task A_pipeline_of_forty_bots_needs_no_hand(string apps, string transport)
    {
        var deployment = await Deployment.OfAsync(Feeds(12), new CompileOptions { Apps = apps, Transport = transport });
        Assert.Equal(40, deployment.Compiled.App.Functions.Count(function => function.RunsBot));
        Assert.Equal(apps == "one" ? 2 : 41, deployment.OfType("Microsoft.Web/sites").Count());

        // A deployment has 800 resources and a subscription 4,000 roles at most.
        Assert.True(deployment.Roles.Count() < 1000);
    }

    [Theory]
    [InlineData("one")]
    [InlineData("per-bot")]
    public async Task A_new_feed_adds_its_own_things_and_changes_its_neighbours_only(string apps)
    {
        var options = new CompileOptions { Apps = apps };
        var changes = Changes.Between(await Deployment.OfAsync(Feeds(1), options), await Deployment.OfAsync(Feeds(2), options));
        Assert.Empty(changes.Removed);
        Assert.NotEmpty(changes.Added);
        if (apps == "per-bot")
        {
            // Nobody else's app is touched: whoever sends to a new queue is new, and the one that serves all gets a role.
            Assert.Empty(changes.Changed);
            Assert.All(changes.Added, id => Assert.True(id.Contains("feed-1", StringComparison.Ordinal) || IsOfNewApp(id) || id.Contains("/roleAssignments/", StringComparison.Ordinal), id));
        }
        else
        {
            // The one app serves three functions more.
            Assert.Equal(["Microsoft.Web/sites properties.siteConfig.appSettings"], changes.Places);
            Assert.All(changes.Added, id => Assert.Contains("feed-1", id, StringComparison.Ordinal));
        }

        // Its host account has a name by a hash alone.
        static bool IsOfNewApp(string id) => id.StartsWith("Microsoft.Storage/storageAccounts/intelmhost", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_scale_limit_changes_one_app()
    {
        var options = new CompileOptions { Apps = "per-bot" };
        var changes = Changes.Between(await Deployment.OfAsync(Feeds(1), options), await Deployment.OfAsync(Feeds(1).Replace("feed-0-parser:\n", "feed-0-parser:\n  scale: {minimum: 2, maximum: 7}\n", StringComparison.Ordinal), options));
        Assert.Empty(changes.Added);
        Assert.Empty(changes.Removed);
        Assert.Equal(
            [
                "Microsoft.Web/sites properties.functionAppConfig.scaleAndConcurrency.alwaysReady",
                "Microsoft.Web/sites properties.functionAppConfig.scaleAndConcurrency.maximumInstanceCount: 40 -> 7",
            ],
            changes.Changed.Select(change => change.Contains("alwaysReady", StringComparison.Ordinal) ? change.Split(':')[0] : change));
    }

    [Fact]
    public async Task A_changed_parameter_of_a_bot_changes_nothing_but_the_package()
    {
        var changes = Changes.Between(await Deployment.OfAsync(Feeds(1)), await Deployment.OfAsync(Feeds(1).Replace("https://feed-0.example.com/", "https://feed-0.example.org/", StringComparison.Ordinal)));
        Assert.Empty(changes.Added.Concat(changes.Removed).Concat(changes.Changed));
    }

    // Three bots a feed, and four that all feeds share.
    private static string Feeds(int count)
    {
        var yaml = new StringBuilder();
        for (var i = 0; i < count; i++)
        {
            yaml.Append($$"""
                feed-{{i}}-collector:
                  module: intelmq.bots.collectors.http.collector_http
                  parameters: {name: Feed {{i}}, provider: Example CERT, http_url: 'https://feed-{{i}}.example.com/', destination_queues: feed-{{i}}-parser-queue}
                feed-{{i}}-parser:
                  module: intelmq.bots.parsers.openphish.parser
                  parameters: {destination_queues: feed-{{i}}-taxonomy-queue}
                feed-{{i}}-taxonomy:
                  module: intelmq.bots.experts.taxonomy.expert
                  parameters: {destination_queues: deduplicator-queue}

                """);
        }

        return yaml.Append("""
            deduplicator:
              module: intelmq.bots.experts.deduplicator.expert
              parameters: {filter_keys: raw, destination_queues: url-queue}
            url:
              module: intelmq.bots.experts.url.expert
              parameters: {destination_queues: [file-output-queue, nowhere-queue]}
            file-output:
              module: intelmq.bots.outputs.file.output
              parameters: {file: 'blob:intelmq/events.jsonl'}
            nowhere:
              module: intelmq.bots.outputs.blackhole.output

            """).ToString();
    }
}
