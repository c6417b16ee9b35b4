// Archives: zip, tar (plain, gzip, bzip2, xz) and single gzip files.
using System.Formats.Tar;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using IntelMq.Bots;
using SharpCompress.Compressors.BZip2;
using SharpCompress.Compressors.Xz;

namespace IntelMq.Collectors;

/// <summary>
/// The files in an archive, as streams. What comes out is limited in number, size and ratio: an archive that was made to fill a disk ends in a sentence.
/// </summary>
internal static class Archive
{
    /// <summary>The wanted files (all where no name is given), in the order of the archive. A gzip file that is no tar has no name.</summary>
    /// <exception cref="InvalidRecordException">The data is no archive, or breaks a limit.</exception>
    public static async IAsyncEnumerable<(string? Name, Func<CancellationToken, ValueTask<Stream?>> Open)> FilesOfAsync(
        Stream archive, IReadOnlyList<string> wanted, string origin, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var limit = new UnpackLimit(archive.Length, origin);
        if (Download.IsZip(archive))
        {
            using var zip = new ZipArchive(archive, ZipArchiveMode.Read, leaveOpen: true);
            foreach (var entry in zip.Entries.Where(entry => entry.Name.Length > 0))
            {
                limit.AddFile();
                if (IsWanted(entry.FullName, wanted))
                {
                    yield return (entry.FullName, _ => ValueTask.FromResult<Stream?>(new LimitedStream(Open(entry, limit), limit)));
                }
            }

            yield break;
        }

        await using var unpacked = new LimitedStream(Decompressed(archive, limit, out var isPlain), limit);
        await using var seekable = isPlain ? archive : await ToFileAsync(unpacked, cancellation);
        if (!IsTar(seekable))
        {
            if (isPlain)
            {
                throw new InvalidRecordException($"What '{origin}' gives is no archive (zip, tar, gzip, bzip2, xz). Set extract_files to false if it is not meant to be one.");
            }

            yield return (null, _ => ValueTask.FromResult<Stream?>(seekable));
            yield break;
        }

        // A tar archive is as long as its files: what a compressed one unpacks to was counted above.
        await using var tar = new TarReader(seekable, leaveOpen: true);
        while (await NextAsync(tar, limit, cancellation) is { } entry)
        {
            limit.AddFile();
            if (entry is { DataStream: { } data, EntryType: TarEntryType.RegularFile or TarEntryType.V7RegularFile } && IsWanted(entry.Name, wanted))
            {
                yield return (entry.Name, _ => ValueTask.FromResult<Stream?>(new LimitedStream(data, limit, isCounted: false)));
            }
        }
    }

    private static Stream Open(ZipArchiveEntry entry, UnpackLimit limit)
    {
        try
        {
            return entry.Open();
        }
        catch (InvalidDataException error)
        {
            throw limit.Damaged(error);
        }
    }

    private static async ValueTask<TarEntry?> NextAsync(TarReader tar, UnpackLimit limit, CancellationToken cancellation)
    {
        try
        {
            return await tar.GetNextEntryAsync(copyData: false, cancellation);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            throw limit.Damaged(error);
        }
    }

    private static bool IsWanted(string name, IReadOnlyList<string> wanted) => wanted.Count == 0 || wanted.Contains(name, StringComparer.Ordinal);

    private static Stream Decompressed(Stream archive, UnpackLimit limit, out bool isPlain)
    {
        Span<byte> magic = stackalloc byte[6];
        archive.Position = 0;
        var read = archive.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false);
        archive.Position = 0;
        isPlain = read < 6 || magic is not ([0x1f, 0x8b, ..] or [(byte)'B', (byte)'Z', (byte)'h', ..] or [0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0]);
        if (isPlain)
        {
            return archive;
        }

        try
        {
            return magic[0] switch
            {
                0x1f => new GZipStream(archive, CompressionMode.Decompress, leaveOpen: true),
                (byte)'B' => BZip2Stream.Create(archive, SharpCompress.Compressors.CompressionMode.Decompress, decompressConcatenated: true, leaveOpen: true),
                _ => new XZStream(archive),
            };
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            throw limit.Damaged(error);
        }
    }

    private static async Task<Stream> ToFileAsync(Stream data, CancellationToken cancellation)
    {
        var file = new FileStream(Path.GetTempFileName(), FileMode.Create, FileAccess.ReadWrite, FileShare.None, 64 * 1024, FileOptions.DeleteOnClose);
        try
        {
            await data.CopyToAsync(file, cancellation);
            file.Position = 0;
            return file;
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    private static bool IsTar(Stream file)
    {
        Span<byte> header = stackalloc byte[512];
        file.Position = 0;
        var read = file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        file.Position = 0;
        return read == header.Length && header.Slice(257, 5).SequenceEqual("ustar"u8);
    }
}
