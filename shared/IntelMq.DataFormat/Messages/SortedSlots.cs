// The fields of a message sorted by name.
namespace IntelMq.DataFormat;

/// <summary>The fields of a message sorted by name: the order of hashes and exported lines. Valid until the message changes.</summary>
internal readonly ref struct SortedSlots
{
    private const int Remembered = 512;

    // Messages of one feed have the same fields in the same order, but for some that are empty now and then: what was sorted once is only compared again.
    [ThreadStatic]
    private static Layout?[]? t_layouts;

    private readonly ReadOnlySpan<Message.Slot> _slots;
    private readonly int[] _order;

    private SortedSlots(ReadOnlySpan<Message.Slot> slots, int[] order)
    {
        _slots = slots;
        _order = order;
    }

    /// <summary>The number of fields.</summary>
    public int Count => _order.Length;

    /// <summary>The field at a place of the order.</summary>
    public ref readonly Message.Slot this[int place] => ref _slots[_order[place]];

    /// <summary>Sorts the fields of a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="counts">Leaves the fields out that it is false for; null for all. It is asked once for every order of fields, not for every message.</param>
    public static SortedSlots Of(Message message, Func<Field, bool>? counts = null)
    {
        var slots = message.Slots;
        var hash = 17;
        foreach (ref readonly var slot in slots)
        {
            hash = (hash * 31) + slot.Field.LayoutHash;
        }

        var layouts = t_layouts ??= new Layout?[Remembered];
        ref var layout = ref layouts[(uint)hash % Remembered];
        if (layout is null || !layout.Fits(slots, counts))
        {
            layout = new Layout(slots, counts);
        }

        return new SortedSlots(slots, layout.Order);
    }

    private sealed class Layout
    {
        private readonly Field[] _fields;
        private readonly Func<Field, bool>? _counts;

        public Layout(ReadOnlySpan<Message.Slot> slots, Func<Field, bool>? counts)
        {
            (_fields, _counts) = (new Field[slots.Length], counts);
            for (var i = 0; i < slots.Length; i++)
            {
                _fields[i] = slots[i].Field;
            }

            Order = [.. Enumerable.Range(0, _fields.Length).Where(place => counts is null || counts(_fields[place]))];
            Array.Sort(Order, (left, right) => string.CompareOrdinal(_fields[left].Name, _fields[right].Name));
        }

        public int[] Order { get; }

        public bool Fits(ReadOnlySpan<Message.Slot> slots, Func<Field, bool>? counts)
        {
            if (slots.Length != _fields.Length || !ReferenceEquals(counts, _counts))
            {
                return false;
            }

            for (var i = 0; i < slots.Length; i++)
            {
                if (!ReferenceEquals(slots[i].Field, _fields[i]))
                {
                    return false;
                }
            }

            return true;
        }
    }
}
