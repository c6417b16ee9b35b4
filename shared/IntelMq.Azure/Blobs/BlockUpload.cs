// Writes a blob of any size with the memory of one block.
using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace IntelMq.Azure;

/// <summary>
/// Streams data into a block blob. Readers see the old blob or the new one, never a part; what an interrupted upload has staged is
/// forgotten by the service.
/// </summary>
internal static class BlockUpload
{
    /// <summary>The data of one request.</summary>
    public const int BlockSize = 4 * 1024 * 1024;

    /// <summary>Writes a blob and gives its length and SHA-256. What reading <paramref name="data"/> throws is passed on as it is.</summary>
    public static async ValueTask<(long Length, string Sha256)> WriteAsync(
        string what, BlobContainerClient container, string name, Stream data, Dictionary<string, string>? metadata, CancellationToken cancellation)
    {
        var blob = container.GetBlockBlobClient(name);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BlockSize);
        try
        {
            // Two attempts at the same name must not mix their blocks: the ids are of this attempt alone.
            var attempt = RandomNumberGenerator.GetBytes(12);
            var blocks = new List<string>();
            long length = 0;
            var read = await data.ReadAtLeastAsync(buffer.AsMemory(0, BlockSize), BlockSize, throwOnEndOfStream: false, cancellation);
            while (true)
            {
                var block = read;
                hash.AppendData(buffer, 0, block);
                length += block;
                if (block < BlockSize && blocks.Count == 0)
                {
                    var options = new BlobUploadOptions { Metadata = metadata };
                    await GuardAsync(what, container, () => blob.UploadAsync(new MemoryStream(buffer, 0, block, writable: false), options, cancellation), cancellation);
                    return (length, Convert.ToHexStringLower(hash.GetHashAndReset()));
                }

                if (block > 0)
                {
                    blocks.Add(IdOf(attempt, blocks.Count));
                    await GuardAsync(what, container, () => blob.StageBlockAsync(blocks[^1], new MemoryStream(buffer, 0, block, writable: false), cancellationToken: cancellation), cancellation);
                }

                if (block < BlockSize)
                {
                    await GuardAsync(what, container, () => blob.CommitBlockListAsync(blocks, new CommitBlockListOptions { Metadata = metadata }, cancellation), cancellation);
                    return (length, Convert.ToHexStringLower(hash.GetHashAndReset()));
                }

                read = await data.ReadAtLeastAsync(buffer.AsMemory(0, BlockSize), BlockSize, throwOnEndOfStream: false, cancellation);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static ValueTask<Response<T>> GuardAsync<T>(string what, BlobContainerClient container, Func<Task<Response<T>>> call, CancellationToken cancellation) =>
        StorageFailure.GuardAsync(what, call, () => container.CreateIfNotExistsAsync(cancellationToken: cancellation), cancellation);

    private static string IdOf(byte[] attempt, int index)
    {
        Span<byte> id = stackalloc byte[16];
        attempt.CopyTo(id);
        BinaryPrimitives.WriteInt32BigEndian(id[12..], index);
        return Convert.ToBase64String(id);
    }
}
