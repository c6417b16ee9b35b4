// Reads a table row by row.
using System.Text;
using IntelMq.DataFormat;

namespace IntelMq.Bots;

/// <summary>
/// Rows of a table, each with its exact bytes and its place, so that the reading can go on at any of them. Blank rows are passed over.
/// A quote that is never closed costs one line and not the rest of the report; a row that is too long costs itself.
/// </summary>
/// <param name="raw">The report. Owned by the reader.</param>
/// <param name="options">The form of the table.</param>
/// <param name="longest">The longest row, in bytes.</param>
public sealed class CsvReader(Stream raw, CsvOptions options, int longest = RecordReader<CsvRecord>.MaxRecordLength) : RecordReader<CsvRecord>
{
    // So much of a report tells which line end it uses.
    private const int LineEndSample = 64 * 1024;

    private readonly ReportBuffer _buffer = new(raw, longest);
    private readonly CsvRecord _record = new();
    private readonly CsvSplitter _splitter = new(options.Delimiter);
    private byte[] _header = [];
    private long _index;

    // The row is too long: its beginning and where it started. What follows is thrown away up to the next line end.
    private byte[]? _beginning;
    private long _beginningAt;

    // Within a comment or a blank line.
    private bool _passingOver;

    /// <inheritdoc/>
    public override RecordPosition Next => new(_buffer.Offset, _index);

    /// <inheritdoc/>
    public override async ValueTask SeekAsync(RecordPosition position, CancellationToken cancellation)
    {
        await _buffer.SkipByteOrderMarkAsync(cancellation);
        while (_buffer.Unread.Length < LineEndSample && await _buffer.FillAsync(cancellation))
        {
        }

        _record.LineEnd = LineEnds.Of(_buffer.Unread[..Math.Min(_buffer.Unread.Length, LineEndSample)]);
        var lineEnd = Encoding.ASCII.GetBytes(_record.LineEnd);
        var header = new MemoryStream();
        for (var i = 0; i < options.SkippedLines + (options.HasNames ? 1 : 0) && await ReadAsync(cancellation) is { } row; i++)
        {
            header.Write(row.Bytes.Span);
            header.Write(lineEnd);
            if (options.HasNames)
            {
                _record.Columns = row.Problem is null ? [.. row.Cells] : throw new InvalidRecordException($"The names of the columns cannot be read. {row.Problem}");
            }
        }

        _header = header.ToArray();
        _record.Header = RawData.DecodeText(_header);
        _index = position.Index;
        if (position.Offset > _buffer.Offset)
        {
            _buffer.Seek(position.Offset);
        }
    }

    /// <inheritdoc/>
    public override ValueTask<CsvRecord?> ReadAsync(CancellationToken cancellation) =>
        TryRead(out var record) ? new ValueTask<CsvRecord?>(record) : ReadSlowlyAsync(cancellation);

    /// <inheritdoc/>
    public override byte[] Recover(CsvRecord record) => [.. _header, .. record.Bytes.Span, .. Encoding.ASCII.GetBytes(record.LineEnd)];

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => _buffer.DisposeAsync();

    private async ValueTask<CsvRecord?> ReadSlowlyAsync(CancellationToken cancellation)
    {
        CsvRecord? record;
        do
        {
            await _buffer.FillAsync(cancellation);
        }
        while (!TryRead(out record));

        return record;
    }

    // False where the buffer must be filled first. A null record is the end.
    private bool TryRead(out CsvRecord? record)
    {
        record = null;
        while (true)
        {
            var unread = _buffer.Unread;
            if (_beginning is not null)
            {
                return TryEndLongRow(out record);
            }

            if (_passingOver)
            {
                if (!TryPassOver())
                {
                    return false;
                }

                continue;
            }

            if (unread.IsEmpty)
            {
                return _buffer.IsEnd;
            }

            var leading = Leading(unread);
            if (leading is '\n' or '\r' or '#')
            {
                _passingOver = true;
                continue;
            }

            if (leading < 0 && !_buffer.IsOverfull)
            {
                // Blanks only, so far.
                _buffer.Advance(_buffer.IsEnd ? unread.Length : 0);
                return _buffer.IsEnd;
            }

            var isComplete = _splitter.TrySplit(_buffer.UnreadSegment, _buffer.IsEnd, _record.CellList);
            if (isComplete && _splitter.Length <= longest)
            {
                record = Set(_splitter.Length, _splitter.After, null, _splitter.IsCanonical);
                return true;
            }

            return (isComplete || _buffer.IsEnd || _buffer.IsOverfull) && TryGiveUp(unread, isComplete, out record);
        }
    }

    // The first character of the row that is not blank; '#' only where comments are skipped, -1 where there is none in memory.
    private int Leading(ReadOnlySpan<byte> unread)
    {
        var at = unread[0] > ' ' ? 0 : unread.IndexOfAnyExcept(LineEnds.Blanks);
        return at < 0 ? -1 : unread[at] == '#' && !options.SkipComments ? 0 : unread[at];
    }

    // Goes behind the next line end. False where it is not in memory yet.
    private bool TryPassOver()
    {
        var unread = _buffer.Unread;
        var searched = 0;
        if (LineEnds.TryFind(unread, ref searched, _buffer.IsEnd, out _, out var after))
        {
            _buffer.Advance(after);
            _passingOver = false;
            return true;
        }

        // The last byte stays: it may be the CR of a CR LF.
        _buffer.Advance(Math.Max(0, unread.Length - 1));
        return false;
    }

    // The row has a quote that is never closed, or it is too long.
    private bool TryGiveUp(ReadOnlySpan<byte> unread, bool isComplete, out CsvRecord? record)
    {
        record = null;
        var open = _splitter.OpenQuote;
        if (open < 0 || isComplete)
        {
            StartLongRow(unread);
            return false;
        }

        // The line on which the quote was opened ends the bad row; the next line is read as a row of its own.
        var searched = open;
        if (!LineEnds.TryFind(unread, ref searched, _buffer.IsEnd, out var length, out var after))
        {
            StartLongRow(unread);
            return false;
        }

        record = Set(length, after, "A quote is opened and never closed.", isCanonical: false);
        return true;
    }

    private void StartLongRow(ReadOnlySpan<byte> unread)
    {
        (_beginning, _beginningAt) = (unread[.._buffer.Beginning].ToArray(), _buffer.Offset);
        _buffer.Advance(_buffer.Beginning);
    }

    private bool TryEndLongRow(out CsvRecord? record)
    {
        record = null;
        if (!TryPassOver())
        {
            return false;
        }

        record = _record;
        (record.Index, record.Offset, record.Bytes, record.Problem) = (_index++, _beginningAt, _beginning, $"The row is longer than {longest} bytes.");
        _beginning = null;
        return true;
    }

    private CsvRecord Set(int length, int after, string? problem, bool isCanonical)
    {
        var record = _record;
        (record.Index, record.Offset, record.Bytes, record.Problem, record.IsCanonical) = (_index++, _buffer.Offset, _buffer.Peek(0, length), problem, isCanonical);
        _buffer.Advance(after);
        return record;
    }
}
