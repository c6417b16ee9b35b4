// Beside an IntelMQ: its messages go through a pipeline of ours and come back as they were.
using System.Globalization;
using IntelMq.DataFormat;
using IntelMq.Servers.Tests;

namespace IntelMq.EndToEnd.Tests;

public sealed class BridgeTests(LocalRedis redis, LocalRabbitMq rabbit)
{
    private static readonly string[] s_messages =
    [
        """{"feed.accuracy": 100.0, "feed.name": "Feed", "feed.provider": "CERT", "feed.code": "feed", "feed.url": "https://feed.example.com/", "feed.documentation": "https://feed.example.com/about", "time.observation": "2026-01-15T10:00:00+00:00", "time.source": "2026-01-15T09:00:00+00:00", "source.ip": "192.0.2.1", "source.port": 80, "source.asn": 64496, "source.network": "192.0.2.0/24", "source.fqdn": "www.example.com", "source.url": "http://www.example.com/a?b=c", "source.geolocation.cc": "AT", "source.geolocation.latitude": 48.2, "source.geolocation.longitude": -16.0, "source.tor_node": true, "destination.ip": "2001:db8::1", "destination.tor_node": false, "classification.taxonomy": "malicious-code", "classification.type": "infected-system", "classification.identifier": "x", "malware.hash.md5": "d41d8cd98f00b204e9800998ecf8427e", "protocol.transport": "tcp", "protocol.application": "http", "event_hash": "ABCDEF", "rtir_id": 12, "status": "online", "tlp": "AMBER", "comment": "\u00e4\u20ac \ud83d\ude00 \"quoted\"\n", "raw": "eyJhIjogImIifQ==", "output": "{\"a\": [1, 2.0]}", "screenshot_url": "https://feed.example.com/x.png", "__type": "Event"}""",
        """{"source.ip": "192.0.2.2", "extra.int": 1, "extra.float": 1.0, "extra.small": 1e-07, "extra.large": 12345678901234567890, "extra.yes": true, "extra.no": false, "extra.list": [1, 2.5, "x", null, true, {"a": []}], "extra.map": {"b": {"c": "d"}}, "extra.text": "-1", "extra.a.b": "c", "__type": "Event"}""",
        """{"raw": "cmF3", "comment": "only raw", "__type": "Event"}""",
        """{"comment": "no raw", "__type": "Event"}""",
    ];

    [Fact]
    public async Task What_IntelMQ_pushes_to_Redis_comes_back_over_RabbitMQ_unchanged()
    {
        await using var bridge = await Bridge.ConnectAsync(redis, rabbit);
        await bridge.MakeQueueAsync("back");
        await bridge.PushAsync("round-queue", s_messages);
        using var command = new Command();
        await RunAsync(command, await FromRedisAsync("round-queue"), ToRabbitMq("back"));

        var back = await bridge.TakeAllAsync("back");
        Assert.Equal(s_messages.Select(Sorted), back.Select(message => Sorted(message.Text)));
        Assert.Equal(4, back.Select(message => message.Id).Distinct().Count());
        Assert.Empty(bridge.Keys("round-queue"));
    }

    [Fact]
    public async Task And_the_other_way_round()
    {
        await using var bridge = await Bridge.ConnectAsync(redis, rabbit);
        await bridge.MakeQueueAsync("there");
        await bridge.PublishAsync("there", s_messages);
        using var command = new Command();
        await RunAsync(
            command,
            $"module: intelmq.bots.collectors.amqp.collector_amqp, parameters: {{connection_port: {rabbit.Port}, queue_name: there, expect_intelmq_message: true, destination_queues: [out-queue]}}",
            $"module: intelmq.bots.outputs.redis.output, parameters: {{redis_server_ip: {await redis.SocketAsync()}, redis_queue: file-output-queue}}");

        Assert.Equal(s_messages.Select(Sorted), (await bridge.ListAsync("file-output-queue")).Select(Sorted));
        Assert.Empty(await bridge.TakeAllAsync("there"));
    }

    [Fact]
    public async Task What_is_no_message_is_a_dead_letter_that_can_be_corrected_and_tried_again()
    {
        await using var bridge = await Bridge.ConnectAsync(redis, null);
        await bridge.PushAsync("bad-queue", ["""{"source.ip": "192.0.2.300", "__type": "Event"}""", """{"source.ip": "192.0.2.1", "__type": "Event"}"""]);
        using var command = new Command();
        var (from, to) = (await FromRedisAsync("bad-queue"), "module: intelmq.bots.outputs.file.output, parameters: {file: events.jsonl}");
        await RunAsync(command, from, to);
        var letter = Assert.Single(JsonText.TryParse((await command.RunAsync(["dead-letters", "list", "--data", "data", "--json"])).MustEndWith(0).Output)!.Value.AsList()).AsMap()!;
        Assert.Contains("192.0.2.300", letter["error"].AsText(), StringComparison.Ordinal);
        Assert.Equal(["""{"source.ip": "192.0.2.1"}"""], File.ReadAllLines(command.InFolder("data", "events.jsonl")));

        var id = letter["id"].AsText()!;
        (await command.RunAsync(["dead-letters", "edit", id, "--message", "-", "--data", "data"], """{"source.ip": "192.0.2.30", "__type": "Event"}""")).MustEndWith(0);
        (await command.RunAsync(["dead-letters", "retry", id, "--data", "data"])).MustEndWith(0);
        await RunAsync(command, from, to);
        Assert.Equal("""{"source.ip": "192.0.2.30"}""", File.ReadAllLines(command.InFolder("data", "events.jsonl"))[1]);
    }

    [Theory]
    [InlineData("redis")]
    [InlineData("rabbitmq")]
    public async Task A_run_that_is_killed_in_the_middle_loses_nothing_and_repeats_with_the_same_ids(string from)
    {
        const int Count = 10_000;
        await using var bridge = await Bridge.ConnectAsync(redis, rabbit);
        var (input, output) = ("kill-" + from, "killed-" + from);
        await bridge.MakeQueueAsync(output);
        var messages = Enumerable.Range(0, Count).Select(i => $$"""{"comment": "number {{i}}", "raw": "cmF3", "__type": "Event"}""").ToArray();
        if (from == "redis")
        {
            await bridge.PushAsync(input, messages);
        }
        else
        {
            await bridge.MakeQueueAsync(input);
            await bridge.PublishAsync(input, messages);
        }

        using var command = new Command();
        var collector = from == "redis"
            ? await FromRedisAsync(input, "batch_messages: 50, ")
            : $"module: intelmq.bots.collectors.amqp.collector_amqp, parameters: {{connection_port: {rabbit.Port}, queue_name: {input}, expect_intelmq_message: true, batch_messages: 50, destination_queues: [out-queue]}}";
        Write(command, collector, ToRabbitMq(output));
        var random = new Random(20260115);
        var kills = 0;
        while (true)
        {
            using var process = command.Start("run", "runtime.yaml", "--once", "--data", "data");
            _ = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            _ = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            var ended = process.WaitForExitAsync(TestContext.Current.CancellationToken);
            if (kills >= 5 || await Task.WhenAny(ended, Task.Delay(random.Next(500, 1200), TestContext.Current.CancellationToken)) == ended)
            {
                await ended;
                Assert.Equal(0, process.ExitCode);
                break;
            }

            process.Kill();
            await ended;
            kills++;
        }

        var arrived = (await bridge.TakeAllAsync(output)).Select(message => (message.Id, Number: JsonText.TryParse(message.Text)!.Value.AsMap()!["comment"].ToString())).ToArray();
        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{kills} kills, {arrived.Length} messages for {Count}"));
        Assert.True(kills > 0, "No run was killed.");
        Assert.Equal(Count, arrived.Select(message => message.Number).Distinct().Count());
        Assert.Equal(Count, arrived.Select(message => message.Id).Distinct().Count());
    }

    [Fact]
    public async Task The_pipelines_of_the_tutorial_are_clean()
    {
        var blocks = File.ReadAllText(Command.InCheckout("docs", "tutorials", "beside-intelmq.md")).Split("```yaml\n").Skip(1).Select(block => block.Split("```")[0]).ToArray();
        var ours = blocks.Where(block => block.StartsWith("# runtime.yaml", StringComparison.Ordinal)).ToArray();
        Assert.Equal(2, ours.Length);
        foreach (var pipeline in ours)
        {
            using var command = new Command();
            command.Write("runtime.yaml", pipeline);
            (await command.RunAsync(["check", "runtime.yaml", "--strict"])).MustEndWith(0);
        }
    }

    private static string ToRabbitMq(string queue, int port) =>
        $"module: intelmq.bots.outputs.amqptopic.output, parameters: {{connection_port: {port}, routing_key: {queue}, keep_raw_field: true, message_with_type: true}}";

    private static void Write(Command command, string collector, string output) => command.Write("runtime.yaml", $"in: {{{collector}}}\nout: {{{output}}}\n");

    private static async Task RunAsync(Command command, string collector, string output)
    {
        Write(command, collector, output);
        (await command.RunAsync(["check", "runtime.yaml", "--strict"])).MustEndWith(0);
        (await command.RunAsync(["run", "runtime.yaml", "--once", "--data", "data"])).MustEndWith(0);
    }

    // The order of names has no meaning.
    private static string Sorted(string json) => JsonText.Compact(Value.Of(JsonText.TryParse(json)!.Value.AsMap()!.Sorted()));

    private string ToRabbitMq(string queue) => ToRabbitMq(queue, rabbit.Port);

    private async Task<string> FromRedisAsync(string list, string more = "") =>
        $"module: intelmq.bots.collectors.redis.collector_redis, parameters: {{redis_server_ip: {await redis.SocketAsync()}, redis_queue: {list}, {more}destination_queues: [out-queue]}}";
}
