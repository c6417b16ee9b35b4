// intelmq cost: what users see of it.
using IntelMq.DataFormat;

namespace IntelMq.EndToEnd.Tests;

public sealed class CostTests
{
    private const string Begin = "<!-- example: written by UPDATE=1 and tests/EndToEnd/CostTests.cs -->\n";
    private const string End = "<!-- end of example -->\n";
    private const string Date = "# Prices of 2026-11-01\n";

    private static readonly string s_quickstart = Command.InCheckout("docs", "tutorials", "quickstart", "runtime.yaml");
    private static readonly string s_page = Command.InCheckout("docs", "cost.md");

    [Fact]
    public async Task The_page_shows_what_the_command_prints()
    {
        using var command = new Command();
        command.Write("runtime.yaml", await File.ReadAllTextAsync(s_quickstart, TestContext.Current.CancellationToken));
        var output = (await command.RunAsync(["cost", "runtime.yaml", "--memory-mb", "512"])).MustEndWith(0).Output;
        var shown = $"{Begin}```\n$ intelmq cost runtime.yaml --memory-mb 512\n{output[..output.IndexOf("\nAssumed:", StringComparison.Ordinal)]}```\n{End}";
        var page = await File.ReadAllTextAsync(s_page, TestContext.Current.CancellationToken);
        if (Environment.GetEnvironmentVariable("UPDATE") == "1")
        {
            page = page[..page.IndexOf(Begin, StringComparison.Ordinal)] + shown + page[(page.IndexOf(End, StringComparison.Ordinal) + End.Length)..];
            await File.WriteAllTextAsync(s_page, page, TestContext.Current.CancellationToken);
        }

        Assert.Contains(shown, page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("flex-consumption", "storage-queue")]
    [InlineData("premium", "rabbitmq")]
    [InlineData("container-apps", "event-hubs")]
    [InlineData("dedicated", "service-bus")]
    public async Task It_fits_into_a_hundred_columns_and_says_what_it_assumes(string plan, string transport)
    {
        using var command = new Command();
        command.Write("runtime.yaml", "global: {fuse: true}\n" + (await File.ReadAllTextAsync(s_quickstart, TestContext.Current.CancellationToken)).Replace("deduplicator", "deduplicator-with-a-name-that-is-longer-than-a-column", StringComparison.Ordinal).Replace("experts.deduplicator-with-a-name-that-is-longer-than-a-column", "experts.deduplicator", StringComparison.Ordinal));
        var ended = (await command.RunAsync(["cost", "runtime.yaml", "--plan", plan, "--transport", transport, "--rate", "100000", "--events-per-day", "90000000"])).MustEndWith(0);
        var lines = ended.Output.Split('\n');
        Assert.All(lines, line => Assert.True(line.Length <= 100, line));
        Assert.Contains(lines, line => line.Contains("in the call of deduplicator-with-a", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("- A call takes 0.004 s of CPU", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("output cannot keep up: it may run only once at a time: put ", StringComparison.Ordinal));
        Assert.Equal(transport == "rabbitmq", ended.Output.Contains("The broker of 'rabbitmq' is your own", StringComparison.Ordinal));
        Assert.Equal(plan == "dedicated", ended.Output.Contains("The plan 'dedicated' costs what its App Service plan costs", StringComparison.Ordinal));
    }

    [Fact]
    public async Task As_json_it_adds_up()
    {
        using var command = new Command();
        var ended = (await command.RunAsync(["cost", s_quickstart, "--json", "--events-per-day", "3000000", "--events", "c2-collector=1000", "--events", "telnet-collector=2000"])).MustEndWith(0);
        Assert.Empty(ended.Errors);
        var result = JsonText.TryParse(ended.Output)!.Value.AsMap()!;
        Assert.Equal(3_003_000, result["events_per_day"].AsFloat());
        Assert.Equal(result["lines"].AsList().Sum(line => line.AsMap()!["cost"].AsFloat()!.Value), result["total"].AsFloat()!.Value, 2);
        Assert.Equal(1000, result["bots"].AsList().Select(bot => bot.AsMap()!).Single(bot => bot["bot"].TextEquals("c2-parser"))["events_per_day"].AsFloat());
        Assert.All(result["lines"].AsList(), line => Assert.False(line.AsMap()!["source"].IsMissing));
    }

    [Fact]
    public async Task Prices_of_ones_own_are_used_and_those_without_a_source_are_named()
    {
        using var command = new Command();
        command.Write("prices.tsv", Date + "queue-operations\tStorage queues\toperations\t10000\t1\t0\tUSD\tEast US\tunverified\ta guess\n");
        var output = (await command.RunAsync(["cost", s_quickstart, "--prices", "prices.tsv"])).MustEndWith(0).Output;
        Assert.Contains("list prices looked up on 2026-11-01", output, StringComparison.Ordinal);
        Assert.Matches(@"Storage queues .* 1 / 10,000 .* \?\n", output);
        Assert.Contains("? No public text was found that gives these prices: queue-operations. Look them up, and give them\nwith --prices FILE", output, StringComparison.Ordinal);

        command.Write("prices.tsv", Date + "queue-operations\tStorage queues\n");
        var bad = (await command.RunAsync(["cost", s_quickstart, "--prices", "prices.tsv"])).MustEndWith(1);
        Assert.Contains("prices.tsv:2:1: error: The price 'queue-operations' has 2 columns instead of 10", bad.Errors, StringComparison.Ordinal);
        Assert.Contains("The price table cannot be read", (await command.RunAsync(["cost", s_quickstart, "--prices", "nowhere.tsv", "--json"])).MustEndWith(1).Output, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("--transport", "pigeon")]
    [InlineData("--plan", "consumption")]
    [InlineData("--memory-mb", "1000")]
    [InlineData("--events", "c2-collector")]
    [InlineData("--events", "c2-collector=many")]
    [InlineData("--events-per-day", "-1")]
    [InlineData("--rate", "0")]
    public async Task A_wrong_command_line(string option, string value)
    {
        using var command = new Command();
        var ended = (await command.RunAsync(["cost", s_quickstart, option, value])).MustEndWith(64);
        Assert.Contains("error: ", ended.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_deployed_or_read_has_no_price()
    {
        using var command = new Command();
        var refused = (await command.RunAsync(["cost", s_quickstart, "--transport", "rabbitmq"])).MustEndWith(1);
        Assert.Contains("'rabbitmq' does not run on the plan 'flex-consumption'", refused.Errors, StringComparison.Ordinal);
        Assert.Empty(refused.Output);
        Assert.Contains("nowhere.yaml", (await command.RunAsync(["cost", "nowhere.yaml"])).MustEndWith(1).Errors, StringComparison.Ordinal);
    }
}
