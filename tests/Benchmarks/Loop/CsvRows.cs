// A table by hand: one row after the other, cells as slices of the text.
namespace IntelMq.Benchmarks;

/// <summary>
/// Reads rows with quoted cells. Blank lines and comments (#) are passed over. It has none of the product's guards: no limit on a row, no way to go on
/// in the middle.
/// </summary>
internal sealed class CsvRows(TextReader text)
{
    private readonly List<Cell> _cells = [];
    private char[] _buffer = new char[64 * 1024];
    private char[] _unquoted = new char[1024];
    private int _unquotedLength;
    private int _at;
    private int _end;
    private bool _isEnd;

    private readonly record struct Cell(bool Unquoted, int Start, int Length);

    /// <summary>The number of cells of the row.</summary>
    public int Count => _cells.Count;

    /// <summary>Whether the row has a quote that is never closed.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>A cell of the row. Valid until the next row is read.</summary>
    public ReadOnlySpan<char> this[int cell] => (_cells[cell].Unquoted ? _unquoted : _buffer).AsSpan(_cells[cell].Start, _cells[cell].Length);

    /// <summary>Goes to the next row. False at the end.</summary>
    public bool Read()
    {
        while (true)
        {
            if (_at < _end && _buffer[_at] is '\n' or '\r')
            {
                _at++;
                continue;
            }

            var length = Split(_buffer.AsSpan(_at, _end - _at));
            if (length < 0)
            {
                if (!_isEnd)
                {
                    Fill();
                    continue;
                }

                // The line with the open quote is lost, not the rest of the report.
                var rest = _buffer.AsSpan(_at, _end - _at);
                length = rest.IndexOf('\n') is >= 0 and var line ? line + 1 : rest.Length;
                IsBroken = true;
            }
            else
            {
                IsBroken = false;
            }

            if (length == 0)
            {
                return false;
            }

            var isComment = _buffer[_at] == '#';
            _at += length;
            if (!isComment)
            {
                return true;
            }
        }
    }

    private void Fill()
    {
        if (_at > 0)
        {
            // Cells of the row before are gone; slices begin anew.
            _buffer.AsSpan(_at, _end - _at).CopyTo(_buffer);
            (_at, _end) = (0, _end - _at);
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        var read = text.Read(_buffer.AsSpan(_end));
        _end += read;
        _isEnd = read == 0;
    }

    // Gives the length of the row with its line end, -1 where it does not end here.
    private int Split(ReadOnlySpan<char> rows)
    {
        _cells.Clear();
        _unquotedLength = 0;
        var at = 0;
        while (true)
        {
            if (at < rows.Length && rows[at] == '"')
            {
                at = Quoted(rows, at);
                if (at < 0)
                {
                    return -1;
                }
            }
            else
            {
                var length = rows[at..].IndexOfAny(',', '\n', '\r');
                length = length < 0 ? rows.Length - at : length;
                _cells.Add(new Cell(false, _at + at, length));
                at += length;
            }

            if (at == rows.Length)
            {
                return _isEnd ? at : -1;
            }

            if (rows[at] == ',')
            {
                at++;
                continue;
            }

            // The carriage return's line feed is passed over as a blank line.
            return at + 1;
        }
    }

    private int Quoted(ReadOnlySpan<char> rows, int open)
    {
        var (start, from) = (_unquotedLength, open + 1);
        while (true)
        {
            var found = rows[from..].IndexOf('"');
            if (found < 0)
            {
                return -1;
            }

            var close = from + found;
            if (close + 1 < rows.Length && rows[close + 1] == '"')
            {
                Unquote(rows[from..(close + 1)]);
                from = close + 2;
                continue;
            }

            if (close + 1 == rows.Length && !_isEnd)
            {
                return -1;
            }

            var tail = rows[(close + 1)..].IndexOfAny(',', '\n', '\r');
            tail = tail < 0 ? rows.Length - close - 1 : tail;
            if (_unquotedLength == start && tail == 0)
            {
                _cells.Add(new Cell(false, _at + from, found));
                return close + 1;
            }

            Unquote(rows[from..close]);
            Unquote(rows.Slice(close + 1, tail));
            _cells.Add(new Cell(true, start, _unquotedLength - start));
            return close + 1 + tail;
        }
    }

    private void Unquote(ReadOnlySpan<char> part)
    {
        if (_unquotedLength + part.Length > _unquoted.Length)
        {
            Array.Resize(ref _unquoted, Math.Max(_unquoted.Length * 2, _unquotedLength + part.Length));
        }

        part.CopyTo(_unquoted.AsSpan(_unquotedLength));
        _unquotedLength += part.Length;
    }
}
