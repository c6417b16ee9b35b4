// Limits for what comes out of archives.
using IntelMq.Bots;

namespace IntelMq.Collectors;

/// <summary>Counts what comes out of an archive and refuses what no honest feed does.</summary>
internal sealed class UnpackLimit(long packedLength, string origin)
{
    /// <summary>More bytes than this are never taken from one source.</summary>
    public const long MostBytes = 8L * 1024 * 1024 * 1024;

    private const int MostFiles = 10_000;
    private const long AlwaysAllowed = 16 * 1024 * 1024;
    private const int HighestRatio = 200;

    private long _unpacked;
    private int _files;

    /// <summary>One more file came out.</summary>
    /// <exception cref="InvalidRecordException">A limit is broken.</exception>
    public void AddFile()
    {
        if (++_files > MostFiles)
        {
            throw new InvalidRecordException($"The archive from '{origin}' holds more than {MostFiles} files; it is not taken.");
        }
    }

    /// <summary>What the reading of the archive throws, as a sentence.</summary>
    public InvalidRecordException Damaged(Exception error) => new($"The archive from '{origin}' is damaged or encrypted: {error.Message}", error);

    /// <summary>More bytes came out.</summary>
    /// <exception cref="InvalidRecordException">A limit is broken.</exception>
    public void Add(int bytes)
    {
        _unpacked += bytes;
        if (_unpacked > MostBytes)
        {
            throw new InvalidRecordException($"The archive from '{origin}' unpacks to more than {MostBytes} bytes; it is not taken.");
        }

        if (_unpacked > AlwaysAllowed && _unpacked / Math.Max(1, packedLength) > HighestRatio)
        {
            throw new InvalidRecordException($"The archive from '{origin}' unpacks to more than {HighestRatio} times its size, which looks like a zip bomb; it is not taken.");
        }
    }
}

/// <summary>
/// A stream that counts against a limit, and whose errors are sentences: a decompressor may throw anything at hostile bytes.
/// What was counted already, such as the files of an unpacked tar archive, is not counted again.
/// </summary>
internal sealed class LimitedStream(Stream inner, UnpackLimit limit, bool isCounted = true) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        int read;
        try
        {
            read = inner.Read(buffer, offset, count);
        }
        catch (Exception error) when (IsDamage(error))
        {
            throw limit.Damaged(error);
        }

        Count(read);
        return read;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read;
        try
        {
            read = await inner.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception error) when (IsDamage(error))
        {
            throw limit.Damaged(error);
        }

        Count(read);
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Count(int read)
    {
        if (isCounted)
        {
            limit.Add(read);
        }
    }

    private static bool IsDamage(Exception error) => error is not (OperationCanceledException or InvalidRecordException);
}
