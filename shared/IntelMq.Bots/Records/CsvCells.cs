// The cells of one row of a table, made into texts only where somebody looks at them.
using System.Buffers;
using System.Collections;
using System.Text;
using IntelMq.DataFormat;

namespace IntelMq.Bots;

/// <summary>
/// The cells of a row. They are places in the bytes of the report; a cell becomes a text when it is looked at, once.
/// Valid until the next row is read.
/// </summary>
internal sealed class CsvCells : IReadOnlyList<string>
{
    // Cells that do not stand in the row as they are: with doubled quotes, or with text behind the closing quote.
    private readonly ArrayBufferWriter<byte> _unquoted = new();
    private ArraySegment<byte> _row = [];
    private Place[] _places = new Place[32];

    /// <inheritdoc/>
    public int Count { get; private set; }

    /// <inheritdoc/>
    public string this[int index]
    {
        get
        {
            ref var place = ref _places.AsSpan(0, Count)[index];
            return place.Text ??= Decode(Bytes(place));
        }
    }

    /// <summary>A cell's bytes.</summary>
    public ReadOnlySpan<byte> Bytes(int index) => Bytes(_places.AsSpan(0, Count)[index]);

    /// <summary>Forgets all cells.</summary>
    public void Clear()
    {
        Array.Clear(_places, 0, Count);
        Count = 0;
        _unquoted.ResetWrittenCount();
    }

    /// <summary>The bytes in which the places of <see cref="Add"/> lie.</summary>
    public void LieIn(ArraySegment<byte> row) => _row = row;

    /// <summary>Adds a cell that stands in the row as it is.</summary>
    public void Add(int start, int length) => Add(new Place { Start = start, Length = length });

    /// <summary>Begins a cell that does not stand in the row as it is: what is written follows with <see cref="Write"/>.</summary>
    public int Begin() => _unquoted.WrittenCount;

    /// <summary>Writes a part of such a cell.</summary>
    public void Write(ReadOnlySpan<byte> part) => _unquoted.Write(part);

    /// <summary>Ends such a cell.</summary>
    public void End(int begun) => Add(new Place { Start = begun, Length = _unquoted.WrittenCount - begun, IsUnquoted = true });

    /// <inheritdoc/>
    public IEnumerator<string> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void Add(Place place)
    {
        if (Count == _places.Length)
        {
            Array.Resize(ref _places, Count * 2);
        }

        _places[Count++] = place;
    }

    private ReadOnlySpan<byte> Bytes(in Place place) =>
        place.IsUnquoted ? _unquoted.WrittenSpan.Slice(place.Start, place.Length) : _row.AsSpan(place.Start, place.Length);

    private static string Decode(ReadOnlySpan<byte> cell) =>
        cell.IsEmpty ? "" : Ascii.IsValid(cell) ? Encoding.Latin1.GetString(cell) : RawData.DecodeText(cell);

    private struct Place
    {
        public int Start;
        public int Length;
        public bool IsUnquoted;
        public string? Text;
    }
}
