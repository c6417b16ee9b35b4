// Files in blob storage.
using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using IntelMq.Bots;

namespace IntelMq.Azure;

/// <summary>
/// Files as blobs, by paths <c>blob:container/name</c>. Appending is exact for any number of instances: the blob itself knows which batches it
/// holds. Containers that are written to are made on demand.
/// </summary>
public sealed class BlobFileStore(BlobServiceClient service) : IFileStore
{
    private readonly ExactAppend _append = new(service);

    /// <inheritdoc/>
    public async IAsyncEnumerable<FileEntry> ListAsync(string folder, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var path = BlobPath.ParseFolder(folder);
        var prefix = path.Name.Length == 0 || path.Name.EndsWith('/') ? path.Name : path.Name + "/";
        var options = new GetBlobsByHierarchyOptions { Delimiter = "/", Prefix = prefix };
        var items = service.GetBlobContainerClient(path.Container).GetBlobsByHierarchyAsync(options, cancellation);
        await using var each = StorageFailure.GuardEachAsync($"The folder '{folder}' cannot be read", items, cancellation).GetAsyncEnumerator(cancellation);
        while (await HasNextAsync(each, folder, path))
        {
            if (each.Current is { IsBlob: true, Blob: var blob })
            {
                yield return new FileEntry(blob.Name[prefix.Length..], new BlobPath(path.Container, blob.Name).ToString(), blob.Properties.ContentLength ?? 0, blob.Properties.LastModified ?? default);
            }
        }
    }

    /// <inheritdoc/>
    /// <remarks>A blob has a lock where somebody holds a lease on it.</remarks>
    public async ValueTask<Stream?> OpenReadAsync(string path, bool exclusive, CancellationToken cancellation)
    {
        try
        {
            return await BlobReadStream.OpenAsync($"The file '{path}' cannot be read", Blob(path), exclusive, cancellation);
        }
        catch (RequestFailedException error) when (error.Status == 404)
        {
            throw new FileNotFoundException($"There is no file '{path}'.", path, error);
        }
    }

    /// <inheritdoc/>
    /// <remarks>A blob takes 50,000 appends. After that the file goes on in a blob with <c>.1</c> at the end of its name, then <c>.2</c>.</remarks>
    public ValueTask AppendAsync(string path, string batchId, ReadOnlyMemory<byte> data, CancellationToken cancellation) =>
        _append.AppendAsync(BlobPath.Parse(path), batchId, data, cancellation);

    /// <inheritdoc/>
    public async ValueTask ReplaceAsync(string path, ReadOnlyMemory<byte> data, CancellationToken cancellation)
    {
        var blob = BlobPath.Parse(path);
        var container = service.GetBlobContainerClient(blob.Container);
        await StorageFailure.GuardAsync(
            $"The file '{path}' cannot be written",
            () => container.GetBlockBlobClient(blob.Name).UploadAsync(BinaryData.FromBytes(data).ToStream(), new BlobUploadOptions { TransferOptions = OneRequest(data.Length) }, cancellation),
            () => container.CreateIfNotExistsAsync(cancellationToken: cancellation),
            cancellation);
        _append.Forget(blob);
    }

    /// <inheritdoc/>
    public async ValueTask DeleteAsync(string path, CancellationToken cancellation)
    {
        await StorageFailure.GuardAsync($"The file '{path}' cannot be deleted", () => Blob(path).DeleteIfExistsAsync(cancellationToken: cancellation), null, cancellation);
        _append.Forget(BlobPath.Parse(path));
    }

    // Blocks of another append may lie there: a blob takes only ids of one length, one request needs none.
    private static global::Azure.Storage.StorageTransferOptions OneRequest(int length) => new() { InitialTransferSize = Math.Max(1, length) };

    private static async ValueTask<bool> HasNextAsync(IAsyncEnumerator<BlobHierarchyItem> each, string folder, BlobPath path)
    {
        try
        {
            return await each.MoveNextAsync();
        }
        catch (RequestFailedException error) when (error.Status == 404)
        {
            throw new BotConfigurationException($"The folder '{folder}' does not exist: the storage account has no container '{path.Container}'. Create it, or correct the path.");
        }
    }

    private BlobClient Blob(string path)
    {
        var blob = BlobPath.Parse(path);
        return service.GetBlobContainerClient(blob.Container).GetBlobClient(blob.Name);
    }
}
