// What the command and the real app log, trace and measure.
using System.Text.Json;

namespace IntelMq.EndToEnd.Tests;

public sealed class TelemetryTests
{
    private const string Invocation = "0196c1a2-0000-7000-8000-000000000001";

    private static readonly string[] s_bots = ["collector", "parser", "expert", "output"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("in-process")]
    [InlineData("http")]
    public async Task Traces_and_metrics_of_a_run_arrive_at_the_receiver(string invoke)
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        using var command = new Command { Variables = Sending(receiver.Address) };
        var ended = await command.RunAsync(["run", Pipeline(command), "--once", "--data", "data", "--invoke", invoke, "--json"]);
        ended.MustEndWith(0);

        var spans = receiver.Spans;
        Assert.Single(spans.Select(span => span.Trace).Distinct());
        Assert.Equal(s_bots.Order(), spans.Select(span => span.Attributes["intelmq.bot"]).Order());
        foreach (var (parent, child) in s_bots.Zip(s_bots.Skip(1)))
        {
            Assert.Equal(Of(parent).Span, Of(child).Parent);
        }

        Assert.Equal("", Of("collector").Parent);
        Assert.Equal(("observed", "north"), (spans[0].Resource["service.name"], spans[0].Resource["team"]));
        Assert.NotEmpty(spans[0].Resource["service.instance.id"]);

        using var summary = JsonDocument.Parse(ended.Output);
        foreach (var bot in summary.RootElement.GetProperty("bots").EnumerateArray())
        {
            foreach (var figure in (string[])["in", "out", "dropped", "dead_lettered", "parked"])
            {
                Assert.Equal((figure, bot.GetProperty(figure).GetInt64()), (figure, receiver.Sum("intelmq.messages." + figure, bot.GetProperty("bot").GetString()!)));
            }
        }

        Assert.All(s_bots, bot => Assert.Equal(1, receiver.Sum("intelmq.invocation.duration", bot)));

        ReceivedSpan Of(string bot) => spans.Single(span => span.Attributes["intelmq.bot"] == bot);
    }

    [Fact]
    public async Task One_signal_alone_can_be_sent()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        using var command = new Command
        {
            Variables = new Dictionary<string, string> { ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] = receiver.Address + "/v1/traces", ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf" },
        };
        (await command.RunAsync(["run", Pipeline(command), "--once", "--data", "data"])).MustEndWith(0);
        Assert.Equal(s_bots.Length, receiver.Spans.Count);
        Assert.Equal("intelmq", receiver.Spans[0].Resource["service.name"]);
        Assert.Equal(0, receiver.Sum("intelmq.invocation.duration", "parser"));
    }

    [Fact]
    public async Task Log_lines_are_flat_JSON_that_names_bot_instance_invocation_and_message()
    {
        using var command = new Command();
        var folder = await CompiledAsync(command);
        using var app = new AppProcess(folder, command.InFolder("fresh"), new Dictionary<string, string> { ["WEBSITE_INSTANCE_ID"] = "worker-7" });
        await WorkAsync(app);
        var lines = await LinesAsync(app);

        Assert.All(lines, line => Assert.Equal(("worker-7", Invocation), (line.GetProperty("instance").GetString(), line.GetProperty("invocation").GetString())));
        Assert.All(lines, line => Assert.DoesNotContain(line.EnumerateObject(), property => property.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array));
        Assert.All(lines, line => Assert.True(line.GetProperty("time").GetDateTimeOffset() > DateTimeOffset.UnixEpoch));
        var dead = Assert.Single(lines, line => line.TryGetProperty("message_id", out _));
        Assert.Equal(("parser", "parser"), (dead.GetProperty("bot").GetString(), dead.GetProperty("function").GetString()));
        Assert.Contains("not-an-ip", dead.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.True(dead.GetProperty("message_id").TryGetGuid(out _));
        var end = Assert.Single(lines, line => line.TryGetProperty("seconds", out _) && line.GetProperty("bot").GetString() == "parser");
        Assert.Equal((1, 2, 1), (end.GetProperty("in").GetInt32(), end.GetProperty("out").GetInt32(), end.GetProperty("dead_lettered").GetInt32()));
        var unknown = Assert.Single(lines, line => line.GetProperty("level").GetString() == "error");
        Assert.Equal("no-such-function", unknown.GetProperty("function").GetString());
        Assert.False(unknown.TryGetProperty("stack", out _));
    }

    [Fact]
    public async Task The_libraries_are_loaded_only_where_the_variables_ask_for_them()
    {
        using var command = new Command();
        var folder = await CompiledAsync(command);
        using (var quiet = new AppProcess(folder, command.InFolder("quiet"), new Dictionary<string, string>()))
        {
            await WorkAsync(quiet);
            Assert.False(quiet.HasLoaded("OpenTelemetry"), "OpenTelemetry was loaded though nobody asked for it.");
        }

        using (var disabled = new AppProcess(folder, command.InFolder("disabled"), new Dictionary<string, string>(Sending("http://127.0.0.1:9")) { ["OTEL_SDK_DISABLED"] = "true" }))
        {
            await WorkAsync(disabled);
            Assert.False(disabled.HasLoaded("OpenTelemetry"), "OpenTelemetry was loaded though it is disabled.");
        }

        // Nobody listens at this address: the app works all the same.
        using var sending = new AppProcess(folder, command.InFolder("sending"), Sending("http://127.0.0.1:9"));
        await WorkAsync(sending);
        Assert.True(sending.HasLoaded("OpenTelemetry"));
        var dead = Assert.Single(await LinesAsync(sending), line => line.TryGetProperty("message_id", out _));
        Assert.Equal((32, 16), (dead.GetProperty("trace_id").GetString()!.Length, dead.GetProperty("span_id").GetString()!.Length));
    }

    [Fact]
    public async Task Variables_that_cannot_be_followed_are_told_and_stop_nothing()
    {
        using var command = new Command { Variables = new Dictionary<string, string> { ["OTEL_TRACES_EXPORTER"] = "zipkin", ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "collector:4318" } };
        var ended = await command.RunAsync(["run", Pipeline(command), "--once", "--data", "data"]);
        ended.MustEndWith(0);
        Assert.Contains("OTEL_TRACES_EXPORTER names 'zipkin'", ended.Errors, StringComparison.Ordinal);
        Assert.Contains("OTEL_EXPORTER_OTLP_ENDPOINT is 'collector:4318'", ended.Errors, StringComparison.Ordinal);
    }

    private static Dictionary<string, string> Sending(string address) => new()
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = address,
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_SERVICE_NAME"] = "observed",
        ["OTEL_RESOURCE_ATTRIBUTES"] = "team=north",
    };

    private static string Pipeline(Command command)
    {
        command.Write("input/feed.csv", "192.0.2.1,phishing\nnot-an-ip,phishing\n192.0.2.3,c2-server\n");
        return command.Write("runtime.yaml", $$"""
            collector:
              module: intelmq.bots.collectors.file.collector_file
              parameters: {path: '{{command.InFolder("input")}}', postfix: .csv, name: Feed, destination_queues: [parser-queue]}
            parser:
              module: intelmq.bots.parsers.generic.parser_csv
              parameters: {columns: [source.ip, classification.type], destination_queues: [expert-queue]}
            expert:
              module: intelmq.bots.experts.taxonomy.expert
              parameters: {destination_queues: [output-queue]}
            output:
              module: intelmq.bots.outputs.file.output
              parameters: {file: events.jsonl}
            """);
    }

    // A run over HTTP leaves the compiled folder of the app behind.
    private static async Task<string> CompiledAsync(Command command)
    {
        (await command.RunAsync(["run", Pipeline(command), "--once", "--data", "compiled", "--invoke", "http"])).MustEndWith(0);
        return command.InFolder("compiled", "app");
    }

    // The collector, the parser with what it sent, and a function that is not there.
    private static async Task WorkAsync(AppProcess app)
    {
        var collected = await app.CallAsync("collector", Invocation, new { Data = new { timer = new { } }, Metadata = new { } });
        var report = collected!.Value.GetProperty("Outputs").EnumerateObject().Single().Value[0].GetString();
        var parsed = await app.CallAsync("parser", Invocation, new { Data = new { frames = JsonSerializer.Serialize(report) }, Metadata = new { Id = "\"1\"", DequeueCount = "1" } });
        Assert.Equal(2, parsed!.Value.GetProperty("Counts").GetProperty("out").GetInt32());
        Assert.Null(await app.CallAsync("no-such-function", Invocation, new { }));
    }

    private static async Task<List<JsonElement>> LinesAsync(AppProcess app) => (await app.EndAsync()).Select(line => JsonDocument.Parse(line).RootElement).ToList();
}
