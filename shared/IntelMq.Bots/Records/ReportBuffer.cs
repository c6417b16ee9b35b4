// The part of a report that is in memory while it is read.
using System.Buffers;

namespace IntelMq.Bots;

/// <summary>
/// A window on the stream of a report: one pooled buffer that moves forward and grows to the longest record at most.
/// Reading is asynchronous only where the buffer has nothing left.
/// </summary>
internal sealed class ReportBuffer(Stream raw, int longest) : IAsyncDisposable
{
    private const int InitialSize = 128 * 1024;

    // Two bytes more than the longest record, so that a record of exactly that length and its end are seen together.
    private readonly int _largestSize = longest + 2;
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(Math.Min(InitialSize, longest + 2));
    private int _start;
    private int _end;

    /// <summary>The place of the first unread byte in the report.</summary>
    public long Offset { get; private set; }

    /// <summary>Whether nothing follows after <see cref="Unread"/>.</summary>
    public bool IsEnd { get; private set; }

    /// <summary>Whether the unread bytes exceed the longest record and its line end: the window takes no more.</summary>
    public bool IsOverfull => _end - _start == _largestSize;

    /// <summary>The bytes in memory that were not taken.</summary>
    public ReadOnlySpan<byte> Unread => _bytes.AsSpan(_start, _end - _start);

    /// <summary>So much of a record that is too long is kept: enough to recognise it.</summary>
    public int Beginning => Math.Min(longest, 4096);

    /// <summary>Some of the unread bytes. Valid until the next <see cref="FillAsync"/>.</summary>
    public ReadOnlyMemory<byte> Peek(int start, int length) => _bytes.AsMemory(_start + start, length);

    /// <summary>The unread bytes where they lie. Valid until the next <see cref="FillAsync"/>.</summary>
    public ArraySegment<byte> UnreadSegment => new(_bytes, _start, _end - _start);

    /// <summary>Goes forward within the unread bytes.</summary>
    public void Advance(int count)
    {
        _start += count;
        Offset += count;
    }

    /// <summary>Reads more behind the unread bytes until the buffer is full. False at the end of the report.</summary>
    public async ValueTask<bool> FillAsync(CancellationToken cancellation)
    {
        if (IsEnd)
        {
            return false;
        }

        MakeRoom();
        var room = Math.Min(_bytes.Length, _largestSize) - _end;
        var read = await raw.ReadAtLeastAsync(_bytes.AsMemory(_end, room), room, throwOnEndOfStream: false, cancellation);
        _end += read;
        IsEnd = read < room;
        return read > 0;
    }

    /// <summary>Goes to a byte of the report.</summary>
    public void Seek(long offset)
    {
        if (offset >= Offset && offset - Offset <= _end - _start)
        {
            Advance((int)(offset - Offset));
            return;
        }

        raw.Position = Math.Min(offset, raw.Length);
        (_start, _end, Offset, IsEnd) = (0, 0, offset, false);
    }

    /// <summary>Skips a byte order mark at the start of the report.</summary>
    public async ValueTask SkipByteOrderMarkAsync(CancellationToken cancellation)
    {
        if (Offset > 0)
        {
            return;
        }

        while (Unread.Length < 3 && await FillAsync(cancellation))
        {
        }

        if (Unread.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
        {
            Advance(3);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            (_bytes, _start, _end) = ([], 0, 0);
            await raw.DisposeAsync();
        }
    }

    private void MakeRoom()
    {
        var unread = _end - _start;
        if (unread >= _bytes.Length - (_bytes.Length / 4) && _bytes.Length < _largestSize)
        {
            var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(_bytes.Length * 2L, _largestSize));
            Unread.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }
        else if (_start > 0)
        {
            Unread.CopyTo(_bytes);
        }

        (_start, _end) = (0, unread);
    }
}
