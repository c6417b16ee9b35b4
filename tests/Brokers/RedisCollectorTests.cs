// Messages out of a Redis list: none lost, and those that come twice have the ids that they had.
using IntelMq.Bots;
using IntelMq.DataFormat;
using IntelMq.Servers.Tests;

namespace IntelMq.Brokers.Tests;

public sealed class RedisCollectorTests(LocalRedis server)
{
    private const string Module = "intelmq.bots.collectors.redis.collector_redis";

    [Fact]
    public async Task Events_and_reports_go_on_as_they_are()
    {
        string[] messages =
        [
            """{"source.ip": "192.0.2.1", "feed.name": "Feed", "feed.accuracy": 90.0, "extra.yes": true, "extra.list": [1, 1.0, "a", null], "raw": "cmF3", "__type": "Event"}""",
            """{"raw": "cmF3", "feed.name": "Feed", "time.observation": "2026-01-15T10:00:00+00:00", "__type": "Report"}""",
            """{"comment": "no raw", "__type": "Event"}""",
        ];
        await using var redis = await Connected.ToAsync(server);
        await redis.PushAsync("as-they-are", messages);
        await using var collector = await StartAsync(server, ("redis_queue", "as-they-are"), ("name", "Mine"), ("code", "mine"));

        var counts = await collector.CollectAsync();

        Assert.Equal(messages, collector.Texts());
        Assert.Equal(3, counts.Out);
        Assert.Empty(await redis.EntriesAsync("as-they-are"));
        Assert.Empty(redis.Database.Multiplexer.GetServers()[0].Keys(2, "as-they-are*"));
        Assert.All(collector.Queued, message => Assert.Equal(["bridge"], message.Meta.Path));
    }

    [Fact]
    public async Task Many_messages_are_queued_together_up_to_the_bounds_of_a_run()
    {
        await using var redis = await Connected.ToAsync(server);
        await redis.PushAsync("many", Messages(25));
        await using var collector = await StartAsync(server, ("redis_queue", "many"), ("batch_messages", 10), ("run_max_messages", 22));

        await collector.CollectAsync();
        Assert.Equal([10, 10, 2], collector.Batches);
        Assert.Equal(3, (await redis.EntriesAsync("many")).Length);
        await collector.CollectAsync("next");

        Assert.Equal([10, 10, 2, 3], collector.Batches);
        Assert.Equal(Messages(25), collector.Texts());
        Assert.Equal(25, collector.Queued.Select(message => message.Meta.Id).Distinct().Count());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_run_that_dies_is_repeated_with_the_same_ids_and_loses_nothing(bool sameRun)
    {
        var list = "dies-" + sameRun;
        await using var redis = await Connected.ToAsync(server);
        await redis.PushAsync(list, Messages(10));
        await using var collector = await StartAsync(server, ("redis_queue", list), ("batch_messages", 4));
        var batches = 0;
        collector.AfterQueued = () => DieAt(2, ref batches);
        await Assert.ThrowsAsync<IOException>(() => collector.CollectAsync());
        Assert.Equal(8, collector.Queued.Count);
        var before = collector.Queued.Select(message => message.Meta.Id).ToArray();

        // Whoever sends in the meantime does not disturb.
        await redis.PushAsync(list, """{"comment": "late", "__type": "Event"}""");
        collector.AfterQueued = null;
        await collector.CollectAsync(sameRun ? "run" : "another");

        // The same run knows what it has queued; another one queues it again, and it is seen that it is the same.
        Assert.Equal(sameRun ? 11 : 15, collector.Queued.Count);
        Assert.Equal(11, collector.Queued.Select(message => message.Meta.Id).Distinct().Count());
        Assert.Equal(before[4..], sameRun ? before[4..] : collector.Queued.Skip(8).Take(4).Select(message => message.Meta.Id));
        Assert.Equal(11, collector.Texts().Distinct().Count());
        Assert.Empty(redis.Database.Multiplexer.GetServers()[0].Keys(2, list + "*"));
    }

    [Fact]
    public async Task A_run_that_dies_before_anything_is_queued_loses_nothing()
    {
        await using var redis = await Connected.ToAsync(server);
        await redis.PushAsync("before", Messages(5));
        await using (var collector = await StartAsync(server, ("redis_queue", "before")))
        {
            collector.BeforeQueued = () => throw new IOException("The process ends here.");
            await Assert.ThrowsAsync<IOException>(() => collector.CollectAsync());
        }

        await using var next = await StartAsync(server, ("redis_queue", "before"));
        await next.CollectAsync();
        Assert.Equal(Messages(5), next.Texts());
    }

    [Fact]
    public async Task Equal_messages_are_different_messages()
    {
        const string Same = """{"comment": "same", "__type": "Event"}""";
        await using var redis = await Connected.ToAsync(server);
        await using var collector = await StartAsync(server, ("redis_queue", "equal"), ("batch_messages", 1));
        await redis.PushAsync("equal", Same, Same);
        await collector.CollectAsync();
        await redis.PushAsync("equal", Same);
        await collector.CollectAsync();
        Assert.Equal(3, collector.Queued.Select(message => message.Meta.Id).Distinct().Count());
    }

    [Theory]
    [InlineData("""{"source.ipp": "192.0.2.1", "__type": "Event"}""", "source.ipp")]
    [InlineData("""{"source.ip": "no address", "__type": "Event"}""", "no address")]
    [InlineData("""{"source.ip": "192.0.2.1"}""", "'__type'")]
    [InlineData("not JSON", "not JSON")]
    [InlineData("""{"format":"intelmq","version":1,"type":"event","meta":{},"payload":{"source.ip":"no address"}}""", "no address")]
    [InlineData("""{"format":"intelmq","version":1,"type":"report","meta":{"intelmq:claim":{"address":"../secret","length":1,"sha256":"00"}},"payload":{}}""", "another installation")]
    public async Task What_is_no_message_is_a_dead_letter_for_each_queue_and_the_rest_goes_on(string bad, string mentioned)
    {
        var list = "bad-" + mentioned;
        await using var redis = await Connected.ToAsync(server);
        await redis.PushAsync(list, Messages(1)[0], bad, Messages(2)[1]);
        await using var collector = await StartAsync(server, ("redis_queue", list));

        var counts = await collector.CollectAsync();

        Assert.Equal(Messages(2), collector.Texts());
        Assert.Equal(["next-queue", "other-queue"], collector.DeadLetters.Select(letter => letter.Queue));
        Assert.All(collector.DeadLetters, letter => Assert.Equal(bad, letter.Message));
        Assert.Contains(mentioned, collector.DeadLetters[0].Error, StringComparison.Ordinal);
        Assert.Equal((2, 1), (counts.Out, counts.DeadLettered));
        Assert.Empty(redis.Database.Multiplexer.GetServers()[0].Keys(2, list + "*"));
    }

    [Fact]
    public async Task A_server_that_is_down_fails_the_run_and_is_used_when_it_is_up()
    {
        await using var own = new LocalRedis();
        await using var collector = await StartAsync(own, ("redis_queue", "queue"), ("redis_timeout", 1000));
        own.Kill();
        var error = await Assert.ThrowsAsync<TransientException>(() => collector.CollectAsync());
        Assert.Contains("cannot be used now", error.Message, StringComparison.Ordinal);
        await own.SocketAsync();
        await collector.CollectAsync();
        Assert.Empty(collector.Queued);
    }

    internal static string[] Messages(int count) =>
        Enumerable.Range(0, count).Select(i => $$"""{"source.port": {{i + 1}}, "comment": "number {{i}}", "__type": "Event"}""").ToArray();

    internal static void DieAt(int batch, ref int batches)
    {
        if (++batches == batch)
        {
            throw new IOException("The process ends here.");
        }
    }

    private static async Task<RunningBot> StartAsync(LocalRedis server, params (string, Value)[] parameters) =>
        await RunningBot.StartAsync(Module, [("redis_server_ip", await server.SocketAsync()), .. parameters]);
}
