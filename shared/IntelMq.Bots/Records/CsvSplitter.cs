// Splits one row of a table into its cells.
using System.Buffers;

namespace IntelMq.Bots;

/// <summary>
/// Splits rows the way Python's csv module does: a quote counts only at the start of a cell, a doubled one within quotes is a quote,
/// text after the closing quote belongs to the cell.
/// </summary>
internal sealed class CsvSplitter(char delimiter)
{
    private readonly byte _delimiter = (byte)delimiter;
    private readonly SearchValues<byte> _ends = SearchValues.Create([(byte)delimiter, (byte)'\n', (byte)'\r', (byte)'"']);
    private readonly SearchValues<byte> _tailEnds = SearchValues.Create([(byte)delimiter, (byte)'\n', (byte)'\r']);
    private readonly SearchValues<byte> _quoteWorthy = SearchValues.Create([(byte)',', (byte)'\n', (byte)'\r']);

    /// <summary>Where the quote was opened that is not closed; -1 where all are closed.</summary>
    public int OpenQuote { get; private set; }

    /// <summary>Whether a writer would write the cells just as they stand there, with commas.</summary>
    public bool IsCanonical { get; private set; }

    /// <summary>The length of the row without its line end.</summary>
    public int Length { get; private set; }

    /// <summary>The length of the row with its line end.</summary>
    public int After { get; private set; }

    /// <summary>Splits the first row of the bytes; NULs count as absent. False where the row does not end within the bytes.</summary>
    /// <param name="row">Bytes from the start of a row.</param>
    /// <param name="isEnd">Whether nothing follows; then the end of the bytes ends the row, unless a quote is open.</param>
    /// <param name="cells">Takes the cells; they lie in the bytes from the start of the row.</param>
    public bool TrySplit(ArraySegment<byte> row, bool isEnd, CsvCells cells)
    {
        var isComplete = Split(row, isEnd, cells);
        if (row.AsSpan(0, isComplete ? Length : row.Count).Contains((byte)0))
        {
            return SplitWithoutNuls(row, isEnd, cells);
        }

        cells.LieIn(row);
        return isComplete;
    }

    // Twice as much each time: a row is short and what lies in memory behind it is not.
    private bool SplitWithoutNuls(ReadOnlySpan<byte> bytes, bool isEnd, CsvCells cells)
    {
        for (var length = Math.Min(bytes.Length, 1024); ; length = Math.Min(bytes.Length, length * 2))
        {
            var part = bytes[..length];
            var clean = new byte[length - part.Count((byte)0)];
            var count = 0;
            foreach (var value in part)
            {
                if (value != 0)
                {
                    clean[count++] = value;
                }
            }

            var isWhole = length == bytes.Length;
            var isComplete = Split(clean, isEnd && isWhole, cells);
            if (isComplete || isWhole)
            {
                cells.LieIn(clean);
                Length = isComplete ? PlaceWithNuls(bytes, Length) : 0;
                After = isComplete ? PlaceWithNuls(bytes, After) : 0;
                OpenQuote = OpenQuote < 0 ? -1 : PlaceWithNuls(bytes, OpenQuote + 1) - 1;
                IsCanonical = false;
                return isComplete;
            }
        }
    }

    // The shortest part of the bytes with so many others than NUL.
    private static int PlaceWithNuls(ReadOnlySpan<byte> bytes, int count)
    {
        var place = 0;
        for (; count > 0; place++)
        {
            count -= bytes[place] == 0 ? 0 : 1;
        }

        return place;
    }

    private bool Split(ReadOnlySpan<byte> bytes, bool isEnd, CsvCells cells)
    {
        cells.Clear();
        OpenQuote = -1;
        IsCanonical = _delimiter == ',';
        for (var at = 0; ;)
        {
            var next = at < bytes.Length && bytes[at] == '"' ? Quoted(bytes, at, isEnd, cells) : Plain(bytes, at, cells);
            if (next < 0)
            {
                return false;
            }

            if (next < bytes.Length && bytes[next] == _delimiter)
            {
                at = next + 1;
                continue;
            }

            return TryEnd(bytes, next, isEnd);
        }
    }

    private bool TryEnd(ReadOnlySpan<byte> bytes, int end, bool isEnd)
    {
        Length = end;
        if (end == bytes.Length)
        {
            After = end;
            return isEnd;
        }

        After = end + LineEnds.Length(bytes[end..]);
        return After < bytes.Length || isEnd || bytes[end] == '\n';
    }

    private int Plain(ReadOnlySpan<byte> bytes, int at, CsvCells cells)
    {
        var found = bytes[at..].IndexOfAny(_ends);
        var end = found < 0 ? bytes.Length : at + found;
        if (found >= 0 && bytes[end] == '"')
        {
            IsCanonical = false;
            end = Tail(bytes, end);
        }

        cells.Add(at, end - at);
        return end;
    }

    private int Quoted(ReadOnlySpan<byte> bytes, int at, bool isEnd, CsvCells cells)
    {
        var begun = cells.Begin();
        var (from, hasQuotes) = (at + 1, false);
        while (true)
        {
            var found = bytes[from..].IndexOf((byte)'"');
            var close = from + found;
            if (found < 0 || (close + 1 == bytes.Length && !isEnd))
            {
                OpenQuote = at;
                return -1;
            }

            if (close + 1 < bytes.Length && bytes[close + 1] == '"')
            {
                hasQuotes = true;
                cells.Write(bytes[from..(close + 1)]);
                from = close + 2;
                continue;
            }

            return Close(bytes, (from, close), hasQuotes ? begun : -1, cells);
        }
    }

    // What was written of the cell before is -1 where it has no doubled quotes.
    private int Close(ReadOnlySpan<byte> bytes, (int From, int Close) place, int begun, CsvCells cells)
    {
        var last = bytes[place.From..place.Close];
        var end = place.Close + 1;
        var tail = end < bytes.Length && !_tailEnds.Contains(bytes[end]) ? bytes[end..Tail(bytes, end)] : default;
        IsCanonical &= tail.IsEmpty && (begun >= 0 || last.IndexOfAny(_quoteWorthy) >= 0);
        if (begun < 0 && tail.IsEmpty)
        {
            cells.Add(place.From, last.Length);
            return end;
        }

        begun = begun < 0 ? cells.Begin() : begun;
        cells.Write(last);
        cells.Write(tail);
        cells.End(begun);
        return end + tail.Length;
    }

    private int Tail(ReadOnlySpan<byte> bytes, int at)
    {
        var found = bytes[at..].IndexOfAny(_tailEnds);
        return found < 0 ? bytes.Length : at + found;
    }
}
