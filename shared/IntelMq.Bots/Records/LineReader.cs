// Reads lines.
using System.Text;

namespace IntelMq.Bots;

/// <summary>Which lines are records.</summary>
public sealed record LineOptions
{
    /// <summary>Lines that start with one of these (after blanks) are skipped.</summary>
    public IReadOnlyList<string> CommentPrefixes { get; init; } = [];

    /// <summary>Lines of nothing but blanks are skipped.</summary>
    public bool SkipBlank { get; init; } = true;
}

/// <summary>Reads a report line by line. Lines end with LF, CR LF or CR, also mixed; a byte order mark is skipped.</summary>
public sealed class LineReader : RecordReader<LineRecord>
{
    private const int HeadOfLongLine = 256;

    private readonly StreamWindow _window;
    private readonly byte[][] _comments;
    private readonly bool _skipBlank;
    private readonly int _longest;
    private readonly LineRecord _record = new();
    private long _index;

    /// <summary>Reads from a stream. A line that is longer than <paramref name="longest"/> bytes is skipped and reported.</summary>
    public LineReader(Stream raw, LineOptions? options = null, int longest = MaxRecordLength)
    {
        _longest = longest;
        _window = new StreamWindow(raw, longest + 2);
        _comments = (options ?? new LineOptions()).CommentPrefixes.Select(Encoding.UTF8.GetBytes).ToArray();
        _skipBlank = (options ?? new LineOptions()).SkipBlank;
    }

    /// <inheritdoc/>
    public override RecordPosition Next => new(_window.Offset, _index);

    /// <inheritdoc/>
    public override ValueTask SeekAsync(RecordPosition position, CancellationToken cancellation)
    {
        if (position.Offset > 0)
        {
            _window.Seek(position.Offset);
        }

        _index = position.Index;
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override async ValueTask<LineRecord?> ReadAsync(CancellationToken cancellation)
    {
        while (await NextLineAsync(cancellation) is { } line)
        {
            if (line.Problem is not null || !IsSkipped(line.Bytes.Span))
            {
                line.Index = _index++;
                return line;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public override byte[] Recover(LineRecord record) => [.. record.Bytes.Span, (byte)'\n'];

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => _window.DisposeAsync();

    private async ValueTask<LineRecord?> NextLineAsync(CancellationToken cancellation)
    {
        if (_window.Offset == 0)
        {
            await SkipByteOrderMarkAsync(cancellation);
        }

        for (var scanned = 0; ;)
        {
            var unread = _window.Unread;
            var end = unread[scanned..].IndexOfAny((byte)'\n', (byte)'\r') is var found and >= 0 ? scanned + found : -1;
            if (end >= 0 && (unread[end] == '\n' || end + 1 < unread.Length || _window.IsLast))
            {
                var ending = unread[end] == '\r' && end + 1 < unread.Length && unread[end + 1] == '\n' ? 2 : 1;
                return end > _longest ? TooLong(end, ending) : Line(end, ending);
            }

            scanned = end >= 0 ? end : unread.Length;
            if (await _window.FillAsync(cancellation))
            {
                continue;
            }

            if (_window.IsFull)
            {
                return await SkipRestAsync(cancellation);
            }

            // At the end of the stream: what is left is the last line. (A CR just before the end is settled in the next round.)
            if (end < 0)
            {
                return _window.Unread.IsEmpty ? null : Line(_window.Unread.Length, 0);
            }
        }
    }

    private LineRecord Line(int length, int ending)
    {
        _record.Offset = _window.Offset;
        _record.Bytes = _window.Slice(0, length);
        _record.Problem = null;
        _window.Advance(length + ending);
        return _record;
    }

    private LineRecord TooLong(int length, int ending)
    {
        Line(length, ending);
        _record.Bytes = _record.Bytes[..Math.Min(length, HeadOfLongLine)];
        _record.Problem = $"The line is longer than {_longest} bytes.";
        return _record;
    }

    private async ValueTask<LineRecord> SkipRestAsync(CancellationToken cancellation)
    {
        var offset = _window.Offset;
        var head = _window.Slice(0, Math.Min(HeadOfLongLine, _window.Unread.Length)).ToArray();
        while (true)
        {
            var end = _window.Unread.IndexOfAny((byte)'\n', (byte)'\r');
            _window.Advance(end >= 0 ? end : _window.Unread.Length);
            if (end >= 0 || !await _window.FillAsync(cancellation))
            {
                break;
            }
        }

        // The line end itself is left: an empty line follows, which is skipped or counts as one.
        _record.Offset = offset;
        _record.Bytes = head;
        _record.Problem = $"The line is longer than {_longest} bytes.";
        await SkipLineEndAsync(cancellation);
        return _record;
    }

    private async ValueTask SkipLineEndAsync(CancellationToken cancellation)
    {
        while (_window.Unread.Length < 2 && await _window.FillAsync(cancellation))
        {
        }

        var unread = _window.Unread;
        if (!unread.IsEmpty)
        {
            _window.Advance(unread.Length > 1 && unread[0] == '\r' && unread[1] == '\n' ? 2 : 1);
        }
    }

    private async ValueTask SkipByteOrderMarkAsync(CancellationToken cancellation)
    {
        while (_window.Unread.Length < 3 && await _window.FillAsync(cancellation))
        {
        }

        if (_window.Unread.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
        {
            _window.Advance(3);
        }
    }

    private bool IsSkipped(ReadOnlySpan<byte> line)
    {
        var text = line.TrimStart(" \t\0"u8);
        if (text.IsEmpty)
        {
            return _skipBlank;
        }

        foreach (var comment in _comments)
        {
            if (text.StartsWith(comment))
            {
                return true;
            }
        }

        return false;
    }
}
