// How many instances are planned, and what bots are told that cannot have them.
using FsCheck.Xunit;

namespace IntelMq.Pipeline.Tests.Cost;

public sealed class ScalingPlanTests
{
    private static BotScale Of(string bot, string yaml, double rate, string transport = "storage-queue", int memory = 2048, string plan = "flex-consumption") =>
        Estimating.Of(yaml, new CostInputs { Rate = rate, Transport = transport, MemoryMb = memory, HostingPlan = plan }).Scale.Single(scale => scale.Bot == bot);

    [Fact]
    public void The_rate_is_the_busiest_minute_of_the_day_where_none_is_given()
    {
        var estimate = Estimating.Of(Estimating.Chain(), new CostInputs { EventsPerDay = 864_000 });
        Assert.Equal(100, estimate.Rate, 6);
        Assert.Equal(["parse", "dedup", "taxonomy", "url", "write"], estimate.Scale.Select(bot => bot.Bot));
        Assert.All(estimate.Scale, bot => Assert.Equal((100, 1), (Math.Round(bot.EventsPerSecond, 6), bot.Needed)));
    }

    [Property(MaxTest = 25)]
    public void Instances_that_are_planned_are_enough_and_not_one_too_many(FsCheck.PositiveInt rate, bool fused)
    {
        var estimate = Estimating.Of(Estimating.Chain(fused ? "fuse: true" : ""), new CostInputs { Rate = rate.Get * 500.0 });
        Assert.All(estimate.Scale, bot =>
        {
            Assert.True(bot.Needed * bot.EventsPerInstance >= bot.EventsPerSecond * 0.999999, bot.Bot);
            Assert.True((bot.Needed - 1) * bot.EventsPerInstance < bot.EventsPerSecond, bot.Bot);
            Assert.Equal(bot.Needed > bot.Allowed, bot.Cure is not null);
        });
    }

    [Fact]
    public void An_instance_with_less_cpu_does_less() => Assert.True(Of("taxonomy", Estimating.Chain(), 1000, memory: 512).EventsPerInstance < Of("taxonomy", Estimating.Chain(), 1000).EventsPerInstance);

    [Fact]
    public void A_bot_that_must_run_alone_is_told_to_be_several()
    {
        var yaml = Estimating.Chain(output: "intelmq.bots.outputs.file.output\n  parameters: {file: 'blob:intelmq/events.jsonl'}");
        var output = Of("write", yaml, 5000);
        Assert.Equal((1, "alone"), (output.Allowed, output.Limit));
        Assert.Equal($"it may run only once at a time: put {output.Needed} of it behind the bot before, with 'load_balance: true' there, each with a place of its own to write to", output.Cure);
        Assert.True(output.EventsPerInstance < Of("write", Estimating.Chain(), 5000).EventsPerInstance);
    }

    [Theory]
    [InlineData("storage-queue", "\n  scale: {maximum: 2}", 2, "scale", "raise its 'scale' to {maximum: N}; or fuse it with the expert before it ('fuse: true')")]
    [InlineData("event-hubs", "", 4, "partitions", "its queue has too few partitions: give it 'scale: {maximum: N}', which makes as many partitions; or fuse it with the expert before it ('fuse: true')")]
    [InlineData("kafka", "\n  scale: {maximum: 3}", 3, "partitions", "its queue has too few partitions: give it 'scale: {maximum: N}', which makes as many partitions; or fuse it with the expert before it ('fuse: true')")]
    [InlineData("storage-queue", "", 40, "plan", "allow N instances ('maximum_instances' of the deployment) or larger ones, or split its events over several bots with 'load_balance: true' in the bot before; or fuse it with the expert before it ('fuse: true')")]
    public void A_bot_that_cannot_keep_up_is_told_the_cure(string transport, string scale, int allowed, string limit, string cure)
    {
        var taxonomy = Of("taxonomy", Estimating.Chain(expert: scale), 1_000_000, transport);
        Assert.Equal((allowed, limit, cure.Replace("N", taxonomy.Needed.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal)), (taxonomy.Allowed, taxonomy.Limit, taxonomy.Cure));
        Assert.True(taxonomy.Needed > allowed);
        Assert.Null(Of("taxonomy", Estimating.Chain(expert: scale), 1, transport).Cure);
    }

    [Fact]
    public void Only_what_can_be_fused_is_told_to()
    {
        Assert.DoesNotContain("fuse", Of("dedup", Estimating.Chain(), 10_000_000).Cure, StringComparison.Ordinal);
        Assert.DoesNotContain("fuse", Of("write", Estimating.Chain(), 10_000_000).Cure, StringComparison.Ordinal);
        Assert.DoesNotContain("fuse", Of("dedup", Estimating.Chain("fuse: true"), 10_000_000).Cure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("flex-consumption", 40)]
    [InlineData("premium", 40)]
    [InlineData("container-apps", 40)]
    [InlineData("dedicated", 1)]
    public void Each_plan_has_its_limit(string plan, int instances) => Assert.Equal(instances, Of("url", Estimating.Chain(), 10, plan: plan).Allowed);
}
