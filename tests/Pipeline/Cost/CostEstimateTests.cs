// What must hold for every estimate.
using FsCheck.Xunit;

namespace IntelMq.Pipeline.Tests.Cost;

public sealed class CostEstimateTests
{
    private const string Date = "# Prices of 2026-11-01";

    [Theory]
    [MemberData(nameof(Estimating.Everywhere), MemberType = typeof(Estimating))]
    public void More_events_never_cost_less(string plan, string transport)
    {
        var (before, events) = (-1.0, 0.0);
        for (var step = 0; step < 40; step++, events = events == 0 ? 7 : events * 1.53)
        {
            var estimate = Estimating.Of(Estimating.Quickstart, new CostInputs { HostingPlan = plan, Transport = transport, EventsPerDay = events });
            Assert.All(estimate.Lines, line => Assert.True(double.IsFinite(line.Quantity) && line.Quantity > 0, line.Price.Id));
            Assert.True(estimate.Total >= before - 1e-9, $"{events}: {estimate.Total} < {before}");
            before = estimate.Total;
        }
    }

    [Theory]
    [MemberData(nameof(Estimating.Everywhere), MemberType = typeof(Estimating))]
    public void Without_events_only_what_is_idle_costs(string plan, string transport)
    {
        var idle = Estimating.Of(Estimating.Quickstart, new CostInputs { HostingPlan = plan, Transport = transport, EventsPerDay = 0 });
        Assert.All(idle.Bots, bot => Assert.Equal((0, 0), (bot.EventsPerDay, bot.MessagesPerDay)));
        Assert.All(idle.Bots, bot => Assert.Equal(bot.Kind == IntelMq.Bots.BotKind.Collector, bot.ExecutionsPerDay > 0));
        Assert.Equal((0, 0, 0), (idle.Used("table-storage"), idle.Used("blob-storage"), idle.Used("event-hubs-ingress")));
        Assert.Equal(0, idle.MostBeyond);

        // The timers, and on plans with an instance that is always there what it asks its brokers.
        Assert.Equal(plan == "flex-consumption" ? (4 * 288) + 5784 : 0, idle.Used("flex-executions") / 30.4167, 6);
        Assert.True(idle.Used("table-operations") > 0);
        Assert.Equal(transport == "storage-queue", idle.Used("queue-operations") > 0);
    }

    [Theory]
    [InlineData("storage-queue", 1)]
    [InlineData("storage-queue", 1_000_000)]
    [InlineData("service-bus", 50_000)]
    [InlineData("event-hubs", 1_000_000)]
    [InlineData("event-hubs", 100_000_000)]
    [InlineData("kafka", 20_000)]
    public void Fused_bots_take_no_more_messages_and_count_once(string transport, double events)
    {
        var inputs = new CostInputs { Transport = transport, EventsPerDay = events };
        var (fused, alone) = (Estimating.Of(Estimating.Chain("fuse: true"), inputs), Estimating.Of(Estimating.Chain(), inputs));
        Assert.True(fused.Bots.Sum(bot => bot.MessagesPerDay) < alone.Bots.Sum(bot => bot.MessagesPerDay));
        Assert.Equal((null, "dedup", "dedup"), (fused.Bot("dedup").FusedWith, fused.Bot("taxonomy").FusedWith, fused.Bot("url").FusedWith));
        Assert.All((string[])["taxonomy", "url"], bot => Assert.Equal((events, 0, 0, 0), (fused.Bot(bot).EventsPerDay, fused.Bot(bot).MessagesPerDay, fused.Bot(bot).ExecutionsPerDay, fused.Bot(bot).GbSeconds)));
        Assert.Equal(alone.Bot("dedup").ExecutionsPerDay, fused.Bot("dedup").ExecutionsPerDay);
        Assert.True(fused.Bot("dedup").CpuSeconds > alone.Bot("dedup").CpuSeconds);
        Assert.True(fused.Bot("dedup").CpuSeconds < alone.Bot("dedup").CpuSeconds + alone.Bot("taxonomy").CpuSeconds + alone.Bot("url").CpuSeconds);
        Assert.True(fused.Total <= alone.Total);
        Assert.DoesNotContain(fused.Scale, bot => bot.Bot is "taxonomy" or "url");
    }

    [Fact]
    public void A_price_that_doubles_doubles_its_line_and_no_other()
    {
        var before = Estimating.Of(Estimating.Quickstart);
        foreach (var line in before.Lines)
        {
            var price = line.Price;
            var (table, _) = Estimating.Prices(Date, FormattableString.Invariant($"{price.Id}\t{price.Service}\t{price.Unit}\t{price.Per}\t{(decimal)price.Amount * 2}\t{price.Free}\tUSD\t{price.Region}\tquoted\tan offer"));
            var after = Estimating.Of(Estimating.Quickstart, prices: table);
            Assert.Equal(before.Lines.Select(each => each.Price.Id == price.Id ? each.Cost * 2 : each.Cost), after.Lines.Select(each => each.Cost), (left, right) => Math.Abs(left - right) < 1e-9);
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1000, 0)]
    [InlineData(1001, 0.5)]
    [InlineData(3000, 1000)]
    public void What_is_free_is_free_to_the_last_one(double quantity, double cost)
    {
        var line = new CostLine(new Price("x", "s", "u", 2, 1, 1000, "USD", "r", true, "x"), quantity);
        Assert.Equal((Math.Min(quantity, 1000), cost), (line.Free, line.Cost));
    }

    [Property(MaxTest = 30)]
    public void The_total_is_its_lines_and_the_bots_are_part_of_it(FsCheck.PositiveInt events, FsCheck.NonNegativeInt plan)
    {
        var inputs = new CostInputs { EventsPerDay = events.Get * 1000.0, HostingPlan = AppCompiler.HostingPlans[plan.Get % AppCompiler.HostingPlans.Count] };
        var estimate = Estimating.Of(Estimating.Chain(), inputs);
        Assert.Equal(estimate.Lines.Sum(line => line.Cost), estimate.Total);
        Assert.All(estimate.Bots, bot => Assert.True(bot.Cost >= 0 && bot.EventsPerDay == inputs.EventsPerDay, bot.Bot));
        Assert.True(estimate.Bots.Sum(bot => bot.Cost) <= estimate.Lines.Sum(line => line.Price.GrossOf(line.Quantity)) + 1e-9);
        Assert.Equal(inputs.HostingPlan == "dedicated", estimate.NotIncluded.Any(sentence => sentence.Contains("'dedicated'", StringComparison.Ordinal)));
    }

    [Fact]
    public void Collectors_share_the_events_or_have_their_own()
    {
        var estimate = Estimating.Of(Estimating.Quickstart, new CostInputs { EventsPerDay = 900, EventsOf = new Dictionary<string, double> { ["c2-collector"] = 5 } });
        Assert.Equal((5, 300, 905), (estimate.Bot("c2-parser").EventsPerDay, estimate.Bot("telnet-parser").EventsPerDay, estimate.Bot("output").EventsPerDay));
        Assert.Equal(905, estimate.EventsPerDay);

        // Five events are five reports of one event, though the collector runs 288 times.
        Assert.Equal((5, 288), (estimate.Bot("c2-parser").MessagesPerDay, estimate.Bot("c2-collector").ExecutionsPerDay));

        var (none, problems) = Estimating.Try(Estimating.Quickstart, new CostInputs { EventsOf = new Dictionary<string, double> { ["c2-colector"] = 5 } });
        Assert.Null(none);
        Assert.Equal("runtime.yaml: error: Events come from no bot 'c2-colector' (did you mean 'c2-collector'?). Give --events for honeypot-collector, telnet-collector, phishing-collector, c2-collector.", Assert.Single(problems).ToString());
    }

    [Fact]
    public void Disabled_bots_do_nothing_and_named_paths_are_for_the_few()
    {
        var yaml = Estimating.Chain().Replace("{destination_queues: url-queue}", "{destination_queues: {_default: [url-queue], _on_error: [late-queue]}}", StringComparison.Ordinal)
            + "late:\n  module: intelmq.bots.outputs.blackhole.output\nidle:\n  enabled: false\n  module: intelmq.bots.outputs.blackhole.output\n";
        var estimate = Estimating.Of(yaml);
        Assert.Equal(0, estimate.Bot("late").EventsPerDay);
        Assert.DoesNotContain(estimate.Bots, bot => bot.Bot == "idle");
    }

    [Fact]
    public void Load_balance_divides_and_several_queues_multiply()
    {
        string Two(string key) => Estimating.Chain().Replace("{destination_queues: write-queue}", $"{{{key}destination_queues: [write-queue, other-queue]}}", StringComparison.Ordinal) + "other:\n  module: intelmq.bots.outputs.blackhole.output\n";
        Assert.Equal((1_000_000, 1_000_000), (Estimating.Of(Two("")).Bot("write").EventsPerDay, Estimating.Of(Two("")).Bot("other").EventsPerDay));
        Assert.Equal((500_000, 500_000), (Estimating.Of(Two("load_balance: true, ")).Bot("write").EventsPerDay, Estimating.Of(Two("load_balance: true, ")).Bot("other").EventsPerDay));
    }

    [Fact]
    public void A_pipeline_without_collectors_gets_its_events_from_outside()
    {
        var estimate = Estimating.Of("""
            url: {module: intelmq.bots.experts.url.expert, parameters: {destination_queues: [write-queue]}}
            write: {module: intelmq.bots.outputs.blackhole.output}
            """, new CostInputs { EventsPerDay = 2880 });
        Assert.Equal((2880, 2880, 2880), (estimate.Bot("url").EventsPerDay, estimate.Bot("url").MessagesPerDay, estimate.Bot("write").EventsPerDay));
        Assert.Contains(estimate.Assumptions, sentence => sentence.StartsWith("A queue that something outside writes to gets messages 1,440 times a day", StringComparison.Ordinal));
    }

    [Fact]
    public void Large_reports_are_cut_and_large_events_travel_by_their_address()
    {
        // 24 reports of 300,000 events: 90 MB, in 22 slices and the call that cuts; 510 MB of events, 2 MiB to a call.
        var large = Estimating.Of(Estimating.Short, new CostInputs { EventsPerDay = 24 * 300_000 });
        Assert.Equal(24 * 244, large.Bot("parse").ExecutionsPerDay);

        var wide = Estimating.Of(Estimating.Short, new CostInputs { EventsPerDay = 2400, EventBytes = 500_000 });
        Assert.Equal(2400, wide.Bot("write").MessagesPerDay);
        Assert.True(wide.Used("blob-writes") > 4 * 2400 * 30);
    }

    [Fact]
    public void The_broker_of_kafka_and_rabbitmq_is_ones_own()
    {
        var estimate = Estimating.Of(Estimating.Quickstart, new CostInputs { Transport = "rabbitmq", HostingPlan = "premium" });
        Assert.Contains("The broker of 'rabbitmq' is your own: its price is not in it.", estimate.NotIncluded);
        Assert.DoesNotContain(estimate.Lines, line => line.Price.Id.StartsWith("queue", StringComparison.Ordinal) || line.Price.Id.StartsWith("service-bus", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("rabbitmq", "flex-consumption", "'rabbitmq' does not run on the plan 'flex-consumption' with the authentication 'identity'. Take --plan premium or dedicated")]
    [InlineData("sqlite", "premium", "'sqlite' is the transport of 'intelmq run' on one machine, which costs nothing.")]
    public void What_cannot_be_deployed_is_not_estimated(string transport, string plan, string message)
    {
        var (estimate, problems) = Estimating.Try(Estimating.Quickstart, new CostInputs { Transport = transport, HostingPlan = plan });
        Assert.Null(estimate);
        Assert.StartsWith(message, Assert.Single(problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_than_ten_hubs_are_a_premium_namespace()
    {
        var yaml = Estimating.Quickstart + "\nextra:\n  module: intelmq.bots.outputs.blackhole.output\n";
        var (estimate, problems) = Estimating.Try(yaml, new CostInputs { Transport = "event-hubs" });
        Assert.Equal(730, estimate!.Used("event-hubs-premium"));
        Assert.Equal((0, 0), (estimate!.Used("event-hubs-throughput"), estimate!.Used("event-hubs-ingress")));
        Assert.Contains("a Standard namespace holds 10", Assert.Single(problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_app_per_bot_costs_more_only_where_an_app_has_an_instance_of_its_own()
    {
        double Total(string plan, string apps) => Estimating.Of(Estimating.Chain(), new CostInputs { HostingPlan = plan, Apps = apps }).Total;
        Assert.Equal(Total("flex-consumption", "one"), Total("flex-consumption", "per-bot"));
        Assert.Equal(Total("premium", "one"), Total("premium", "per-bot"));

        // The collector's app is there all day beside the main one.
        var (one, all) = (Estimating.Of(Estimating.Chain(), new CostInputs { HostingPlan = "container-apps", EventsPerDay = 0 }), Estimating.Of(Estimating.Chain("deployment: {apps: per-bot}"), new CostInputs { HostingPlan = "container-apps", EventsPerDay = 0 }));
        Assert.Equal(one.Used("container-vcpu") * 2, all.Used("container-vcpu"), 3);
    }

    [Fact]
    public void What_the_pipeline_says_of_its_deployment_counts_where_nobody_says_otherwise()
    {
        var yaml = Estimating.Chain("deployment: {instance_memory_mb: 512, maximum_instances: 7}");
        var own = Estimating.Of(yaml);
        Assert.Equal(("flex-consumption", 512), (own.Inputs.HostingPlan, own.Inputs.MemoryMb));
        Assert.All(own.Scale, bot => Assert.Equal(7, bot.Allowed));
        Assert.Contains("An app runs at most 7 instances where a bot or the deployment says nothing else (given).", own.Assumptions);
        Assert.Equal(Estimating.Of(Estimating.Chain(), new CostInputs { MemoryMb = 512 }).Total, own.Total);
        Assert.Equal(Estimating.Of(Estimating.Chain()).Total, Estimating.Of(yaml, new CostInputs { MemoryMb = 2048 }).Total);
        Assert.Equal("premium", Estimating.Of(Estimating.Chain("deployment: {plan: premium}")).Inputs.HostingPlan);
    }
}
