// Reads tables: delimited text with quotes.
using System.Text;
using IntelMq.DataFormat;

namespace IntelMq.Bots;

/// <summary>The form of a table.</summary>
public sealed record CsvOptions
{
    /// <summary>What separates cells; one ASCII character.</summary>
    public char Delimiter { get; init; } = ',';

    /// <summary>The first row gives the names of the columns.</summary>
    public bool HasNames { get; init; }

    /// <summary>Lines to skip before the first row; they are kept in <see cref="CsvRecord.Header"/>.</summary>
    public int SkippedLines { get; init; }

    /// <summary>Rows whose first non-blank character is <c>#</c> are skipped.</summary>
    public bool SkipComments { get; init; }
}

/// <summary>
/// Reads a table row by row: quoted cells may hold delimiters and line ends, doubled quotes stand for one, NUL characters are dropped. Blank lines are skipped.
/// The exact bytes of each row are known, so that reading can go on after any row.
/// </summary>
public sealed class CsvReader : RecordReader<CsvRecord>
{
    private const int HeadOfLongRow = 256;

    private readonly StreamWindow _window;
    private readonly CsvOptions _options;
    private readonly byte _delimiter;
    private readonly int _longest;
    private readonly CsvRecord _record = new();
    private byte[] _headerBytes = [];
    private long _index;
    private bool _quoted;

    /// <summary>Reads from a stream. A row that is longer than <paramref name="longest"/> bytes is skipped and reported.</summary>
    public CsvReader(Stream raw, CsvOptions? options = null, int longest = MaxRecordLength)
    {
        _options = options ?? new CsvOptions();
        _delimiter = char.IsAscii(_options.Delimiter) ? (byte)_options.Delimiter : throw new BotConfigurationException($"The delimiter '{_options.Delimiter}' is no ASCII character.");
        _longest = longest;
        _window = new StreamWindow(raw, longest + 2);
    }

    /// <inheritdoc/>
    public override RecordPosition Next => new(_window.Offset, _index);

    /// <inheritdoc/>
    public override async ValueTask SeekAsync(RecordPosition position, CancellationToken cancellation)
    {
        while (_window.Unread.Length < 3 && await _window.FillAsync(cancellation))
        {
        }

        if (_window.Unread.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
        {
            _window.Advance(3);
        }

        await ReadHeaderAsync(cancellation);
        if (position.Offset > _window.Offset)
        {
            _window.Seek(position.Offset);
        }

        _index = position.Index;
    }

    /// <inheritdoc/>
    public override async ValueTask<CsvRecord?> ReadAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var offset = _window.Offset;
            if (await FindEndAsync(cancellation) is not { } found)
            {
                return null;
            }

            var (length, ending) = found;
            var row = _window.Slice(0, length);
            if (ending < 0)
            {
                await SkipLongRowAsync(offset, cancellation);
                return _record;
            }

            if (length == 0 || IsSkipped(row.Span))
            {
                _window.Advance(length + ending);
                continue;
            }

            _record.Offset = offset;
            _record.Index = _index++;
            _record.Bytes = row;
            _record.Problem = null;
            Split(row.Span);
            if (ending > 0)
            {
                _record.LineEnd = ending == 2 ? "\r\n" : _window.Unread[length] == '\r' ? "\r" : "\n";
            }

            _window.Advance(length + ending);
            return _record;
        }
    }

    /// <inheritdoc/>
    public override byte[] Recover(CsvRecord record) => [.. _headerBytes, .. record.Bytes.Span, .. Encoding.ASCII.GetBytes(record.LineEnd)];

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => _window.DisposeAsync();

    private async ValueTask ReadHeaderAsync(CancellationToken cancellation)
    {
        var header = new List<byte>();
        for (var i = 0; i < _options.SkippedLines + (_options.HasNames ? 1 : 0);)
        {
            if (await FindEndAsync(cancellation) is not { } found || found.Ending < 0)
            {
                break;
            }

            var isNames = i == _options.SkippedLines;
            var (length, ending) = found;
            if (length > 0 && !IsSkipped(_window.Unread[..length]))
            {
                if (isNames)
                {
                    Split(_window.Unread[..length]);
                    _record.Columns = _record.CellList.ToArray();
                }

                header.AddRange(_window.Unread[..(length + ending)]);
                i++;
            }

            _window.Advance(length + ending);
        }

        _headerBytes = header.ToArray();
        _record.Header = RawData.DecodeText(_headerBytes);
    }

    // The length of the next row and of its line end; null at the end, an ending of -1 where the row is too long.
    private async ValueTask<(int Length, int Ending)?> FindEndAsync(CancellationToken cancellation)
    {
        var scanned = 0;
        _quoted = false;
        while (true)
        {
            var end = Scan(ref scanned);
            if (end >= 0)
            {
                var unread = _window.Unread;
                var ending = unread[end] == '\r' && end + 1 < unread.Length && unread[end + 1] == '\n' ? 2 : 1;
                return end > _longest ? (end, -1) : (end, ending);
            }

            if (await _window.FillAsync(cancellation))
            {
                continue;
            }

            var left = _window.Unread.Length;
            if (_window.IsFull)
            {
                return (Math.Min(left, HeadOfLongRow), -1);
            }

            return left == 0 ? null : (TrimLast(left), left - TrimLast(left));
        }
    }

    // A lone CR at the very end is a line end, too.
    private int TrimLast(int left) => !_quoted && _window.Unread[left - 1] == '\r' ? left - 1 : left;

    // Looks for the end of the row from where the last look stopped; -1 where more bytes are needed.
    private int Scan(ref int scanned)
    {
        var unread = _window.Unread;
        while (scanned < unread.Length)
        {
            if (_quoted)
            {
                var quote = unread[scanned..].IndexOf((byte)'"');
                if (quote < 0)
                {
                    scanned = unread.Length;
                    return -1;
                }

                if (scanned + quote + 1 == unread.Length && !_window.IsLast)
                {
                    scanned += quote;
                    return -1;
                }

                // A doubled quote closes and opens again; it must not count as the start of a cell.
                var doubled = scanned + quote + 1 < unread.Length && unread[scanned + quote + 1] == '"';
                scanned += quote + (doubled ? 2 : 1);
                _quoted = doubled;
                continue;
            }

            var stop = unread[scanned..].IndexOfAny((byte)'"', (byte)'\n', (byte)'\r');
            if (stop < 0)
            {
                scanned = unread.Length;
                return -1;
            }

            stop += scanned;
            if (unread[stop] == '"')
            {
                // A quote is special only where a cell starts.
                _quoted = stop == 0 || unread[stop - 1] == _delimiter;
                scanned = stop + 1;
                continue;
            }

            if (unread[stop] == '\r' && stop + 1 == unread.Length && !_window.IsLast)
            {
                scanned = stop;
                return -1;
            }

            return stop;
        }

        return -1;
    }

    private async ValueTask SkipLongRowAsync(long offset, CancellationToken cancellation)
    {
        var head = _window.Slice(0, Math.Min(HeadOfLongRow, _window.Unread.Length)).ToArray();
        while (true)
        {
            // Quotes count no more: an unclosed one may be what made the row so long.
            var end = _window.Unread.IndexOf((byte)'\n');
            _window.Advance(end >= 0 ? end + 1 : _window.Unread.Length);
            if (end >= 0 || !await _window.FillAsync(cancellation))
            {
                break;
            }
        }

        _record.Offset = offset;
        _record.Index = _index++;
        _record.Bytes = head;
        _record.CellList.Clear();
        _record.Problem = $"The row is longer than {_longest} bytes. Is a quote not closed?";
    }

    private bool IsSkipped(ReadOnlySpan<byte> row)
    {
        var text = row.TrimStart(" \t\0"u8);
        return text.IsEmpty || (_options.SkipComments && text[0] == '#');
    }

    private void Split(ReadOnlySpan<byte> row)
    {
        var cells = _record.CellList;
        cells.Clear();
        while (true)
        {
            var length = row is [(byte)'"', ..] ? QuotedCell(row, cells) : PlainCell(row, cells);
            if (length == row.Length)
            {
                return;
            }

            row = row[(length + 1)..];
        }
    }

    // Each gives the length of the cell in the row.
    private int PlainCell(ReadOnlySpan<byte> row, List<string> cells)
    {
        var end = row.IndexOf(_delimiter);
        var cell = end < 0 ? row : row[..end];
        cells.Add(Text(cell));
        return cell.Length;
    }

    private int QuotedCell(ReadOnlySpan<byte> row, List<string> cells)
    {
        var at = 1;
        StringBuilder? parts = null;
        while (true)
        {
            var quote = row[at..].IndexOf((byte)'"');
            if (quote < 0)
            {
                cells.Add(parts + Text(row[at..]));
                return row.Length;
            }

            var piece = row.Slice(at, quote);
            at += quote + 1;
            if (at < row.Length && row[at] == '"')
            {
                (parts ??= new StringBuilder()).Append(Text(piece)).Append('"');
                at++;
                continue;
            }

            // What follows the closing quote belongs to the cell as it is.
            var rest = row[at..].IndexOf(_delimiter);
            var tail = rest < 0 ? row[at..] : row.Slice(at, rest);
            cells.Add(parts is null && tail.IsEmpty ? Text(piece) : parts + Text(piece) + Text(tail));
            return at + tail.Length;
        }
    }

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        var text = bytes.IsEmpty ? "" : RawData.DecodeText(bytes);
        return text.Contains('\0', StringComparison.Ordinal) ? text.Replace("\0", "", StringComparison.Ordinal) : text;
    }
}
