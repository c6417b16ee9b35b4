// Claim checks as files in a folder.
using System.Security.Cryptography;
using System.Text;
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Stores;

/// <summary>Raw data as files below a folder. A file gets its name when it is complete, so that half a file is never taken for a whole one.</summary>
public sealed class FileClaimCheckStore(string folder) : IClaimCheckStore
{
    /// <inheritdoc/>
    public async ValueTask<ClaimCheck> WriteAsync(string name, Stream data, CancellationToken cancellation)
    {
        // The name holds texts from outside (URLs, file names): only its hash becomes a file name.
        var address = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..40];
        var path = PathOf(address);
        var partial = path + ".partial";
        try
        {
            Directory.CreateDirectory(folder);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            long length = 0;
            await using (var file = new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                var buffer = new byte[128 * 1024];
                while (await data.ReadAsync(buffer, cancellation) is var read and > 0)
                {
                    hash.AppendData(buffer, 0, read);
                    await file.WriteAsync(buffer.AsMemory(0, read), cancellation);
                    length += read;
                }
            }

            File.Move(partial, path, overwrite: true);
            return new ClaimCheck(address, length, Convert.ToHexStringLower(hash.GetHashAndReset()));
        }
        catch (Exception error) when (error is ArgumentOutOfRangeException or (IOException and not (FileNotFoundException or EndOfStreamException)))
        {
            // The first one is how .NET tells that the file system does not let the file grow.
            File.Delete(partial);
            throw new TransientException($"The raw data cannot be stored in '{folder}': {error.Message}", inner: error);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask<Stream> OpenReadAsync(ClaimCheck claim, CancellationToken cancellation)
    {
        try
        {
            return ValueTask.FromResult<Stream>(new FileStream(PathOf(claim.Address), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0));
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InvalidRecordException($"The raw data '{claim.Address}' of the report is gone from '{folder}'.", error);
        }
    }

    /// <inheritdoc/>
    public ValueTask DeleteAsync(string address, CancellationToken cancellation)
    {
        if (Directory.Exists(folder))
        {
            File.Delete(PathOf(address));
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Deletes what was stored before a moment.</summary>
    public void DeleteOlder(DateTimeOffset moment)
    {
        foreach (var file in Directory.Exists(folder) ? new DirectoryInfo(folder).GetFiles() : [])
        {
            if (file.LastWriteTimeUtc < moment)
            {
                file.Delete();
            }
        }
    }

    /// <summary>Deletes what no message refers to any more: left behind by a crash between writing and queueing.</summary>
    public void DeleteOthers(IReadOnlySet<string> addresses)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        foreach (var path in Directory.EnumerateFiles(folder).Where(path => !addresses.Contains(Path.GetFileName(path))))
        {
            File.Delete(path);
        }
    }

    private string PathOf(string address) =>
        address.All(char.IsAsciiHexDigitLower) && address.Length == 40
            ? Path.Combine(folder, address)
            : throw new InvalidRecordException($"'{address}' is no address of a claim check.");
}
