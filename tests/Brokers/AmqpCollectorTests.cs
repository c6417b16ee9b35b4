// Messages out of a queue of RabbitMQ: none lost, and those that come twice have the ids that they had where their sender gave them one.
using System.Text;
using IntelMq.Bots;
using IntelMq.DataFormat;
using IntelMq.Servers.Tests;

namespace IntelMq.Brokers.Tests;

public sealed class AmqpCollectorTests(LocalRabbitMq server)
{
    private const string Module = "intelmq.bots.collectors.amqp.collector_amqp";

    [Fact]
    public async Task Messages_of_IntelMQ_go_on_as_they_are()
    {
        string[] messages =
        [
            """{"source.ip": "192.0.2.1", "feed.name": "Feed", "extra.yes": true, "raw": "cmF3", "__type": "Event"}""",
            """{"raw": "cmF3", "feed.name": "Feed", "time.observation": "2026-01-15T10:00:00+00:00", "__type": "Report"}""",
            """{"comment": "no raw", "__type": "Event"}""",
        ];
        await using var rabbit = await ConnectAsync();
        var queue = await rabbit.NewQueueAsync();
        await rabbit.SendAsync(queue, [], [.. messages, "not JSON"]);
        await using var collector = await StartAsync(queue, ("expect_intelmq_message", true), ("name", "Mine"));

        await collector.CollectAsync();

        Assert.Equal(messages, collector.Texts());
        Assert.Equal(["not JSON", "not JSON"], collector.DeadLetters.Select(letter => letter.Message));
        await MustBeEmptyAsync(queue);
    }

    [Fact]
    public async Task Anything_else_becomes_reports_with_the_feed_of_the_collector()
    {
        var large = new string('x', 100_000);
        await using var rabbit = await ConnectAsync();
        var queue = await rabbit.NewQueueAsync();
        await rabbit.SendAsync(queue, [], "a,b", """{"any": 1}""", large, "", "c");
        await using var collector = await StartAsync(queue, ("name", "Feed"), ("code", "feed"));

        await collector.CollectAsync();

        Assert.Equal([2, 1, 1], collector.Batches);
        Assert.Equal(["a,b", """{"any": 1}""", null, "c"], collector.Queued.Cast<Report>().Select(report => report.RawText));
        Assert.Equal(large.Length, collector.Queued[2].Meta.ClaimCheck!.Length);
        Assert.All(collector.Queued, report => Assert.Equal("Feed", report[Fields.Feed.Name].AsText()));
        Assert.All(collector.Queued, report => Assert.False(report[Fields.Time.Observation].IsMissing));
        await MustBeEmptyAsync(queue);
    }

    [Fact]
    public async Task Many_messages_are_queued_together_up_to_the_bounds_of_a_run()
    {
        await using var rabbit = await ConnectAsync();
        var queue = await rabbit.NewQueueAsync();
        await rabbit.SendAsync(queue, [], RedisCollectorTests.Messages(25));
        await using var collector = await StartAsync(queue, ("expect_intelmq_message", true), ("batch_messages", 10), ("run_max_messages", 22));

        await collector.CollectAsync();
        Assert.Equal(22, collector.Queued.Count);
        Assert.True(collector.Batches.Count < 10, string.Join(',', collector.Batches));
        await collector.CollectAsync("next");

        Assert.Equal(RedisCollectorTests.Messages(25), collector.Texts());
        Assert.Equal(25, collector.Queued.Select(message => message.Meta.Id).Distinct().Count());
        await MustBeEmptyAsync(queue);
    }

    [Fact]
    public async Task A_run_that_dies_is_repeated_with_the_same_ids_where_the_sender_gave_some()
    {
        var messages = RedisCollectorTests.Messages(10);
        await using var rabbit = await ConnectAsync();
        var queue = await rabbit.NewQueueAsync();
        await rabbit.SendAsync(queue, messages.Select((_, i) => i < 8 ? $"id-{i}" : null).ToArray(), messages);
        await using var collector = await StartAsync(queue, ("expect_intelmq_message", true));
        collector.AfterQueued = () => throw new IOException("The process ends here.");
        await Assert.ThrowsAsync<IOException>(() => collector.CollectAsync());
        collector.AfterQueued = null;

        await collector.CollectAsync();
        await collector.CollectAsync();

        Assert.Equal(messages, collector.Texts().Distinct());
        var ids = collector.Queued.GroupBy(message => message[Fields.Comment].AsText()).ToDictionary(same => same.Key!, same => same.Select(message => message.Meta.Id).Distinct().Count());
        Assert.All(Enumerable.Range(0, 8), i => Assert.Equal(1, ids[$"number {i}"]));
        await MustBeEmptyAsync(queue);
    }

    [Fact]
    public async Task Equal_messages_are_different_messages()
    {
        const string Same = """{"comment": "same", "__type": "Event"}""";
        await using var rabbit = await ConnectAsync();
        var queue = await rabbit.NewQueueAsync();
        await using var collector = await StartAsync(queue, ("expect_intelmq_message", true));
        await rabbit.SendAsync(queue, [], Same, Same);
        await collector.CollectAsync();
        await rabbit.SendAsync(queue, ["constant", "constant"], Same, """{"comment": "other", "__type": "Event"}""");
        await collector.CollectAsync();
        Assert.Equal(4, collector.Queued.Select(message => message.Meta.Id).Distinct().Count());
    }

    [Theory]
    [InlineData("password", "wrong", true, "'username' and 'password'")]
    [InlineData("connection_vhost", "/none", true, "'connection_vhost'")]
    [InlineData("queue_name", "no-such-queue", false, "no queue 'no-such-queue'")]
    public async Task What_is_wrong_is_told_with_its_cure(string key, string value, bool isFinal, string mentioned)
    {
        await server.StartAsync();
        var parameters = new Dictionary<string, Value> { ["queue_name"] = "x", ["connection_port"] = server.Port, ["connection_attempts"] = 1, [key] = value };
        await using var collector = await RunningBot.StartAsync(Module, parameters.Select(item => (item.Key, item.Value)).ToArray());
        var error = await Assert.ThrowsAnyAsync<Exception>(() => collector.CollectAsync());
        Assert.Equal(isFinal ? typeof(BotConfigurationException) : typeof(TransientException), error.GetType());
        Assert.Contains(mentioned, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_goes_down_in_the_middle_costs_nothing()
    {
        await using var own = new LocalRabbitMq();
        await own.StartAsync();
        string queue;
        await using (var rabbit = await Rabbit.ConnectAsync(own.Address))
        {
            queue = await rabbit.NewQueueAsync();
            await rabbit.SendAsync(queue, [], RedisCollectorTests.Messages(20));
        }

        await using var collector = await RunningBot.StartAsync(
            Module, ("queue_name", queue), ("connection_port", own.Port), ("connection_attempts", 1), ("expect_intelmq_message", true), ("batch_messages", 5));
        var batches = 0;
        collector.AfterQueued = () =>
        {
            if (++batches == 2)
            {
                own.KillAsync().GetAwaiter().GetResult();
            }
        };
        await Assert.ThrowsAsync<TransientException>(() => collector.CollectAsync());
        await own.StartAsync();
        await collector.CollectAsync();

        Assert.Equal(RedisCollectorTests.Messages(20), collector.Texts().Distinct());
    }

    private async Task<Rabbit> ConnectAsync()
    {
        await server.StartAsync();
        return await Rabbit.ConnectAsync(server.Address);
    }

    private Task<RunningBot> StartAsync(string queue, params (string, Value)[] parameters) =>
        RunningBot.StartAsync(Module, [("queue_name", queue), ("connection_port", server.Port), .. parameters]);

    // Also of what is on its way back there must be nothing: a connection of its own asks after the bot's channel was closed.
    private async Task MustBeEmptyAsync(string queue)
    {
        await using var rabbit = await Rabbit.ConnectAsync(server.Address);
        Assert.Empty((await rabbit.TakeAllAsync(queue)).Select(message => Encoding.UTF8.GetString(message.Body.Span)));
    }
}
