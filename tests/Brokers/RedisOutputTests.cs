// Events in a Redis list.
using IntelMq.Bots;
using IntelMq.DataFormat;
using IntelMq.Runtime;
using IntelMq.Servers.Tests;
using StackExchange.Redis;

namespace IntelMq.Brokers.Tests;

public sealed class RedisOutputTests(LocalRedis server)
{
    private const string Module = "intelmq.bots.outputs.redis.output";

    [Fact]
    public async Task Events_arrive_in_order_in_IntelMQs_form()
    {
        await using var redis = await Connected.ToAsync(server);
        await using var output = await StartAsync(server, ("redis_queue", "in-order"));

        await output.SendAsync("""{"comment": "ä", "raw": "cmF3", "extra.a": [1.0, true], "__type": "Event"}""", """{"source.ip": ["192.0.2.1", "192.0.2.2"], "product.vulnerabilities": ["CVE-2026-1"], "__type": "Event"}""");

        // IntelMQ takes from the right.
        Assert.Equal(
            [
                """{"__type": "Event", "comment": "ä", "extra.a": [1.0, true], "raw": "cmF3"}""",
                """{"__type": "Event", "extra.product_vulnerabilities": "CVE-2026-1", "source.ip": "192.0.2.1"}""",
            ],
            (await redis.EntriesAsync("in-order")).Reverse());
    }

    [Fact]
    public async Task Nested_and_without_type_it_is_for_any_program()
    {
        await using var redis = await Connected.ToAsync(server);
        await using var output = await StartAsync(server, ("redis_queue", "nested"), ("with_type", false), ("hierarchical_output", true), ("multiple_values", "keep"));

        await output.SendAsync("""{"source.ip": ["192.0.2.1", "192.0.2.2"], "__type": "Event"}""");

        Assert.Equal(["""{"source": {"ip": ["192.0.2.1", "192.0.2.2"]}}"""], await redis.EntriesAsync("nested"));
    }

    [Fact]
    public async Task While_the_server_is_down_events_wait_and_go_when_it_is_up()
    {
        await using var own = new LocalRedis();
        await own.SocketAsync();
        await using var output = await StartAsync(own, ("redis_queue", "queue"), ("redis_timeout", 1000));
        Assert.Equal(1, (await output.SendAsync("""{"comment": "before", "__type": "Event"}""")).Counts.Out);
        own.Kill();
        var down = await output.SendAsync("""{"comment": "meanwhile", "__type": "Event"}""");
        Assert.Equal((1, null), (down.Counts.Parked, down.StopReason));
        await own.SocketAsync();
        for (var sent = 0L; sent == 0;)
        {
            // The connection comes back by itself, within some seconds.
            sent = (await output.SendAsync("""{"comment": "after", "__type": "Event"}""")).Counts.Out;
        }

        await using var redis = await Connected.ToAsync(own);
        Assert.Equal(["""{"__type": "Event", "comment": "after"}"""], await redis.EntriesAsync("queue"));
    }

    [Fact]
    public async Task A_server_that_was_down_at_the_beginning_is_used_when_it_is_up()
    {
        await using var own = new LocalRedis();
        await using var output = await StartAsync(own, ("redis_queue", "queue"), ("redis_timeout", 1000));
        own.Kill();
        Assert.Equal(1, (await output.SendAsync("""{"comment": "before", "__type": "Event"}""")).Counts.Parked);
        await own.SocketAsync();
        Assert.Equal(1, (await output.SendAsync("""{"comment": "after", "__type": "Event"}""")).Counts.Out);
    }

    [Theory]
    [InlineData("redis_password", "wrong", "does not let us in")]
    [InlineData("redis_queue", "text", "is no list")]
    [InlineData("redis_db", "5000", "has no database 5000")]
    public async Task What_the_server_refuses_for_good_stops_the_bot(string key, string value, string mentioned)
    {
        await using var own = new LocalRedis { Password = "right" };
        await own.SocketAsync();
        await using (var redis = await Connected.ToAsync(own, "right"))
        {
            await redis.Database.StringSetAsync("text", "no list");
        }

        var parameters = new Dictionary<string, Value> { ["redis_queue"] = "queue", ["redis_password"] = "right", [key] = value };
        await using var output = await StartAsync(own, parameters.Select(item => (item.Key, item.Value)).ToArray());
        var result = await output.SendAsync("""{"comment": "x", "__type": "Event"}""");
        Assert.True(result.StopReason is not null, string.Join(" ", result.DeadLetters.Select(letter => letter.Error)));
        Assert.Contains(mentioned, result.StopReason, StringComparison.Ordinal);
        Assert.Contains($"'{key}'", result.StopReason, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", result.StopReason, StringComparison.Ordinal);
    }

    private static async Task<RunningBot> StartAsync(LocalRedis server, params (string, Value)[] parameters) =>
        await RunningBot.StartAsync(Module, [("redis_server_ip", await server.SocketAsync()), .. parameters]);
}

/// <summary>A connection of the test's own, to IntelMQ's database.</summary>
internal sealed class Connected(ConnectionMultiplexer connection) : IAsyncDisposable
{
    /// <summary>The database.</summary>
    public IDatabase Database { get; } = connection.GetDatabase(2);

    /// <summary>Connects.</summary>
    public static async Task<Connected> ToAsync(LocalRedis server, string? password = null)
    {
        var options = new ConfigurationOptions { Password = password };
        options.EndPoints.Add(new System.Net.Sockets.UnixDomainSocketEndPoint(await server.SocketAsync()));
        return new Connected(await ConnectionMultiplexer.ConnectAsync(options));
    }

    /// <summary>The entries of a list, the newest first.</summary>
    public async Task<string[]> EntriesAsync(string list) => (await Database.ListRangeAsync(list)).Select(entry => entry.ToString()).ToArray();

    /// <summary>Pushes as an IntelMQ bot does: one entry at a time, from the left.</summary>
    public async Task PushAsync(string list, params string[] texts)
    {
        foreach (var text in texts)
        {
            await Database.ListLeftPushAsync(list, text);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
