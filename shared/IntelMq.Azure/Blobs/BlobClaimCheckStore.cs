// Claim checks as blobs.
using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Azure;

/// <summary>Raw data as blobs of a container, which is made on demand.</summary>
/// <param name="service">The blob service.</param>
/// <param name="container">The container: lower-case letters, digits and hyphens, 3 to 63.</param>
public sealed class BlobClaimCheckStore(BlobServiceClient service, string container) : IClaimCheckStore
{
    private const int AddressLength = 40;

    private readonly BlobContainerClient _container = service.GetBlobContainerClient(container);

    /// <inheritdoc/>
    public async ValueTask<ClaimCheck> WriteAsync(string name, Stream data, CancellationToken cancellation)
    {
        // The name holds texts from outside (URLs, file names): only its hash becomes the name of a blob.
        var address = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..AddressLength];
        try
        {
            var (length, sha256) = await BlockUpload.WriteAsync("The raw data cannot be stored", _container, address, data, null, cancellation);
            return new ClaimCheck(address, length, sha256);
        }
        catch (RequestFailedException error) when (error.ErrorCode == BlobErrorCode.InvalidBlockList)
        {
            // Committing the one forgets what the other has staged.
            throw new TransientException("The raw data cannot be stored: another run stores the same source at this moment.", inner: error);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<Stream> OpenReadAsync(ClaimCheck claim, CancellationToken cancellation)
    {
        try
        {
            return (await BlobReadStream.OpenAsync($"The raw data '{claim.Address}' cannot be read", BlobOf(claim.Address), exclusive: false, cancellation))!;
        }
        catch (RequestFailedException error) when (error.Status == 404)
        {
            throw new InvalidRecordException($"The raw data '{claim.Address}' of the report is gone from the container '{container}'.", error);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DeleteAsync(string address, CancellationToken cancellation) =>
        await StorageFailure.GuardAsync("Raw data cannot be deleted", () => BlobOf(address).DeleteIfExistsAsync(cancellationToken: cancellation), null, cancellation);

    /// <summary>
    /// Deletes what was written before a time, and gives the number. That time must be longer ago than anything waits that may refer to the data:
    /// messages in queues, parked frames and dead letters.
    /// </summary>
    public ValueTask<long> PurgeAsync(DateTimeOffset olderThan, CancellationToken cancellation) =>
        BlobPurge.RunAsync("Old raw data cannot be deleted", _container, olderThan, _ => ValueTask.FromResult(true), cancellation);

    private BlobClient BlobOf(string address) =>
        address.Length == AddressLength && address.All(char.IsAsciiHexDigitLower)
            ? _container.GetBlobClient(address)
            : throw new InvalidRecordException($"'{address}' is no address of a claim check.");
}
