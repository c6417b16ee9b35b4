// Appends to blobs, each batch once.
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using IntelMq.Bots;

namespace IntelMq.Azure;

/// <summary>
/// A batch is a block whose id is the hash of the batch's id. The list of blocks is committed only where nobody has changed the blob since it was
/// looked at, so a batch that is in the list is never written again, whoever tries.
/// </summary>
internal sealed class ExactAppend(BlobServiceClient service)
{
    // The service's own limit.
    private const int MostBlocks = 50_000;
    private const int MostTries = 30;
    private const int MostKnown = 32;
    private const int IdBytes = 16;

    private readonly ConcurrentDictionary<BlobPath, Tail> _known = [];

    /// <summary>How many blocks a blob takes. Less than the service's limit in tests.</summary>
    internal int BlocksPerBlob { get; init; } = MostBlocks;

    public async ValueTask AppendAsync(BlobPath path, string batchId, ReadOnlyMemory<byte> data, CancellationToken cancellation)
    {
        if (data.Length == 0)
        {
            return;
        }

        var what = $"The file '{path}' cannot be written";
        var id = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(batchId)).AsSpan(0, IdBytes));
        for (var tries = 0; tries < MostTries; tries++)
        {
            var tail = _known.TryGetValue(path, out var known) ? known : await LookAsync(what, path, cancellation);
            if (tail.Blocks.Contains(id) || tail.Earlier.Contains(id))
            {
                Remember(path, tail);
                return;
            }

            if (tail.IsFull(BlocksPerBlob))
            {
                tail = tail.Next();
            }

            if (await CommitAsync(what, path, tail, id, data, cancellation) is { } longer)
            {
                Remember(path, longer);
                return;
            }

            // Somebody else was faster, or our own answer was lost: look again what is there.
            _known.TryRemove(path, out _);
        }

        throw new TransientException($"{what}: too many others append to it at the same time.");
    }

    /// <summary>The blob is another one now.</summary>
    public void Forget(BlobPath path) => _known.TryRemove(path, out _);

    private async ValueTask<Tail?> CommitAsync(string what, BlobPath path, Tail tail, string id, ReadOnlyMemory<byte> data, CancellationToken cancellation)
    {
        var container = service.GetBlobContainerClient(path.Container);
        var blob = container.GetBlockBlobClient(tail.NameOf(path));
        var conditions = tail.Version is { } version ? new BlobRequestConditions { IfMatch = version } : new BlobRequestConditions { IfNoneMatch = ETag.All };
        List<string> blocks = [.. tail.Blocks, id];
        try
        {
            await StorageFailure.GuardAsync(
                what,
                () => blob.StageBlockAsync(id, BinaryData.FromBytes(data).ToStream(), cancellationToken: cancellation),
                () => container.CreateIfNotExistsAsync(cancellationToken: cancellation),
                cancellation);
            var answer = await StorageFailure.GuardAsync(
                what, () => blob.CommitBlockListAsync(blocks, new CommitBlockListOptions { Conditions = conditions }, cancellation), null, cancellation);
            return tail with { Blocks = blocks, Version = answer.Value.ETag };
        }
        catch (RequestFailedException error) when (error.Status is 404 or 409 or 412 || error.ErrorCode == BlobErrorCode.InvalidBlockList)
        {
            return null;
        }
    }

    // The last blob of the file, and the blocks of the one before: a batch may have come just before the change of blobs.
    private async ValueTask<Tail> LookAsync(string what, BlobPath path, CancellationToken cancellation)
    {
        var container = service.GetBlobContainerClient(path.Container);
        var tail = new Tail(0, [], null, [], false);
        while (await StorageFailure.GuardAsync(what, () => container.GetBlobClient(tail.Next().NameOf(path)).ExistsAsync(cancellation), null, cancellation) is { Value: true })
        {
            tail = tail.Next();
        }

        var last = await ReadAsync(what, path, tail, cancellation);
        return tail.Number == 0 ? last : last with { Earlier = (await ReadAsync(what, path, tail with { Number = tail.Number - 1 }, cancellation)).Blocks };
    }

    private async ValueTask<Tail> ReadAsync(string what, BlobPath path, Tail tail, CancellationToken cancellation)
    {
        var blob = service.GetBlobContainerClient(path.Container).GetBlockBlobClient(tail.NameOf(path));
        try
        {
            var list = await StorageFailure.GuardAsync(what, () => blob.GetBlockListAsync(BlockListTypes.Committed, cancellationToken: cancellation), null, cancellation);
            var blocks = list.Value.CommittedBlocks.Select(block => block.Name).ToList();

            // A blob that was made in another way has no blocks, or blocks that ours do not fit to: it stays as it is and the file goes on behind it.
            var isForeign = blocks.Count == 0 ? list.Value.BlobContentLength > 0 : blocks[0].Length != Convert.ToBase64String(new byte[IdBytes]).Length;
            if (blocks.Count == 0 && !isForeign)
            {
                // Either an empty blob, or none: blocks that were staged and never committed have a list and no version. One that is no
                // longer empty was committed between the two questions.
                var properties = await StorageFailure.GuardAsync(what, () => blob.GetPropertiesAsync(cancellationToken: cancellation), null, cancellation);
                return properties.Value.ContentLength == 0 ? tail with { Version = properties.Value.ETag } : await ReadAsync(what, path, tail, cancellation);
            }

            return tail with { Blocks = blocks, Version = list.Value.ETag, IsForeign = isForeign };
        }
        catch (RequestFailedException error) when (error.Status == 404)
        {
            return tail;
        }
        catch (RequestFailedException error) when (error.ErrorCode == BlobErrorCode.InvalidBlobType)
        {
            return tail with { IsForeign = true };
        }
    }

    private void Remember(BlobPath path, Tail tail)
    {
        // The lists are long and a file name may hold values of events.
        if (_known.Count >= MostKnown)
        {
            _known.Clear();
        }

        _known[path] = tail;
    }

    /// <summary>The blob at the end of a file, as it was when it was last looked at.</summary>
    /// <param name="Number">0 for the blob with the file's name, then the number behind it.</param>
    /// <param name="Blocks">The ids of its blocks.</param>
    /// <param name="Version">Its version; null where there is none yet.</param>
    /// <param name="Earlier">The ids of the blocks of the blob before.</param>
    /// <param name="IsForeign">Whether it was made by somebody else and takes no blocks of ours.</param>
    private sealed record Tail(int Number, IReadOnlyList<string> Blocks, ETag? Version, IReadOnlyList<string> Earlier, bool IsForeign)
    {
        public bool IsFull(int most) => IsForeign || Blocks.Count >= most;

        public Tail Next() => new(Number + 1, [], null, Blocks, false);

        public string NameOf(BlobPath path) => Number == 0 ? path.Name : string.Create(CultureInfo.InvariantCulture, $"{path.Name}.{Number}");
    }
}
