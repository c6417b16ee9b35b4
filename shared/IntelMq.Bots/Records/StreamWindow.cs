// A window on a stream: the bytes that the record readers look at.
namespace IntelMq.Bots;

/// <summary>
/// The unread bytes of a stream that are in memory. Grows while a record is incomplete and never beyond the given limit, however the stream behaves.
/// </summary>
internal sealed class StreamWindow(Stream stream, int limit) : IAsyncDisposable
{
    private byte[] _buffer = new byte[Math.Min(128 * 1024, limit + 1)];
    private int _start;
    private int _end;
    private bool _ended;

    /// <summary>The place of the first unread byte in the stream.</summary>
    public long Offset { get; private set; }

    /// <summary>The unread bytes in memory.</summary>
    public ReadOnlySpan<byte> Unread => _buffer.AsSpan(_start, _end - _start);

    /// <summary>Whether the window is as large as it may become.</summary>
    public bool IsFull => _end - _start >= limit;

    /// <summary>Whether the last byte of the stream is in memory.</summary>
    public bool IsLast => _ended;

    /// <summary>A part of the unread bytes; valid until the next <see cref="FillAsync"/>.</summary>
    public ReadOnlyMemory<byte> Slice(int from, int length) => _buffer.AsMemory(_start + from, length);

    /// <summary>Reads more. False at the end of the stream or where the window is full.</summary>
    public async ValueTask<bool> FillAsync(CancellationToken cancellation)
    {
        if (_ended || IsFull)
        {
            return false;
        }

        if (_start > 0)
        {
            Buffer.BlockCopy(_buffer, _start, _buffer, 0, _end - _start);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, (int)Math.Min(_buffer.Length * 2L, limit + 1L));
        }

        var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellation);
        _end += read;
        _ended = read == 0;
        return read > 0;
    }

    /// <summary>Bytes are read.</summary>
    public void Advance(int count)
    {
        _start += count;
        Offset += count;
    }

    /// <summary>Goes to a place in the stream.</summary>
    public void Seek(long offset)
    {
        stream.Position = offset;
        (_start, _end, Offset, _ended) = (0, 0, offset, false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => stream.DisposeAsync();
}
