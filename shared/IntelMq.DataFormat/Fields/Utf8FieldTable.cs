// Finds a field by the UTF-8 bytes of its name: the look-up that every key of every message pays.
namespace IntelMq.DataFormat;

/// <summary>An open hash table from UTF-8 names to fields. Reads take no lock; additions replace the table.</summary>
internal sealed class Utf8FieldTable
{
    private readonly Lock _adding = new();
    private volatile Field?[] _slots;
    private int _count;

    public Utf8FieldTable(IEnumerable<Field> fields)
    {
        _slots = new Field?[1024];
        foreach (var field in fields)
        {
            Insert(_slots, field);
            _count++;
        }
    }

    public Field? Find(ReadOnlySpan<byte> name)
    {
        var slots = _slots;
        for (var i = Hash(name) & (uint)(slots.Length - 1); slots[i] is { } field; i = (i + 1) & (uint)(slots.Length - 1))
        {
            if (field.Utf8Name.AsSpan().SequenceEqual(name))
            {
                return field;
            }
        }

        return null;
    }

    public void Remember(Field field)
    {
        lock (_adding)
        {
            var slots = (++_count * 2) > _slots.Length ? new Field?[_slots.Length * 2] : (Field?[])_slots.Clone();
            if (slots.Length > _slots.Length)
            {
                foreach (var old in _slots.OfType<Field>())
                {
                    Insert(slots, old);
                }
            }

            Insert(slots, field);
            _slots = slots;
        }
    }

    private static void Insert(Field?[] slots, Field field)
    {
        var i = Hash(field.Utf8Name) & (uint)(slots.Length - 1);
        while (slots[i] is { } there && there.Name != field.Name)
        {
            i = (i + 1) & (uint)(slots.Length - 1);
        }

        slots[i] = field;
    }

    // FNV-1a over the whole name: names are short, and the ends alone collide ("source.ip", "destination.ip").
    private static uint Hash(ReadOnlySpan<byte> name)
    {
        var hash = 2166136261u;
        foreach (var b in name)
        {
            hash = (hash ^ b) * 16777619u;
        }

        return hash ^ (hash >> 15);
    }
}
