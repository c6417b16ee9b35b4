// What every park store must do. The classes below say how each store is made.
using System.Text;
using IntelMq.Runtime;
using IntelMq.Stores;

namespace IntelMq.Azure.Tests;

public abstract class ParkContract
{
    protected static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch.AddYears(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>An empty store, and another instance of it.</summary>
    protected abstract Task<(IParkStore Store, IParkStore Again)> StoresAsync();

    private static ParkedEntry Entry(string id, int dueMinutes, string queue = "q", string? frame = null, int messages = 1) =>
        new(id, queue, Encoding.UTF8.GetBytes(frame ?? id), messages, Start.AddMinutes(dueMinutes), 0, null);

    private static async Task<string[]> TakeAsync(IParkStore store, int nowMinutes, int againMinutes = 1000, int most = 100) =>
        (await store.TakeDueAsync(Start.AddMinutes(nowMinutes), Start.AddMinutes(againMinutes), most, Cancellation)).Select(entry => entry.Id).ToArray();

    [Fact]
    public async Task An_empty_store_has_nothing()
    {
        var (store, _) = await StoresAsync();
        Assert.Empty(await TakeAsync(store, 0));
        Assert.False(await store.ContainsAsync("a", Cancellation));
        await store.RemoveAsync("a", Cancellation);
        Assert.Empty(await store.CountAsync(Cancellation));
        await store.AddAsync([], Cancellation);
    }

    [Fact]
    public async Task Entries_come_back_as_they_were()
    {
        var (store, again) = await StoresAsync();
        var noise = new byte[9_000_000];
        new Random(1).NextBytes(noise);
        ParkedEntry[] entries =
        [
            new("0-empty", "q/1 ü", Array.Empty<byte>(), 0, Start.AddMilliseconds(1), 0, null),
            new("Small", "q", "{}\n"u8.ToArray(), 1, Start.AddMilliseconds(2), 3, Start.AddDays(-1).AddMilliseconds(7)),
            new("row", "q", noise.AsMemory(0, 60 * 1024), 40, Start.AddMilliseconds(3), 1, Start),
            new("blob", "q", noise.AsMemory(0, (60 * 1024) + 1), 41, Start.AddMilliseconds(4), 1, Start),
            new(new string('x', 64), "q", noise, 5000, Start.AddMilliseconds(5), 0, null),
        ];
        await store.AddAsync(entries, Cancellation);
        var taken = await again.TakeDueAsync(Start.AddMilliseconds(5), Start.AddMilliseconds(6), 10, Cancellation);
        Assert.Equal(entries.Select(entry => entry with { Frame = default }), taken.Select(entry => entry with { Frame = default }));
        Assert.All(entries.Zip(taken), pair => Assert.True(pair.First.Frame.Span.SequenceEqual(pair.Second.Frame.Span)));
        foreach (var entry in entries)
        {
            Assert.True(await again.ContainsAsync(entry.Id, Cancellation));
            await again.RemoveAsync(entry.Id, Cancellation);
            Assert.False(await store.ContainsAsync(entry.Id, Cancellation));
        }

        Assert.Empty(await store.CountAsync(Cancellation));
    }

    [Fact]
    public async Task What_is_due_first_comes_first_and_what_is_not_due_stays()
    {
        var (store, _) = await StoresAsync();
        await store.AddAsync([Entry("c", 3), Entry("a", 1), Entry("later", 5), Entry("b", 2), Entry("d", 4)], Cancellation);
        Assert.Empty(await TakeAsync(store, 0));
        Assert.Equal(["a", "b"], await TakeAsync(store, 4, most: 2));
        Assert.Equal(["c", "d"], await TakeAsync(store, 4));
        Assert.Empty(await TakeAsync(store, 4));
        Assert.Equal(["later"], await TakeAsync(store, 999));
        Assert.Equal(["a", "b", "c", "d", "later"], (await TakeAsync(store, 1000, 2000)).Order());
    }

    [Fact]
    public async Task What_was_taken_is_due_again_until_it_is_removed()
    {
        var (store, again) = await StoresAsync();
        await store.AddAsync([Entry("a", 0), Entry("b", 0)], Cancellation);
        Assert.Equal(2, (await TakeAsync(store, 0, 10)).Length);
        await again.RemoveAsync("a", Cancellation);
        await again.RemoveAsync("a", Cancellation);
        Assert.Empty(await TakeAsync(store, 9));
        Assert.Equal(["b"], await TakeAsync(store, 10, 20));
        Assert.True(await store.ContainsAsync("b", Cancellation));
    }

    [Fact]
    public async Task What_is_released_is_due_at_once_and_only_what_waits_longer_changes()
    {
        var (store, again) = await StoresAsync();
        await store.AddAsync([Entry("later", 50), Entry("taken", 0), Entry("due", 1), Entry("other", 60)], Cancellation);
        Assert.Equal(["taken"], await TakeAsync(store, 0, 70));
        await again.ReleaseAsync(["later", "taken", "due", "absent"], Start.AddMinutes(2), Cancellation);
        Assert.Equal(["due"], await TakeAsync(store, 1, 100));
        Assert.Equal(["later", "taken"], (await TakeAsync(store, 2, 100)).Order());
        Assert.Equal(["other"], await TakeAsync(store, 99));
        await again.RemoveAsync("taken", Cancellation);
        Assert.Equal(["due", "later"], (await TakeAsync(store, 100, 2000)).Order());
    }

    [Fact]
    public async Task An_id_that_is_there_stays_as_it_is()
    {
        var (store, again) = await StoresAsync();
        var large = new string('x', 100_000);
        await store.AddAsync([Entry("a", 1, frame: "first"), Entry("a", 2, frame: "second"), Entry("large", 1, frame: large)], Cancellation);
        await again.AddAsync([Entry("a", 0, frame: "third"), Entry("new", 1), Entry("large", 0, frame: "small")], Cancellation);
        Assert.Empty(await TakeAsync(store, 0));
        var taken = (await store.TakeDueAsync(Start.AddMinutes(1), Start.AddMinutes(9), 10, Cancellation)).ToDictionary(entry => entry.Id, entry => Encoding.UTF8.GetString(entry.Frame.Span));
        Assert.Equal(new Dictionary<string, string> { ["a"] = "first", ["large"] = large, ["new"] = "new" }, taken);

        // Also while it is on its way.
        await again.AddAsync([Entry("a", 2), Entry("large", 2, frame: large)], Cancellation);
        Assert.Empty(await TakeAsync(store, 8));
        Assert.Equal(3, (await store.CountAsync(Cancellation)).Values.Sum());
    }

    [Fact]
    public async Task Messages_are_counted_by_queue()
    {
        var (store, _) = await StoresAsync();
        await store.AddAsync([Entry("a", 1, "one", messages: 30), Entry("b", 1, "two", messages: 5), Entry("c", 9, "one", messages: 7)], Cancellation);
        await TakeAsync(store, 1);
        Assert.Equal(new Dictionary<string, long> { ["one"] = 37, ["two"] = 5 }, await store.CountAsync(Cancellation));
        await store.RemoveAsync("a", Cancellation);
        Assert.Equal(new Dictionary<string, long> { ["one"] = 7, ["two"] = 5 }, await store.CountAsync(Cancellation));
    }

    [Fact]
    public async Task Of_many_callers_each_entry_goes_to_one()
    {
        var (store, again) = await StoresAsync();
        var entries = Enumerable.Range(0, 230).Select(i => Entry($"e{i:d3}", i % 7)).ToList();
        await store.AddAsync(entries, Cancellation);
        var taken = new List<string>();
        for (var round = 0; taken.Count < entries.Count && round < 20; round++)
        {
            taken.AddRange((await Task.WhenAll(Enumerable.Range(0, 4).Select(caller => TakeAsync(caller % 2 == 0 ? store : again, 10, most: 60)))).SelectMany(ids => ids));
        }

        Assert.Equal(entries.Select(entry => entry.Id), taken.Order());
    }

    [Fact]
    public async Task What_is_removed_while_others_take_is_gone()
    {
        var (store, again) = await StoresAsync();
        await store.AddAsync(Enumerable.Range(0, 60).Select(i => Entry($"e{i}", 0)).ToList(), Cancellation);
        var taking = Task.Run(async () =>
        {
            for (var now = 0; now < 5; now++)
            {
                await TakeAsync(store, now, now + 1);
            }
        }, Cancellation);
        await Task.WhenAll(Enumerable.Range(0, 60).Select(i => again.RemoveAsync($"e{i}", Cancellation).AsTask()));
        await taking;
        Assert.Empty(await TakeAsync(store, 1000, 2000));
        Assert.Empty(await store.CountAsync(Cancellation));
    }
}

public sealed class BlobParkTests(StorageEmulator emulator) : ParkContract
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected override async Task<(IParkStore Store, IParkStore Again)> StoresAsync()
    {
        var name = StorageEmulator.NewName("parked");
        return (await StoreAsync(name), await StoreAsync(name));
    }

    private async Task<BlobParkStore> StoreAsync(string name)
    {
        var clients = await emulator.ClientsAsync();
        return new BlobParkStore(clients.Tables, clients.Blobs, name);
    }

    [Fact]
    public async Task Purging_deletes_frames_that_no_entry_names()
    {
        var name = StorageEmulator.NewName("parked");
        var store = await StoreAsync(name);
        var large = new ParkedEntry("large", "q", new byte[100_000], 1, Start, 0, null);
        await store.AddAsync([large], Cancellation);
        await store.AddAsync([large], Cancellation);
        Assert.Equal(0, await store.PurgeAsync(TimeProvider.System.GetUtcNow().AddHours(-1), Cancellation));
        Assert.Equal(1, await store.PurgeAsync(TimeProvider.System.GetUtcNow().AddHours(1), Cancellation));
        Assert.Equal(100_000, Assert.Single(await store.TakeDueAsync(Start, Start.AddMinutes(1), 10, Cancellation)).Frame.Length);
        await store.RemoveAsync("large", Cancellation);
        Assert.Equal(0, await store.PurgeAsync(TimeProvider.System.GetUtcNow().AddHours(1), Cancellation));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("a.b")]
    public async Task Other_ids_are_refused(string id) =>
        await Assert.ThrowsAsync<ArgumentException>(async () => await (await StoreAsync("parked0")).AddAsync([new ParkedEntry(id, "q", default, 0, Start, 0, null)], Cancellation));
}

public sealed class SqliteParkTests : ParkContract, IDisposable
{
    private readonly ScratchFile _file = new();

    public void Dispose() => _file.Dispose();

    protected override Task<(IParkStore Store, IParkStore Again)> StoresAsync() =>
        Task.FromResult<(IParkStore, IParkStore)>((new SqliteParkStore(new SqliteFile(_file.Path)), new SqliteParkStore(new SqliteFile(_file.Path))));
}
