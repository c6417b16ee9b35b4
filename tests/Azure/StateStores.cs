// The state stores that keep the contract, and what is special about each.
using System.Diagnostics;
using IntelMq.Bots;
using IntelMq.Servers.Tests;
using IntelMq.Stores;
using Microsoft.Extensions.Time.Testing;

namespace IntelMq.Azure.Tests;

public sealed class MemoryStateTests : StateContract
{
    protected override Task<StateBench> BenchAsync()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(60));
        var store = new MemoryStateStore(clock);
        return Task.FromResult(new StateBench(store, new MemoryStateStore(clock), store, TimeSpan.FromHours(1), _ =>
        {
            clock.Advance(TimeSpan.FromHours(1));
            return Task.CompletedTask;
        }));
    }
}

public sealed class TableStateTests(StorageEmulator emulator) : StateContract
{
    private static readonly DateTimeOffset s_start = DateTimeOffset.UnixEpoch.AddYears(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected override async Task<StateBench> BenchAsync()
    {
        var clock = new FakeTimeProvider(s_start);
        var service = (await emulator.ClientsAsync()).Tables;
        var name = StorageEmulator.NewName("state");
        var table = new StateTable(service, name, clock);
        return new StateBench(table.For("deduplicator"), table.For("deduplicator-2"), new StateTable(service, name, clock).For("deduplicator"), TimeSpan.FromHours(1), _ =>
        {
            clock.Advance(TimeSpan.FromHours(1));
            return Task.CompletedTask;
        });
    }

    [Fact]
    public async Task Purging_removes_what_expired_of_all_bots_and_nothing_else()
    {
        var clock = new FakeTimeProvider(s_start);
        var table = new StateTable((await emulator.ClientsAsync()).Tables, StorageEmulator.NewName("state"), clock);
        Assert.Equal(0, await table.PurgeAsync(s_start, Cancellation));
        var items = Enumerable.Range(0, 250).Select(i => new StateItem(BitConverter.GetBytes(i), [1])).ToList();
        await table.For("a").PutAsync(items, TimeSpan.FromHours(1), Cancellation);
        await table.For("b").PutAsync(items[..30], TimeSpan.FromHours(1), Cancellation);
        await table.For("b").PutAsync(items[10..20], TimeSpan.FromHours(3), Cancellation);
        await table.For("b").PutAsync(items[20..30], null, Cancellation);
        clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal(0, await table.PurgeAsync(s_start, Cancellation));
        Assert.Equal(260, await table.PurgeAsync(clock.GetUtcNow(), Cancellation));
        Assert.Equal(0, await table.PurgeAsync(clock.GetUtcNow(), Cancellation));
        var left = await table.For("b").GetAsync(items[..30].ConvertAll(item => item.Key), Cancellation);
        Assert.Equal(20, left.Count(value => value is not null));
    }

    [Fact]
    public async Task A_frame_of_new_keys_is_one_request_per_partition()
    {
        var transport = new FaultyTransport((_, _) => null);
        var store = new StateTable((await emulator.ClientsAsync(transport)).Tables, StorageEmulator.NewName("state"), TimeProvider.System).For("bot");
        await store.PutAsync([new StateItem([1], [1])], null, Cancellation);
        var before = transport.Sent;
        var items = Enumerable.Range(0, 200).Select(i => new StateItem(BitConverter.GetBytes(i), [1])).ToList();
        Assert.All(await store.PutIfAbsentAsync(items, null, Cancellation), Assert.Null);
        Assert.InRange(transport.Sent - before, 1, 8);
    }

    [Fact]
    public async Task No_request_is_larger_than_the_service_takes()
    {
        long largest = 0;
        var transport = new FaultyTransport((_, message) =>
        {
            if (message.Request.Content is { } content && content.TryComputeLength(out var length))
            {
                InterlockedMax(ref largest, length);
            }

            return null;
        });
        var clients = await emulator.ClientsAsync(transport);
        var items = Enumerable.Range(0, 1000).Select(i => new StateItem([.. new byte[508], .. BitConverter.GetBytes(i)], new byte[32 * 1024])).ToList();
        await new StateTable(clients.Tables, StorageEmulator.NewName("state"), TimeProvider.System).For(new string('ü', 60)).PutIfAbsentAsync(items, TimeSpan.FromDays(1), Cancellation);
        Assert.InRange(largest, 3_000_000, 4 * 1024 * 1024);

        static void InterlockedMax(ref long place, long value)
        {
            for (var seen = Volatile.Read(ref place); value > seen; seen = Volatile.Read(ref place))
            {
                Interlocked.CompareExchange(ref place, value, seen);
            }
        }
    }

    [Theory]
    [InlineData(10)]
    [InlineData(-10)]
    public async Task Clocks_that_differ_shorten_a_lifetime_by_no_more_than_they_differ(int minutes)
    {
        var skew = TimeSpan.FromMinutes(minutes);
        var (here, there) = (new FakeTimeProvider(s_start), new FakeTimeProvider(s_start + skew));
        var service = (await emulator.ClientsAsync()).Tables;
        var name = StorageEmulator.NewName("state");
        var (first, second) = (new StateTable(service, name, here).For("bot"), new StateTable(service, name, there).For("bot"));
        var lifetime = TimeSpan.FromHours(1);

        async Task<bool> PassesAsync(IStateStore store, string key) => (await store.PutIfAbsentAsync([new StateItem(System.Text.Encoding.UTF8.GetBytes(key), [1])], lifetime, Cancellation))[0] is null;

        Assert.True(await PassesAsync(first, "written here"));
        Assert.True(await PassesAsync(second, "written there"));
        for (var passed = TimeSpan.Zero; passed < lifetime - skew.Duration(); passed += TimeSpan.FromMinutes(7))
        {
            foreach (var store in new[] { first, second })
            {
                Assert.False(await PassesAsync(store, "written here"), $"too early, after {passed}");
                Assert.False(await PassesAsync(store, "written there"), $"too early, after {passed}");
            }

            here.Advance(TimeSpan.FromMinutes(7));
            there.Advance(TimeSpan.FromMinutes(7));
        }

        // And it ends, no later than they differ.
        here.Advance(TimeSpan.FromMinutes(21));
        there.Advance(TimeSpan.FromMinutes(21));
        Assert.True(await PassesAsync(first, "written here"));
        Assert.True(await PassesAsync(second, "written there"));
    }

    [Fact]
    public async Task Bot_ids_with_any_letters_have_partitions_of_their_own()
    {
        var table = new StateTable((await emulator.ClientsAsync()).Tables, StorageEmulator.NewName("state"), TimeProvider.System);
        string[] bots = ["bot", "Bot", "bot-1", "a/b", "a\\b", "a=002fb", "bücher#?", "\t"];
        foreach (var bot in bots)
        {
            Assert.Null((await table.For(bot).PutIfAbsentAsync([new StateItem([1], [2])], null, Cancellation))[0]);
        }
    }
}

public sealed class RedisStateTests(LocalRedis redis) : StateContract, IAsyncLifetime
{
    private static int s_bots;

    private RedisServer? _server;

    public async ValueTask InitializeAsync() => _server = await redis.ConnectAsync();

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;

    protected override Task<StateBench> BenchAsync()
    {
        var bot = "bot" + Interlocked.Increment(ref s_bots);
        var store = _server!.StateOf(bot);
        return Task.FromResult(new StateBench(store, _server.StateOf(bot + "-2"), _server.StateOf(bot), TimeSpan.FromMilliseconds(300), async key =>
        {
            var waited = Stopwatch.StartNew();
            while ((await store.GetAsync([key], TestContext.Current.CancellationToken))[0] is not null)
            {
                Assert.True(waited.Elapsed < TimeSpan.FromSeconds(30), "The key does not expire.");
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }
        }));
    }

    [Fact]
    public async Task A_server_that_is_down_is_told_as_transient_and_used_again_when_it_is_up()
    {
        await using var own = new LocalRedis();
        await using var server = await own.ConnectAsync();
        var store = server.StateOf("bot");
        var cancellation = TestContext.Current.CancellationToken;
        Assert.Null((await store.PutIfAbsentAsync([new StateItem([1], [2])], null, cancellation))[0]);
        own.Kill();
        var error = await Assert.ThrowsAsync<TransientException>(async () => await store.GetAsync([[1]], cancellation));
        Assert.Contains("The state of 'bot' cannot be used now", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<TransientException>(async () => await store.PutIfAbsentAsync([new StateItem([1], [2])], null, cancellation));
        await own.SocketAsync();
        await UsedAgainAsync(store);
    }

    private static async Task UsedAgainAsync(RedisStateStore store)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                // Neither the value nor the script survived: it is a server without persistence.
                Assert.Equal([null, [2]], await store.PutIfAbsentAsync([new StateItem([1], [2]), new StateItem([1], [3])], null, TestContext.Current.CancellationToken));
                return;
            }
            catch (TransientException) when (waited.Elapsed < TimeSpan.FromSeconds(60))
            {
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }
        }
    }

    [Fact]
    public async Task A_server_that_is_down_at_the_beginning_is_used_when_it_is_up()
    {
        await using var own = new LocalRedis();
        var cancellation = TestContext.Current.CancellationToken;
        var socket = await own.SocketAsync();
        own.Kill();
        await using var server = await RedisServer.ConnectAsync(new RedisSettings { Host = socket });
        await Assert.ThrowsAsync<TransientException>(async () => await server.StateOf("bot").GetAsync([[1]], cancellation));
        await own.SocketAsync();
        await UsedAgainAsync(server.StateOf("bot"));
    }

    [Fact]
    public async Task A_wrong_password_is_a_matter_of_configuration()
    {
        await using var own = new LocalRedis { Password = "right" };
        var cancellation = TestContext.Current.CancellationToken;
        foreach (var password in (string?[])[null, "wrong"])
        {
            var settings = new RedisSettings { Host = await own.SocketAsync(), Password = password };
            var error = await Assert.ThrowsAsync<BotConfigurationException>(() => RedisServer.ConnectAsync(settings));
            Assert.Contains("Correct the user and password", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("right", error.Message, StringComparison.Ordinal);
        }

        await using var server = await RedisServer.ConnectAsync(new RedisSettings { Host = await own.SocketAsync(), Password = "right" });
        Assert.Null((await server.StateOf("bot").GetAsync([[1]], cancellation))[0]);
    }
}

public sealed class SqliteStateTests : StateContract, IDisposable
{
    private readonly ScratchFile _file = new();
    private readonly List<Invocation> _stores = [];

    public void Dispose()
    {
        _stores.ForEach(store => store.Dispose());
        _file.Dispose();
    }

    protected override Task<StateBench> BenchAsync()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(60));
        var file = new SqliteFile(_file.Path);
        Invocation Of(string bot)
        {
            _stores.Add(new Invocation(new SqliteStateStore(file, bot, clock)));
            return _stores[^1];
        }

        return Task.FromResult(new StateBench(Of("bot"), Of("bot-2"), Of("bot"), TimeSpan.FromHours(1), _ =>
        {
            clock.Advance(TimeSpan.FromHours(1));
            return Task.CompletedTask;
        }));
    }

    // Each call is an invocation that succeeds, and invocations of one instance come one after the other.
    private sealed class Invocation(SqliteStateStore store) : IStateStore, IDisposable
    {
        private readonly SemaphoreSlim _turn = new(1);

        public void Dispose()
        {
            store.Dispose();
            _turn.Dispose();
        }

        public ValueTask<IReadOnlyList<byte[]?>> GetAsync(IReadOnlyList<byte[]> keys, CancellationToken cancellation) => RunAsync(() => store.GetAsync(keys, cancellation), cancellation);

        public ValueTask<IReadOnlyList<byte[]?>> PutIfAbsentAsync(IReadOnlyList<StateItem> items, TimeSpan? lifetime, CancellationToken cancellation) =>
            RunAsync(() => store.PutIfAbsentAsync(items, lifetime, cancellation), cancellation);

        public async ValueTask PutAsync(IReadOnlyList<StateItem> items, TimeSpan? lifetime, CancellationToken cancellation) => await RunAsync(async () =>
        {
            await store.PutAsync(items, lifetime, cancellation);
            return true;
        }, cancellation);

        public async ValueTask RemoveAsync(IReadOnlyList<byte[]> keys, CancellationToken cancellation) => await RunAsync(async () =>
        {
            await store.RemoveAsync(keys, cancellation);
            return true;
        }, cancellation);

        private async ValueTask<T> RunAsync<T>(Func<ValueTask<T>> call, CancellationToken cancellation)
        {
            await _turn.WaitAsync(cancellation);
            try
            {
                var answer = await call();
                await store.CommitAsync(cancellation);
                return answer;
            }
            finally
            {
                _turn.Release();
            }
        }
    }
}
