// What the host reads: every function.json and host.json keeps to the protocol, for every transport and for fifty bots with awkward names.
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace IntelMq.Pipeline.Tests.Compile;

public sealed partial class FunctionFileTests
{
    [GeneratedRegex(@"^[a-z][a-z0-9_\-]{0,127}\z")]
    private static partial Regex FunctionForm();

    [GeneratedRegex(@"^[a-zA-Z][a-zA-Z0-9]{0,127}\z")]
    private static partial Regex BindingForm();

    /// <summary>Ten collectors, parsers, experts and twenty outputs; every parser has a queue for what failed, and one output is disabled.</summary>
    internal static string ManyBots { get; } = string.Concat(Enumerable.Range(0, 10).Select(i => """
        #-Collector:
          module: intelmq.bots.collectors.http.collector_http
          parameters: {http_url: 'https://feed.example.com/', http_password: 'swordfish-#', destination_queues: [Parser.#]}
        Parser-#:
          module: intelmq.bots.parsers.openphish.parser
          parameters: {source_queue: Parser.#, destination_queues: {_default: [expert-#-queue, expert#-queue], _on_error: [output-of-a-very-long-name-that-does-not-fit-into-a-queue-name-#-queue]}}
        expert-#:
          module: intelmq.bots.experts.taxonomy.expert
          parameters: {destination_queues: [output-of-a-very-long-name-that-does-not-fit-into-a-queue-name-#-queue]}
        output-of-a-very-long-name-that-does-not-fit-into-a-queue-name-#:
          module: intelmq.bots.outputs.file.output
          parameters: {file: 'blob:intelmq/#.jsonl'}
        Host-#:
          module: intelmq.bots.outputs.blackhole.output
          parameters: {source_queue: expert#-queue}

        """.ReplaceLineEndings("\n").Replace("#", i.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)))
        .Replace("Host-0:", "host:", StringComparison.Ordinal)
        .Replace("name-9:\n", "name-9:\n  enabled: false\n", StringComparison.Ordinal);

    private static IEnumerable<JsonObject> Bindings(JsonObject file) => file["bindings"]!.AsArray().Select(binding => binding!.AsObject());

    private static string Text(JsonObject binding, string key) => binding[key]?.GetValue<string>() ?? "";

    private static CompiledFolder Compile(string transport, string plan) =>
        Compiling.Compile(ManyBots, new CompileOptions { Transport = transport, HostingPlan = plan });

    [Theory]
    [MemberData(nameof(Compiling.Transports), MemberType = typeof(Compiling))]
    public void Functions_keep_to_the_protocol(string transport, string plan)
    {
        var folder = Compile(transport, plan);
        Assert.False(folder.HasErrors, folder.Text());
        Assert.Equal(folder.App.Functions.Select(function => function.Name + "/function.json"), folder.Files.Select(file => file.Path).Where(path => path.EndsWith("/function.json", StringComparison.Ordinal)));
        Assert.Equal(folder.App.Functions.Count, folder.App.Functions.Select(function => function.Name).Distinct(StringComparer.OrdinalIgnoreCase).Count());
        foreach (var function in folder.App.Functions)
        {
            var file = folder.JsonOf(function.Name + "/function.json");
            var bindings = Bindings(file).ToArray();
            Assert.Matches(FunctionForm(), function.Name);
            Assert.All(bindings, binding => Assert.Matches(BindingForm(), Text(binding, "name")));
            Assert.Equal(bindings.Length, bindings.Select(binding => Text(binding, "name")).Distinct(StringComparer.OrdinalIgnoreCase).Count());
            Assert.Equal((function.Trigger.Type, function.Trigger.Binding, "in"), (Text(bindings[0], "type"), Text(bindings[0], "name"), Text(bindings[0], "direction")));
            var outputs = function.Kind == FunctionKind.Status ? [CompiledApp.HttpOutput] : function.Outputs.OrderBy(output => output.Key, StringComparer.Ordinal).Select(output => output.Value);
            Assert.Equal(transport == "kafka" && function.Kind == FunctionKind.Work, function.GivesUpTo is not null);
            Assert.Equal(outputs.Concat(function.GivesUpTo is { } givesUp ? [givesUp] : []), bindings.Skip(1).Select(binding => Text(binding, "name")));
            Assert.All(bindings.Skip(1), binding => Assert.Equal("out", Text(binding, "direction")));

            var many = Text(bindings[0], "cardinality") == "many";
            Assert.Equal(function.Trigger.Many, many);
            Assert.Equal(transport is "event-hubs" or "kafka" && function.Trigger.Queue is not null, many);
            Assert.Equal(many ? -1 : function.Kind == FunctionKind.Collect ? 1 : (int?)null, file["retry"]?["maxRetryCount"]!.GetValue<int>());
            Assert.Equal(function.Trigger.Queue is null ? "" : "string", Text(bindings[0], "dataType"));
        }
    }

    [Theory]
    [MemberData(nameof(Compiling.Transports), MemberType = typeof(Compiling))]
    public void Each_bot_has_a_function_with_its_queues_and_each_queue_its_poison(string transport, string plan)
    {
        var app = Compile(transport, plan).App;
        Assert.Equal(49, app.Functions.Count(function => function.RunsBot));
        Assert.DoesNotContain(app.Functions, function => function.RunsBot && function.Bot == "output-of-a-very-long-name-that-does-not-fit-into-a-queue-name-9");
        var parser = Assert.Single(app.Functions, function => function.RunsBot && function.Bot == "Parser-3");
        Assert.Equal(FunctionKind.Work, parser.Kind);
        Assert.Equal("Parser.3", parser.Trigger.Queue);
        Assert.Equal(["Parser.3", "expert-3-queue", "expert3-queue", "output-of-a-very-long-name-that-does-not-fit-into-a-queue-name-3-queue"], parser.Outputs.Keys);
        var collector = Assert.Single(app.Functions, function => function.RunsBot && function.Bot == "3-Collector");
        Assert.Equal(FunctionKind.Collect, collector.Kind);
        Assert.Equal(["Parser.3"], collector.Outputs.Keys);
        Assert.True(NcrontabSchedule.TryParse(collector.Trigger.Schedule!, out _, out _));

        var park = Assert.Single(app.Functions, function => function.Kind == FunctionKind.Park);
        Assert.Equal(app.Queues.Select(queue => queue.Name), park.Outputs.Keys);
        Assert.Single(app.Functions, function => function.Kind == FunctionKind.Purge);
        Assert.Equal(transport == "event-hubs" ? 0 : 39, app.Functions.Count(function => function.Kind == FunctionKind.Poison));
        Assert.All(app.Functions.Where(function => function.Kind == FunctionKind.Poison), poison => Assert.Equal([poison.Trigger.Queue], poison.Outputs.Keys));
        Assert.All(app.Queues, queue => Assert.True((queue.Poison ?? queue.Entity).Split('/')[0].Length <= 63));
        Assert.Equal(app.Queues.Count, app.Queues.Select(queue => queue.Entity).Distinct(StringComparer.OrdinalIgnoreCase).Count());
    }

    [Theory]
    [InlineData("storage-queue", 49152, "write-queue-poison")]
    [InlineData("service-bus", 196608, "write-queue/$DeadLetterQueue")]
    [InlineData("event-hubs", 921600, null)]
    [InlineData("kafka", 921600, "write-queue-poison")]
    [InlineData("rabbitmq", 921600, "write-queue-poison")]
    [InlineData("sqlite", 262144, "write-queue-poison")]
    public void Limits_and_poison_queues(string transport, int limit, string? poison)
    {
        var folder = Compiling.Compile(Compiling.Good, new CompileOptions { Transport = transport, HostingPlan = "premium" }).MustBeGood();
        var queue = folder.App.Queues.Single(queue => queue.Name == "write-queue");
        Assert.Equal((limit, poison), (queue.FrameLimit, queue.Poison));
        if (poison is not null)
        {
            var function = folder.App.Functions.Single(function => function.Kind == FunctionKind.Poison && function.Trigger.Queue == "write-queue");
            Assert.Equal("write-queue", Assert.Single(function.Outputs).Key);
        }

        if (poison is not null && transport != "sqlite")
        {
            var trigger = Bindings(folder.JsonOf("poison_write-queue/function.json")).First();
            Assert.Contains(poison, new[] { Text(trigger, "queueName"), Text(trigger, "topic") });
        }
    }

    [Theory]
    [InlineData("storage-queue", "queues", "batchSize", 1)]
    [InlineData("service-bus", "serviceBus", "maxConcurrentCalls", 1)]
    [InlineData("event-hubs", "eventHubs", "maxEventBatchSize", 1)]
    [InlineData("event-hubs", "eventHubs", "prefetchCount", 1)]
    [InlineData("kafka", "kafka", "maxBatchSize", 1)]
    [InlineData("rabbitmq", "rabbitMQ", "prefetchCount", 1)]
    public void A_batch_of_frames_stays_below_eight_megabytes(string transport, string section, string key, int least)
    {
        var folder = Compiling.Compile(Compiling.Good, new CompileOptions { Transport = transport, HostingPlan = "premium" }).MustBeGood();
        var batch = folder.JsonOf("host.json")["extensions"]![section]![key]!.GetValue<int>();
        Assert.InRange(batch, least, 8_000_000 / folder.App.Queues[0].FrameLimit);
    }

    [Fact]
    public void The_host_is_told_what_the_protocol_needs()
    {
        var host = Compiling.Compile(Compiling.Good).MustBeGood().JsonOf("host.json");
        Assert.Equal("2.0", host["version"]!.GetValue<string>());
        Assert.Equal("[4.*, 5.0.0)", host["extensionBundle"]!["version"]!.GetValue<string>());
        Assert.Equal("app/IntelMq.App", host["customHandler"]!["description"]!["defaultExecutablePath"]!.GetValue<string>());
        Assert.False(host["customHandler"]!["enableForwardingHttpRequest"]!.GetValue<bool>());
        Assert.Equal("none", host["extensions"]!["queues"]!["messageEncoding"]!.GetValue<string>());
        Assert.Equal(5, host["extensions"]!["queues"]!["maxDequeueCount"]!.GetValue<int>());
    }

    [Fact]
    public void A_local_handler_can_be_named()
    {
        var host = Compiling.Compile(Compiling.Good, new CompileOptions { Handler = "dotnet", HandlerArguments = ["IntelMq.App.dll"] }).JsonOf("host.json");
        Assert.Equal("""{"defaultExecutablePath":"dotnet","arguments":["IntelMq.App.dll"]}""", host["customHandler"]!["description"]!.ToJsonString());
    }

    [Fact]
    public void The_local_transport_has_no_bindings_and_plain_frames()
    {
        var folder = Compiling.Compile(Compiling.Good.Replace("blob:intelmq/events.jsonl", "events.jsonl", StringComparison.Ordinal), new CompileOptions { Transport = "sqlite" }).MustBeGood();
        Assert.Equal(["names.json", "pipeline/runtime.yaml"], folder.Files.Select(file => file.Path));
        Assert.True(folder.App.PlainFrames);
        Assert.Contains("file: events.jsonl", folder.TextOf("pipeline/runtime.yaml"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_bot_names_the_transport_of_its_queue()
    {
        var yaml = "global: {transport: service-bus}\n" + Compiling.Good.Replace("write:\n", "write:\n  transport: event-hubs\n", StringComparison.Ordinal);
        Assert.Equal(["service-bus", "event-hubs"], Compiling.Compile(yaml).MustBeGood().App.Queues.Select(queue => queue.Transport));
        var compiled = Compiling.Compile(yaml, new CompileOptions { Transport = "kafka" }).MustBeGood();
        Assert.Equal("kafka", compiled.App.Transport);
        Assert.Equal(["kafka", "event-hubs"], compiled.App.Queues.Select(queue => queue.Transport));
        Assert.Equal(["eventHubs", "kafka"], compiled.JsonOf("host.json")["extensions"]!.AsObject().Select(section => section.Key));
        Assert.Equal(["sqlite", "sqlite"], Compiling.Compile(yaml, new CompileOptions { Transport = "sqlite" }).App.Queues.Select(queue => queue.Transport));
    }

    [Fact]
    public void Bots_that_run_alone_and_limits_reach_the_templates()
    {
        var yaml = Compiling.Good.Replace("parse:\n", "parse:\n  scale: {minimum: 1, maximum: 7}\n", StringComparison.Ordinal);
        var folder = Compiling.Compile(yaml, new CompileOptions { Transport = "event-hubs" }).MustBeGood();
        Assert.Equal(["write"], folder.App.Functions.Where(function => function.Single).Select(function => function.Name));
        var bicep = folder.TextOf("main.bicepparam");
        Assert.Contains("maximumInstances: 7\n    alwaysReady: {\n      parse: 1\n    }\n", bicep, StringComparison.Ordinal);
        Assert.Contains("{ name: 'parse-queue', transport: 'event-hubs', partitions: 7, poison: null }", bicep, StringComparison.Ordinal);
        Assert.Contains("{ name: 'write-queue', transport: 'event-hubs', partitions: 1, poison: null }", bicep, StringComparison.Ordinal);
        Assert.Contains("//   http_url (text): ", bicep, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_input_gives_the_same_bytes_under_every_culture()
    {
        var before = CultureInfo.CurrentCulture;
        var first = Compile("storage-queue", "premium");
        try
        {
            var other = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            other.NumberFormat.NegativeSign = "~";
            other.NumberFormat.NumberDecimalSeparator = ",";
            other.NumberFormat.NumberGroupSeparator = ".";
            CultureInfo.CurrentCulture = other;
            var second = Compile("storage-queue", "premium");
            Assert.Equal(first.Files.Select(Shown), second.Files.Select(Shown));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        Assert.All(first.Files, file => Assert.DoesNotContain((byte)'\r', file.Content.ToArray()));
        Assert.Equal(first.Files.Select(file => file.Path).Order(StringComparer.Ordinal), first.Files.Select(file => file.Path));
    }

    private static string Shown(CompiledFile file) => file.Path + "\n" + Encoding.UTF8.GetString(file.Content.Span);
}
