// What every dead-letter store must do. The classes below say how each store is made.
using IntelMq.Runtime;
using IntelMq.Stores;

namespace IntelMq.Azure.Tests;

public abstract class DeadLetterContract
{
    private static readonly DateTimeOffset s_start = DateTimeOffset.UnixEpoch.AddYears(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>An empty store.</summary>
    protected abstract Task<IDeadLetterStore> StoreAsync();

    private static DeadLetter Letter(string id, int minutes = 0, string bot = "bot", string message = "{}") =>
        new(Guid.Parse(id.PadRight(32, '0')), bot, "queue", s_start.AddMinutes(minutes).AddMilliseconds(3), "An error.", null, "v1", message);

    private static async Task<IReadOnlyList<DeadLetter>> AllAsync(IAsyncEnumerable<DeadLetter> letters) => await letters.ToListAsync(Cancellation);

    [Fact]
    public async Task An_empty_store_has_nothing()
    {
        var store = await StoreAsync();
        Assert.Empty(await AllAsync(store.ListAsync(null, Cancellation)));
        Assert.Empty(await AllAsync(store.FindAsync("", Cancellation)));
        Assert.Equal(0, await store.CountAsync(Cancellation));
        await store.DeleteAsync(Guid.Empty, Cancellation);
        await store.AddAsync([], Cancellation);
    }

    [Fact]
    public async Task Letters_come_back_as_they_were_oldest_first()
    {
        var store = await StoreAsync();
        DeadLetter[] letters =
        [
            Letter("c", 1) with { Stack = "   at A\r\n   at B", Queue = "" },
            Letter("b", 2, "böt/#?", "no JSON at all \0 \u0001 \" \\ < é 😀"),
            Letter("a", 3, message: new string('m', 9_000_000)),
        ];
        await store.AddAsync([letters[2], letters[0]], Cancellation);
        await store.AddAsync([letters[1]], Cancellation);
        Assert.Equal(letters, await AllAsync(store.ListAsync(null, Cancellation)));
        Assert.Equal([letters[1]], await AllAsync(store.ListAsync("böt/#?", Cancellation)));
        Assert.Empty(await AllAsync(store.ListAsync("bo", Cancellation)));
        Assert.Equal(3, await store.CountAsync(Cancellation));
    }

    [Fact]
    public async Task The_same_failure_seen_twice_is_one_letter()
    {
        var store = await StoreAsync();
        await store.AddAsync([Letter("a", 1), Letter("b", 2), Letter("a", 3)], Cancellation);
        await store.AddAsync([Letter("b", 0)], Cancellation);
        Assert.Equal([Letter("b", 0), Letter("a", 3)], await AllAsync(store.ListAsync(null, Cancellation)));
        Assert.Equal(2, await store.CountAsync(Cancellation));
    }

    [Fact]
    public async Task Letters_are_found_by_the_beginning_of_their_id_and_deleted()
    {
        var store = await StoreAsync();
        await store.AddAsync([Letter("abc1", 2), Letter("abc2", 1), Letter("abd0")], Cancellation);
        Assert.Equal([Letter("abc2", 1), Letter("abc1", 2)], await AllAsync(store.FindAsync("abc", Cancellation)));
        Assert.Equal([Letter("abc1", 2)], await AllAsync(store.FindAsync(Letter("abc1").Id.ToString(), Cancellation)));
        Assert.Equal(3, (await AllAsync(store.FindAsync("A", Cancellation))).Count);
        Assert.Empty(await AllAsync(store.FindAsync("x/../%", Cancellation)));
        await store.DeleteAsync(Letter("abc1").Id, Cancellation);
        await store.DeleteAsync(Letter("abc1").Id, Cancellation);
        Assert.Equal([Letter("abc2", 1)], await AllAsync(store.FindAsync("abc", Cancellation)));
        Assert.Equal(2, await store.CountAsync(Cancellation));
    }

    [Fact]
    public async Task Letters_may_be_deleted_while_they_are_listed()
    {
        var store = await StoreAsync();
        await store.AddAsync(Enumerable.Range(0, 20).Select(i => Letter($"{i:d2}", i)).ToList(), Cancellation);
        var seen = 0;
        await foreach (var letter in store.ListAsync(null, Cancellation))
        {
            seen++;
            await store.DeleteAsync(letter.Id, Cancellation);
            if (seen == 1)
            {
                await store.DeleteAsync(Letter("01", 1).Id, Cancellation);
            }
        }

        Assert.InRange(seen, 19, 20);
        Assert.Equal(0, await store.CountAsync(Cancellation));
    }
}

public sealed class BlobDeadLetterTests(StorageEmulator emulator) : DeadLetterContract
{
    protected override async Task<IDeadLetterStore> StoreAsync() => new BlobDeadLetterStore((await emulator.ClientsAsync()).Blobs, StorageEmulator.NewName("letters"));
}

public sealed class SqliteDeadLetterTests : DeadLetterContract, IDisposable
{
    private readonly ScratchFile _file = new();

    public void Dispose() => _file.Dispose();

    protected override Task<IDeadLetterStore> StoreAsync() => Task.FromResult<IDeadLetterStore>(new SqliteDeadLetterStore(new SqliteFile(_file.Path)));
}
