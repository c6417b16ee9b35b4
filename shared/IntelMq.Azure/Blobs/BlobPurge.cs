// Removes old blobs.
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace IntelMq.Azure;

/// <summary>Deletes the blobs of a container that were last written before a time. One that is written again meanwhile stays.</summary>
internal static class BlobPurge
{
    public static async ValueTask<long> RunAsync(
        string what, BlobContainerClient container, DateTimeOffset olderThan, Func<string, ValueTask<bool>> mayGo, CancellationToken cancellation)
    {
        long deleted = 0;
        try
        {
            await foreach (var blob in StorageFailure.GuardEachAsync(what, container.GetBlobsAsync(cancellationToken: cancellation), cancellation))
            {
                if (blob.Properties.LastModified < olderThan && await mayGo(blob.Name) && await DeleteAsync(what, container, blob, cancellation))
                {
                    deleted++;
                }
            }
        }
        catch (RequestFailedException error) when (StorageFailure.IsHomeless(error))
        {
            // No container, nothing to delete.
        }

        return deleted;
    }

    private static async ValueTask<bool> DeleteAsync(string what, BlobContainerClient container, BlobItem blob, CancellationToken cancellation)
    {
        var unchanged = new BlobRequestConditions { IfMatch = blob.Properties.ETag };
        try
        {
            return await StorageFailure.GuardAsync(what, () => container.GetBlobClient(blob.Name).DeleteIfExistsAsync(conditions: unchanged, cancellationToken: cancellation), null, cancellation);
        }
        catch (RequestFailedException error) when (error.Status is 404 or 409 or 412)
        {
            return false;
        }
    }
}
