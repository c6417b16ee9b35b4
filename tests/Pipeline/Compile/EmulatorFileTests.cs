// What the emulators of Service Bus and Event Hubs are told.
using System.Globalization;

namespace IntelMq.Pipeline.Tests.Compile;

public sealed class EmulatorFileTests
{
    [Fact]
    public void Each_emulator_gets_the_queues_of_its_own_transport()
    {
        var compiled = Compiling.Compile("global: {transport: service-bus}\n" + Compiling.Good.Replace("write:\n", "write:\n  transport: event-hubs\n", StringComparison.Ordinal)).MustBeGood();
        var queue = Assert.Single(compiled.JsonOf("emulators/servicebus.json")["UserConfig"]!["Namespaces"]![0]!["Queues"]!.AsArray())!;
        Assert.Equal("parse-queue", queue["Name"]!.GetValue<string>());
        Assert.Equal(5, queue["Properties"]!["MaxDeliveryCount"]!.GetValue<int>());
        var hub = Assert.Single(compiled.JsonOf("emulators/eventhubs.json")["UserConfig"]!["NamespaceConfig"]![0]!["Entities"]!.AsArray())!;
        Assert.Equal("write-queue", hub["Name"]!.GetValue<string>());
    }

    // The bot behind 'write-queue' must run alone.
    [Theory]
    [InlineData("scale: {maximum: 7}", "7", "1")]
    [InlineData("scale: {maximum: 99}", "32", "1")]
    [InlineData("enabled: true", "4", "1")]
    public void A_hub_has_the_partitions_of_the_templates_as_far_as_the_emulator_goes(string key, string parse, string write)
    {
        var compiled = Compiling.Compile(Compiling.Good.Replace("parse:\n", $"parse:\n  {key}\n", StringComparison.Ordinal), new CompileOptions { Transport = "event-hubs" }).MustBeGood();
        var hubs = compiled.JsonOf("emulators/eventhubs.json")["UserConfig"]!["NamespaceConfig"]![0]!["Entities"]!.AsArray();
        Assert.Equal([parse, write], hubs.Select(hub => hub!["PartitionCount"]!.GetValue<string>()));
    }

    [Theory]
    [InlineData("storage-queue", "flex-consumption")]
    [InlineData("kafka", "flex-consumption")]
    [InlineData("rabbitmq", "premium")]
    public void Other_brokers_need_none(string transport, string plan)
    {
        var compiled = Compiling.Compile(Compiling.Good, new CompileOptions { Transport = transport, HostingPlan = plan }).MustBeGood();
        Assert.DoesNotContain(compiled.Files, file => file.Path.StartsWith("emulators/", StringComparison.Ordinal));
        Assert.DoesNotContain("emulators/", compiled.TextOf("README.md"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("service-bus", 50, "The emulator of `service-bus` makes the queues of `emulators/servicebus.json` when it starts.")]
    [InlineData("service-bus", 51, "The emulator of `service-bus` holds 50 queues; this pipeline has 51, so it runs in Azure only.")]
    [InlineData("event-hubs", 10, "The emulator of `event-hubs` makes the hubs of `emulators/eventhubs.json` when it starts.")]
    [InlineData("event-hubs", 11, "The emulator of `event-hubs` holds 10 hubs; this pipeline has 11, so it runs in Azure only.")]
    public void A_pipeline_that_is_too_large_for_an_emulator_is_told(string transport, int queues, string expected)
    {
        var experts = Enumerable.Range(0, queues - 2).Select(number => string.Create(CultureInfo.InvariantCulture, $$"""
            expert-{{number}}:
              module: intelmq.bots.experts.taxonomy.expert
              parameters: {destination_queues: {{(number == queues - 3 ? "write-queue" : $"expert-{number + 1}-queue")}}}

            """));
        var yaml = Compiling.Good.Replace("destination_queues: write-queue", "destination_queues: expert-0-queue", StringComparison.Ordinal).Replace("write:\n", "write:\n  source_queue: write-queue\n", StringComparison.Ordinal);
        var compiled = Compiling.Compile(yaml + string.Concat(experts).ReplaceLineEndings("\n"), new CompileOptions { Transport = transport });
        Assert.Equal(queues, compiled.App.Queues.Count);
        Assert.Contains("\n" + expected + "\n", compiled.TextOf("README.md"), StringComparison.Ordinal);
    }

    [Fact]
    public void They_are_not_deployed()
    {
        using var scratch = new Scratch();
        var compiled = Compiling.Compile(Compiling.Good, new CompileOptions { Transport = "service-bus" });
        compiled.Write(scratch.In("folder"));
        foreach (var name in compiled.App.Assemblies.Select(assembly => assembly + ".dll").Append("IntelMq.App"))
        {
            scratch.Write("published/" + name, name);
        }

        var packed = AppPackage.Write(scratch.In("folder"), scratch.In("published"), [], scratch.In("app.zip"));
        Assert.Contains("host.json", packed);
        Assert.DoesNotContain(packed, path => path.StartsWith("emulators/", StringComparison.Ordinal));
    }
}
