// Limits for what comes out of archives.
using IntelMq.Bots;

namespace IntelMq.Collectors;

/// <summary>Counts what comes out of an archive and refuses what no honest feed does.</summary>
/// <param name="packedLength">The length of the archive in bytes.</param>
/// <param name="origin">Where the archive is from, for people.</param>
internal sealed class UnpackLimit(long packedLength, string origin)
{
    private const long MostBytes = 8L * 1024 * 1024 * 1024;
    private const long AlwaysAllowed = 16 * 1024 * 1024;
    private const int HighestRatio = 200;

    private const int MostFiles = 10_000;

    private long _unpacked;
    private int _files;

    /// <summary>One more file came out.</summary>
    /// <exception cref="InvalidRecordException">The limit is broken.</exception>
    public void AddFile()
    {
        if (++_files > MostFiles)
        {
            throw new InvalidRecordException($"The archive from '{origin}' holds more than {MostFiles} files; it is not taken.");
        }
    }

    /// <summary>Does something with the archive. Whatever a decoder throws at hostile data says that the archive is damaged.</summary>
    /// <exception cref="InvalidRecordException">The archive is damaged, or breaks a limit.</exception>
    public async ValueTask<T> DecodeAsync<T>(Func<ValueTask<T>> decode)
    {
        try
        {
            return await decode();
        }
        catch (Exception error) when (error is not (InvalidRecordException or OperationCanceledException))
        {
            throw new InvalidRecordException($"The archive from '{origin}' is damaged: {error.Message}", error);
        }
    }

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

/// <summary>A stream that counts against a limit.</summary>
internal sealed class LimitedStream(Stream inner, UnpackLimit limit) : Stream
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
        // Nothing is waited for: the task is complete.
        var read = limit.DecodeAsync(() => ValueTask.FromResult(inner.Read(buffer, offset, count))).AsTask().GetAwaiter().GetResult();
        limit.Add(read);
        return read;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await limit.DecodeAsync(() => inner.ReadAsync(buffer, cancellationToken));
        limit.Add(read);
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
}
