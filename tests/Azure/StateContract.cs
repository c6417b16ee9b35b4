// What every state store must do. The classes below say how each store is made.
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using IntelMq.Bots;

namespace IntelMq.Azure.Tests;

/// <summary>A state store under test and its time.</summary>
/// <param name="Store">The store of one bot.</param>
/// <param name="Other">The store of another bot in the same place.</param>
/// <param name="Again">Another instance of the first bot.</param>
/// <param name="Lifetime">A lifetime that <paramref name="PassAsync"/> outlasts.</param>
/// <param name="PassAsync">Lets that time pass, until the store finds the given key expired.</param>
public sealed record StateBench(IStateStore Store, IStateStore Other, IStateStore Again, TimeSpan Lifetime, Func<byte[], Task> PassAsync);

public abstract class StateContract
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected abstract Task<StateBench> BenchAsync();

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static StateItem Item(string key, string value) => new(Bytes(key), Bytes(value));

    private static string?[] Texts(IReadOnlyList<byte[]?> values) => values.Select(value => value is null ? null : Encoding.UTF8.GetString(value)).ToArray();

    [Fact]
    public async Task What_was_put_is_found_in_the_order_of_the_keys()
    {
        var store = (await BenchAsync()).Store;
        Assert.Equal([null], Texts(await store.GetAsync([Bytes("a")], Cancellation)));
        await store.PutAsync([Item("a", "1"), Item("b", "2"), Item("empty", "")], null, Cancellation);
        Assert.Equal(["2", null, "1", "", "2"], Texts(await store.GetAsync([Bytes("b"), Bytes("c"), Bytes("a"), Bytes("empty"), Bytes("b")], Cancellation)));
        await store.PutAsync([Item("a", "3"), Item("a", "4")], null, Cancellation);
        Assert.Equal(["4"], Texts(await store.GetAsync([Bytes("a")], Cancellation)));
    }

    [Fact]
    public async Task Nothing_is_an_empty_batch()
    {
        var store = (await BenchAsync()).Store;
        Assert.Empty(await store.GetAsync([], Cancellation));
        await store.PutAsync([], null, Cancellation);
        Assert.Empty(await store.PutIfAbsentAsync([], null, Cancellation));
        await store.RemoveAsync([], Cancellation);
    }

    [Fact]
    public async Task Removed_keys_are_gone_and_absent_ones_do_not_matter()
    {
        var store = (await BenchAsync()).Store;
        await store.PutAsync([Item("a", "1"), Item("b", "2")], null, Cancellation);
        await store.RemoveAsync([Bytes("a"), Bytes("nothing"), Bytes("a")], Cancellation);
        Assert.Equal([null, "2"], Texts(await store.GetAsync([Bytes("a"), Bytes("b")], Cancellation)));
    }

    [Fact]
    public async Task Only_the_first_writes_a_key_and_all_others_see_its_value()
    {
        var bench = await BenchAsync();
        Assert.Equal([null, null], Texts(await bench.Store.PutIfAbsentAsync([Item("a", "1"), Item("b", "2")], null, Cancellation)));
        Assert.Equal(["1", null, "2"], Texts(await bench.Again.PutIfAbsentAsync([Item("a", "9"), Item("c", "9"), Item("b", "9")], null, Cancellation)));
        Assert.Equal(["1", "2", "9"], Texts(await bench.Store.GetAsync([Bytes("a"), Bytes("b"), Bytes("c")], Cancellation)));
    }

    [Fact]
    public async Task A_key_that_appears_twice_sees_its_first_item()
    {
        var store = (await BenchAsync()).Store;
        Assert.Equal([null, "1", null, "1"], Texts(await store.PutIfAbsentAsync([Item("a", "1"), Item("a", "2"), Item("b", "3"), Item("a", "4")], null, Cancellation)));
        Assert.Equal(["1", "1", "3"], Texts(await store.PutIfAbsentAsync([Item("a", "5"), Item("a", "6"), Item("b", "7")], null, Cancellation)));
        Assert.Equal(["1", "3"], Texts(await store.GetAsync([Bytes("a"), Bytes("b")], Cancellation)));
    }

    [Fact]
    public async Task Bots_do_not_see_each_other()
    {
        var bench = await BenchAsync();
        await bench.Store.PutAsync([Item("a", "1")], null, Cancellation);
        Assert.Equal([null], Texts(await bench.Other.GetAsync([Bytes("a")], Cancellation)));
        Assert.Equal([null], Texts(await bench.Other.PutIfAbsentAsync([Item("a", "2")], null, Cancellation)));
        await bench.Other.RemoveAsync([Bytes("a")], Cancellation);
        Assert.Equal(["1"], Texts(await bench.Store.GetAsync([Bytes("a")], Cancellation)));
    }

    [Fact]
    public async Task What_expired_is_not_there_and_is_written_anew()
    {
        var bench = await BenchAsync();
        await bench.Store.PutAsync([Item("stays", "1")], null, Cancellation);
        Assert.Equal([null, null], Texts(await bench.Store.PutIfAbsentAsync([Item("a", "1"), Item("b", "1")], bench.Lifetime, Cancellation)));
        await bench.PassAsync(Bytes("a"));
        await bench.PassAsync(Bytes("b"));
        Assert.Equal([null, "1"], Texts(await bench.Store.GetAsync([Bytes("a"), Bytes("stays")], Cancellation)));
        Assert.Equal([null, "2", "1"], Texts(await bench.Store.PutIfAbsentAsync([Item("a", "2"), Item("a", "3"), Item("stays", "2")], null, Cancellation)));
        await bench.Store.PutAsync([Item("b", "2")], null, Cancellation);
        Assert.Equal(["2", "2"], Texts(await bench.Store.GetAsync([Bytes("a"), Bytes("b")], Cancellation)));
    }

    [Fact]
    public async Task Keys_and_values_may_have_any_bytes_up_to_their_limits()
    {
        var store = (await BenchAsync()).Store;
        var random = new Random(1);
        var items = new List<StateItem> { new([], [0]), new("/\\#?\0\u007f%"u8.ToArray(), [1]) };
        foreach (var length in (int[])[1, 63, 64, 65, 511, 512])
        {
            // Keys that differ in their last bit only.
            var (key, value) = (new byte[length], new byte[32 * 1024]);
            random.NextBytes(key);
            random.NextBytes(value);
            items.Add(new StateItem(key, value));
            items.Add(new StateItem([.. key[..^1], (byte)(key[^1] ^ 1)], [1]));
        }

        await store.PutAsync(items, null, Cancellation);
        var found = await store.GetAsync(items.ConvertAll(item => item.Key), Cancellation);
        Assert.All(items.Zip(found), pair => Assert.Equal(pair.First.Value, pair.Second));
    }

    [Fact]
    public async Task A_large_batch_of_large_values_is_cut_as_the_service_needs_it()
    {
        var store = (await BenchAsync()).Store;
        var value = new byte[32 * 1024];
        var items = Enumerable.Range(0, 450).Select(i => new StateItem(BitConverter.GetBytes(i), value)).ToList();
        Assert.All(await store.PutIfAbsentAsync(items, null, Cancellation), Assert.Null);
        Assert.All(await store.PutIfAbsentAsync(items, null, Cancellation), before => Assert.Equal(value.Length, before!.Length));
        await store.PutAsync(items, null, Cancellation);
        await store.RemoveAsync(items.ConvertAll(item => item.Key), Cancellation);
        Assert.All(await store.GetAsync(items.ConvertAll(item => item.Key), Cancellation), Assert.Null);
    }

    [Fact]
    public async Task Of_many_at_once_exactly_one_wins_each_key()
    {
        var bench = await BenchAsync();
        var gen =
            from callers in Gen.Choose(2, 6)
            from keys in Gen.Choose(1, 40).ListOf(20).ArrayOf(callers)
            from expired in Gen.Elements(true, false)
            select (keys, expired);
        var run = 0;
        foreach (var (callers, expired) in gen.Sample(12))
        {
            var prefix = $"run {run++} ";
            if (expired)
            {
                // Rows whose time is over are won like absent ones.
                var old = Enumerable.Range(1, 20).Select(key => Item(prefix + key, "old")).ToList();
                await bench.Store.PutAsync(old, bench.Lifetime, Cancellation);
                await bench.PassAsync(old[0].Key);
                await bench.PassAsync(old[^1].Key);
            }

            var stores = new[] { bench.Store, bench.Again };
            var answers = await Task.WhenAll(callers.Select((keys, caller) => Task.Run(async () =>
            {
                var items = keys.Select((key, index) => Item(prefix + key, $"{caller}/{index}")).ToList();
                return (Keys: keys, Items: items, Before: Texts(await stores[caller % 2].PutIfAbsentAsync(items, null, Cancellation)));
            })));
            var wins = answers.SelectMany(answer => answer.Keys.Zip(answer.Items, answer.Before).Where(each => each.Third is null)).ToList();
            var winner = wins.ToDictionary(win => win.First, win => Encoding.UTF8.GetString(win.Second.Value));
            Assert.Equal(callers.SelectMany(keys => keys).Distinct().Count(), winner.Count);
            foreach (var (key, _, before) in answers.SelectMany(answer => answer.Keys.Zip(answer.Items, answer.Before)))
            {
                Assert.Equal(winner[key], before ?? winner[key]);
            }

            var inStore = Texts(await bench.Store.GetAsync(winner.Keys.Select(key => Bytes(prefix + key)).ToList(), Cancellation));
            Assert.Equal(winner.Values, inStore!);
        }
    }
}
