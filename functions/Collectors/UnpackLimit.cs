// Limits for what comes out of archives.
using IntelMq.Bots;

namespace IntelMq.Collectors;

/// <summary>Counts what comes out of an archive and refuses what no honest feed does.</summary>
internal sealed class UnpackLimit(long packedLength, string origin)
{
    private const long MostBytes = 8L * 1024 * 1024 * 1024;
    private const long AlwaysAllowed = 16 * 1024 * 1024;
    private const int HighestRatio = 200;

    private long _unpacked;

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

    public override int Read(byte[] buffer, int offset, int count) => Counted(inner.Read(buffer, offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => Counted(await inner.ReadAsync(buffer, cancellationToken));

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

    private int Counted(int read)
    {
        limit.Add(read);
        return read;
    }
}
