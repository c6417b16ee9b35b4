// The fields of a message sorted by name.
using System.Buffers;

namespace IntelMq.DataFormat;

/// <summary>The fields of a message sorted by name, in rented memory: the order of hashes and exported lines. Dispose it.</summary>
internal readonly struct SortedSlots : IDisposable
{
    private static readonly IComparer<Message.Slot> s_byName =
        Comparer<Message.Slot>.Create(static (left, right) => string.CompareOrdinal(left.Field.Name, right.Field.Name));

    private readonly Message.Slot[] _rented;
    private readonly int _count;

    private SortedSlots(Message.Slot[] rented, int count) => (_rented, _count) = (rented, count);

    /// <summary>The sorted fields.</summary>
    public ReadOnlySpan<Message.Slot> Slots => _rented.AsSpan(0, _count);

    /// <summary>Sorts the fields of a message.</summary>
    public static SortedSlots Of(Message message)
    {
        var slots = message.Slots;
        var rented = ArrayPool<Message.Slot>.Shared.Rent(slots.Length);
        slots.CopyTo(rented);
        Array.Sort(rented, 0, slots.Length, s_byName);
        return new SortedSlots(rented, slots.Length);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _rented.AsSpan(0, _count).Clear();
        ArrayPool<Message.Slot>.Shared.Return(_rented);
    }
}
