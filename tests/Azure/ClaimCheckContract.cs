// What every claim-check store must do. The classes below say how each store is made.
using System.Security.Cryptography;
using IntelMq.Bots;
using IntelMq.DataFormat;
using IntelMq.Stores;

namespace IntelMq.Azure.Tests;

public abstract class ClaimCheckContract
{
    protected const int Block = 4 * 1024 * 1024;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>An empty store.</summary>
    protected abstract Task<IClaimCheckStore> StoreAsync();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Block - 1)]
    [InlineData(Block)]
    [InlineData(Block + 1)]
    [InlineData((3 * Block) + 17)]
    public async Task A_claim_check_holds_what_was_streamed(int length)
    {
        var store = await StoreAsync();
        var data = BlobStoreTests.Noise(length);
        var name = $"https://example.com/feed?a=../{length}\n";
        var claim = await store.WriteAsync(name, new Trickle(data), Cancellation);
        Assert.Equal(length, claim.Length);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(data)), claim.Sha256);
        Assert.Equal(claim, await store.WriteAsync(name, new MemoryStream(data), Cancellation));

        await using var stream = await store.OpenReadAsync(claim, Cancellation);
        Assert.Equal(length, stream.Length);
        var copy = new MemoryStream();
        await stream.CopyToAsync(copy, Cancellation);
        Assert.Equal(data, copy.ToArray());
        foreach (var offset in (int[])[length, length / 2, 0, length - 1, length / 3])
        {
            stream.Position = Math.Max(0, offset);
            var part = new byte[100];
            var read = await stream.ReadAtLeastAsync(part, part.Length, throwOnEndOfStream: false, Cancellation);
            Assert.Equal(data.AsSpan((int)Math.Max(0, offset), Math.Min(100, length - Math.Max(0, offset))), part.AsSpan(0, read));
        }
    }

    [Fact]
    public async Task A_claim_check_that_is_gone_is_a_bad_record()
    {
        var store = await StoreAsync();
        var absent = new ClaimCheck(new string('a', 40), 1, "");
        await store.DeleteAsync(absent.Address, Cancellation);
        await Assert.ThrowsAsync<InvalidRecordException>(async () => await store.OpenReadAsync(absent, Cancellation));
        var claim = await store.WriteAsync("a", new MemoryStream([1]), Cancellation);
        await store.DeleteAsync(claim.Address, Cancellation);
        await Assert.ThrowsAsync<InvalidRecordException>(async () => await store.OpenReadAsync(claim, Cancellation));
        await Assert.ThrowsAsync<InvalidRecordException>(async () => await store.OpenReadAsync(claim with { Address = "../other" }, Cancellation));
    }

    [Fact]
    public async Task A_source_that_breaks_off_leaves_the_old_claim_check_as_it_was()
    {
        var store = await StoreAsync();
        var claim = await store.WriteAsync("a", new MemoryStream([1, 2, 3]), Cancellation);
        await Assert.ThrowsAsync<InvalidDataException>(async () => await store.WriteAsync("a", new Trickle(BlobStoreTests.Noise(2 * Block)) { FailsAt = Block + 5 }, Cancellation));
        await using var stream = await store.OpenReadAsync(claim, Cancellation);
        Assert.Equal(3, stream.Length);
    }

    // Gives its data in pieces of odd sizes, as a network does.
    private sealed class Trickle(byte[] data) : MemoryStream(data)
    {
        public int FailsAt { get; init; } = int.MaxValue;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => Position >= FailsAt
            ? throw new InvalidDataException("The source broke off.")
            : base.ReadAsync(buffer[..Math.Min(buffer.Length, 70_001)], cancellationToken);
    }
}

public sealed class BlobClaimCheckTests(StorageEmulator emulator) : ClaimCheckContract
{
    protected override async Task<IClaimCheckStore> StoreAsync() => new BlobClaimCheckStore((await emulator.ClientsAsync()).Blobs, StorageEmulator.NewName("claims"));
}

public sealed class FileClaimCheckTests : ClaimCheckContract, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("intelmq-claims-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    protected override Task<IClaimCheckStore> StoreAsync() => Task.FromResult<IClaimCheckStore>(new FileClaimCheckStore(_folder));
}
