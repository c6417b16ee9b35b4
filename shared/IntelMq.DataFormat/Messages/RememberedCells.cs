// What became of the cells that a column of a feed repeats.
using System.Buffers.Binary;
using System.Numerics;

namespace IntelMq.DataFormat;

/// <summary>
/// Remembers the values that a field took from cells of a feed: countries, protocols and malware names come in every other row, and need no text, no
/// sanitation and no validation again. Holds a bounded number of short cells; where a column seldom repeats one it stops looking for a while.
/// Not thread-safe.
/// </summary>
/// <param name="field">The field.</param>
/// <param name="catalogue">The catalogue of the messages; others are not served.</param>
public sealed class RememberedCells(Field field, FieldCatalogue catalogue)
{
    private const int Places = 512;
    private const int LongestCell = 64;

    // So many look-ups tell whether the column repeats its cells; where fewer than a third were known, so many cells pass before the next try.
    private const int Trial = 1024;
    private const int Rest = 16 * 1024;

    private readonly Field _field = catalogue.Resolve(field);
    private readonly Known[] _known = catalogue.Resolve(field).Type.IsRepeatable ? new Known[Places] : [];
    private int _looks;
    private int _hits;
    private int _resting;

    /// <summary>Whether it is worth asking for the next cell. Call it once a cell; the others only where it says so.</summary>
    public bool Looks()
    {
        if (_known.Length == 0)
        {
            return false;
        }

        if (_resting > 0)
        {
            _resting--;
            return false;
        }

        if (++_looks == Trial)
        {
            _resting = _hits < Trial / 3 ? Rest : 0;
            (_looks, _hits) = (0, 0);
        }

        return true;
    }

    /// <summary>
    /// Adds the value of a cell that is known to a message that has no value in this field, as adding it anew would. False where that must be done.
    /// </summary>
    /// <param name="message">The message.</param>
    /// <param name="cell">The cell's bytes.</param>
    public bool TryAdd(Message message, ReadOnlySpan<byte> cell)
    {
        if (_known.Length == 0)
        {
            return false;
        }

        ref readonly var known = ref _known[PlaceOf(cell)];
        if (known.Cell is not { } bytes || !cell.SequenceEqual(bytes) || !ReferenceEquals(message.Catalogue, catalogue) || message.Find(_field) >= 0)
        {
            return false;
        }

        _hits++;
        if (!known.Value.IsMissing)
        {
            message.AppendUnchecked(_field, known.Value);
        }

        return true;
    }

    /// <summary>Remembers what became of a cell that was just added to a message without this field.</summary>
    /// <param name="message">The message.</param>
    /// <param name="cell">The cell's bytes.</param>
    /// <param name="result">What adding it gave. A refusal is not remembered.</param>
    public void Remember(Message message, ReadOnlySpan<byte> cell, AddResult result)
    {
        if (_known.Length == 0 || cell.Length > LongestCell || result == AddResult.Refused || !ReferenceEquals(message.Catalogue, catalogue))
        {
            return;
        }

        // Lists and maps are left alone: somebody may change them. Slices lie in memory that is not theirs.
        var value = result == AddResult.Added ? message[_field] : Value.Missing;
        if (!value.IsSlice && value.Kind is ValueKind.Missing or ValueKind.Text or ValueKind.Integer or ValueKind.Float or ValueKind.Boolean)
        {
            _known[PlaceOf(cell)] = new Known(cell.ToArray(), value);
        }
    }

    // Good enough to spread what feeds send; whoever makes cells collide makes them slow, not wrong.
    private static int PlaceOf(ReadOnlySpan<byte> cell)
    {
        ulong first, last;
        if (cell.Length >= 8)
        {
            (first, last) = (BinaryPrimitives.ReadUInt64LittleEndian(cell), BinaryPrimitives.ReadUInt64LittleEndian(cell[^8..]));
        }
        else if (cell.Length >= 4)
        {
            (first, last) = (BinaryPrimitives.ReadUInt32LittleEndian(cell), BinaryPrimitives.ReadUInt32LittleEndian(cell[^4..]));
        }
        else
        {
            (first, last) = cell.IsEmpty ? (0ul, 0ul) : (cell[0] | ((ulong)cell[cell.Length / 2] << 8), cell[^1]);
        }

        var mixed = (first ^ BitOperations.RotateLeft(last, 29) ^ (ulong)cell.Length) * 0x9E3779B97F4A7C15;
        return (int)(mixed >> 32) & (Places - 1);
    }

    private readonly record struct Known(byte[]? Cell, Value Value);
}
