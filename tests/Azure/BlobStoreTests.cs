// Files in blob storage, and what is special about claim checks there.
using System.Text;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Azure.Tests;

public sealed class BlobStoreTests(StorageEmulator emulator)
{
    private const int Block = 4 * 1024 * 1024;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    internal static byte[] Noise(int length, int seed = 1)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    [Fact]
    public async Task Purging_deletes_what_is_older()
    {
        var store = new BlobClaimCheckStore((await emulator.ClientsAsync()).Blobs, StorageEmulator.NewName("claims"));
        Assert.Equal(0, await store.PurgeAsync(DateTimeOffset.MaxValue, Cancellation));
        var claim = await store.WriteAsync("a", new MemoryStream([1]), Cancellation);
        await store.WriteAsync("b", new MemoryStream([1]), Cancellation);
        Assert.Equal(0, await store.PurgeAsync(TimeProvider.System.GetUtcNow().AddHours(-1), Cancellation));
        await (await store.OpenReadAsync(claim, Cancellation)).DisposeAsync();
        Assert.Equal(2, await store.PurgeAsync(TimeProvider.System.GetUtcNow().AddHours(1), Cancellation));
    }

    [Fact]
    public async Task Reading_a_blob_that_is_replaced_meanwhile_is_tried_again_later()
    {
        var store = new BlobClaimCheckStore((await emulator.ClientsAsync()).Blobs, StorageEmulator.NewName("claims"));
        var claim = await store.WriteAsync("a", new MemoryStream(Noise(Block + 1)), Cancellation);
        await using var stream = await store.OpenReadAsync(claim, Cancellation);
        await store.WriteAsync("a", new MemoryStream(Noise(Block + 1, seed: 2)), Cancellation);
        stream.Position = Block;
        await Assert.ThrowsAsync<TransientException>(async () => await stream.ReadExactlyAsync(new byte[1], Cancellation));
    }

    [Fact]
    public async Task Files_are_listed_without_those_of_sub_folders()
    {
        var (store, container) = (new BlobFileStore((await emulator.ClientsAsync()).Blobs), StorageEmulator.NewName("files"));
        foreach (var name in (string[])["in/b.csv", "in/a.csv", "in/sub/c.csv", "index.csv", "in/ü #?%.csv"])
        {
            await store.ReplaceAsync($"blob:{container}/{name}", Encoding.UTF8.GetBytes(name), Cancellation);
        }

        async Task<string[]> NamesAsync(string folder) => (await store.ListAsync(folder, Cancellation).ToArrayAsync(Cancellation)).Select(file => file.Name).ToArray();

        Assert.Equal(["a.csv", "b.csv", "ü #?%.csv"], await NamesAsync($"blob:{container}/in"));
        Assert.Equal(["a.csv", "b.csv", "ü #?%.csv"], await NamesAsync($"blob:{container}/in/"));
        Assert.Equal(["index.csv"], await NamesAsync($"blob:{container}"));
        Assert.Equal(["index.csv"], await NamesAsync($"blob:{container}/"));
        Assert.Empty(await NamesAsync($"blob:{container}/nothing"));
        var error = await Assert.ThrowsAsync<BotConfigurationException>(() => NamesAsync("blob:nothing-there/in"));
        Assert.Contains("no container 'nothing-there'", error.Message, StringComparison.Ordinal);

        var file = (await store.ListAsync($"blob:{container}/in", Cancellation).ToArrayAsync(Cancellation))[2];
        Assert.Equal("in/ü #?%.csv", await TextAsync(store, file.Path));
        Assert.Equal(Encoding.UTF8.GetByteCount("in/ü #?%.csv"), file.Length);
        await store.DeleteAsync(file.Path, Cancellation);
        await store.DeleteAsync(file.Path, Cancellation);
        await Assert.ThrowsAsync<FileNotFoundException>(async () => await store.OpenReadAsync(file.Path, false, Cancellation));
    }

    [Fact]
    public async Task A_leased_blob_is_locked()
    {
        var blobs = (await emulator.ClientsAsync()).Blobs;
        var (store, container) = (new BlobFileStore(blobs), StorageEmulator.NewName("files"));
        var path = $"blob:{container}/a.csv";
        await store.ReplaceAsync(path, new byte[] { 1 }, Cancellation);
        await blobs.GetBlobContainerClient(container).GetBlobClient("a.csv").GetBlobLeaseClient().AcquireAsync(TimeSpan.FromSeconds(60), cancellationToken: Cancellation);
        Assert.Null(await store.OpenReadAsync(path, exclusive: true, Cancellation));
        await using var stream = await store.OpenReadAsync(path, exclusive: false, Cancellation);
        Assert.NotNull(stream);
    }

    [Fact]
    public async Task A_batch_is_appended_once_by_whomever()
    {
        var blobs = (await emulator.ClientsAsync()).Blobs;
        var path = $"blob:{StorageEmulator.NewName("files")}/deep/events.jsonl";
        BlobFileStore[] stores = [new(blobs), new(blobs), new(blobs)];
        await stores[0].AppendAsync(path, "empty", default, Cancellation);
        var lines = Enumerable.Range(0, 24).ToArray();

        // Each batch is tried by two at the same time, and later again by the third.
        var appends = lines.SelectMany(line => (int[])[0, 1], (line, other) => (Line: line, Store: (line + other) % 2));
        await Parallel.ForEachAsync(appends, new ParallelOptions { MaxDegreeOfParallelism = 6, CancellationToken = Cancellation }, async (append, token) =>
            await stores[append.Store].AppendAsync(path, $"batch {append.Line}", Encoding.UTF8.GetBytes($"{append.Line}\n"), token));

        async Task<IEnumerable<int>> WrittenAsync() =>
            (await TextAsync(stores[0], path)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => int.Parse(line, System.Globalization.CultureInfo.InvariantCulture)).Order();

        Assert.Equal(lines, await WrittenAsync());
        foreach (var line in lines)
        {
            await stores[2].AppendAsync(path, $"batch {line}", Encoding.UTF8.GetBytes($"{line}\n"), Cancellation);
        }

        Assert.Equal(lines, await WrittenAsync());
    }

    [Fact]
    public async Task A_full_blob_is_followed_by_the_next_one()
    {
        var blobs = (await emulator.ClientsAsync()).Blobs;
        var (store, container) = (new BlobFileStore(blobs), StorageEmulator.NewName("files"));
        ExactAppend New() => new(blobs) { BlocksPerBlob = 3 };
        var append = New();
        var path = BlobPath.Parse($"blob:{container}/events.jsonl");
        for (var i = 0; i < 8; i++)
        {
            await append.AppendAsync(path, $"batch {i}", Encoding.UTF8.GetBytes($"{i}"), Cancellation);

            // The batch came just before a crash; with what was known and without.
            await append.AppendAsync(path, $"batch {i}", Encoding.UTF8.GetBytes($"{i}"), Cancellation);
            await New().AppendAsync(path, $"batch {i}", Encoding.UTF8.GetBytes($"{i}"), Cancellation);
            if (i > 0)
            {
                await New().AppendAsync(path, $"batch {i - 1}", Encoding.UTF8.GetBytes($"{i - 1}"), Cancellation);
            }
        }

        Assert.Equal("012", await TextAsync(store, path.ToString()));
        Assert.Equal("345", await TextAsync(store, path + ".1"));
        Assert.Equal("67", await TextAsync(store, path + ".2"));
    }

    [Fact]
    public async Task What_others_have_put_there_stays()
    {
        var blobs = (await emulator.ClientsAsync()).Blobs;
        var (store, container) = (new BlobFileStore(blobs), StorageEmulator.NewName("files"));
        await store.ReplaceAsync($"blob:{container}/uploaded", "old"u8.ToArray(), Cancellation);
        var client = blobs.GetBlobContainerClient(container);
        await client.GetAppendBlobClient("appended").CreateAsync(new AppendBlobCreateOptions(), Cancellation);
        var staged = client.GetBlockBlobClient("staged");
        await staged.StageBlockAsync(Convert.ToBase64String("a"u8), new MemoryStream("old"u8.ToArray()), cancellationToken: Cancellation);
        await staged.CommitBlockListAsync([Convert.ToBase64String("a"u8)], cancellationToken: Cancellation);
        foreach (var name in (string[])["uploaded", "appended", "staged"])
        {
            await store.AppendAsync($"blob:{container}/{name}", "batch", "new"u8.ToArray(), Cancellation);
            await store.AppendAsync($"blob:{container}/{name}", "batch", "new"u8.ToArray(), Cancellation);
            Assert.Equal(name == "appended" ? "" : "old", await TextAsync(store, $"blob:{container}/{name}"));
            Assert.Equal("new", await TextAsync(store, $"blob:{container}/{name}.1"));
        }
    }

    [Fact]
    public async Task A_file_that_was_appended_to_can_be_replaced_and_deleted_and_appended_to_again()
    {
        var (store, container) = (new BlobFileStore((await emulator.ClientsAsync()).Blobs), StorageEmulator.NewName("files"));
        var path = $"blob:{container}/a";
        await store.AppendAsync(path, "1", "one"u8.ToArray(), Cancellation);
        await store.ReplaceAsync(path, Noise(Block + 1), Cancellation);
        await store.DeleteAsync(path, Cancellation);
        await store.AppendAsync(path, "2", "two"u8.ToArray(), Cancellation);
        Assert.Equal("two", await TextAsync(store, path));

        // Deleted by somebody else, behind the store's back.
        await (await emulator.ClientsAsync()).Blobs.GetBlobContainerClient(container).DeleteBlobAsync("a", cancellationToken: Cancellation);
        await store.AppendAsync(path, "3", "three"u8.ToArray(), Cancellation);
        Assert.Equal("three", await TextAsync(store, path));
    }

    private static async Task<string> TextAsync(BlobFileStore store, string path)
    {
        await using var stream = await store.OpenReadAsync(path, exclusive: false, Cancellation);
        using var reader = new StreamReader(stream!);
        return await reader.ReadToEndAsync(Cancellation);
    }
}
