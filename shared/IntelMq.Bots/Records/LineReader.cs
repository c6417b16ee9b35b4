// Reads a report line by line.
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

/// <summary>
/// Lines that end with LF, CR LF or CR, in any mixture. A line that is longer than the longest record becomes a record with a problem and
/// the reading goes on at the next line.
/// </summary>
/// <param name="raw">The report. Owned by the reader.</param>
/// <param name="options">Which lines are records.</param>
/// <param name="longest">The longest line, in bytes.</param>
public sealed class LineReader(Stream raw, LineOptions? options = null, int longest = RecordReader<LineRecord>.MaxRecordLength) : RecordReader<LineRecord>
{
    private readonly ReportBuffer _buffer = new(raw, longest);
    private readonly LineRecord _record = new();
    private readonly bool _skipBlank = (options ?? new LineOptions()).SkipBlank;
    private readonly byte[][] _comments = (options?.CommentPrefixes ?? []).Where(prefix => prefix.Length > 0).Select(Encoding.UTF8.GetBytes).ToArray();
    private long _index;

    // The line is too long: its beginning and where it started. What follows is thrown away up to the next line end.
    private byte[]? _beginning;
    private long _beginningAt;
    private int _searched;

    /// <inheritdoc/>
    public override RecordPosition Next => new(_buffer.Offset, _index);

    /// <inheritdoc/>
    public override ValueTask SeekAsync(RecordPosition position, CancellationToken cancellation)
    {
        _index = position.Index;
        _buffer.Seek(position.Offset);
        return _buffer.SkipByteOrderMarkAsync(cancellation);
    }

    /// <inheritdoc/>
    public override ValueTask<LineRecord?> ReadAsync(CancellationToken cancellation) =>
        TryRead(out var record) ? new ValueTask<LineRecord?>(record) : ReadSlowlyAsync(cancellation);

    /// <inheritdoc/>
    public override byte[] Recover(LineRecord record) => record.Bytes.ToArray();

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => _buffer.DisposeAsync();

    private async ValueTask<LineRecord?> ReadSlowlyAsync(CancellationToken cancellation)
    {
        LineRecord? record;
        do
        {
            await _buffer.FillAsync(cancellation);
        }
        while (!TryRead(out record));

        return record;
    }

    // False where the buffer must be filled first. A null record is the end.
    private bool TryRead(out LineRecord? record)
    {
        record = null;
        while (true)
        {
            var unread = _buffer.Unread;
            if (!LineEnds.TryFind(unread, ref _searched, _buffer.IsEnd, out var length, out var after))
            {
                if (_beginning is not null || _buffer.IsOverfull)
                {
                    ThrowAway(unread);
                }

                return false;
            }

            _searched = 0;
            if (_beginning is not null)
            {
                _buffer.Advance(after);
                record = Set(_beginningAt, _beginning, $"The line is longer than {longest} bytes.");
                _beginning = null;
                return true;
            }

            if (after == 0)
            {
                return true;
            }

            var (at, line) = (_buffer.Offset, _buffer.Peek(0, length));
            _buffer.Advance(after);
            if (!IsSkipped(line.Span))
            {
                record = length > longest
                    ? Set(at, line[.._buffer.Beginning], $"The line is longer than {longest} bytes.")
                    : Set(at, line, null);
                return true;
            }
        }
    }

    private void ThrowAway(ReadOnlySpan<byte> unread)
    {
        if (_beginning is null)
        {
            (_beginning, _beginningAt) = (unread[.._buffer.Beginning].ToArray(), _buffer.Offset);
        }

        // The last byte stays: it may be the CR of a CR LF.
        _buffer.Advance(unread.Length - 1);
        _searched = 0;
    }

    private bool IsSkipped(ReadOnlySpan<byte> line)
    {
        var text = line.TrimStart(LineEnds.Blanks);
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

    private LineRecord Set(long offset, ReadOnlyMemory<byte> bytes, string? problem)
    {
        (_record.Index, _record.Offset, _record.Bytes, _record.Problem) = (_index++, offset, bytes, problem);
        return _record;
    }
}
