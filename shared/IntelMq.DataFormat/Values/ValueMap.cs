// Named values in insertion order: the JSON objects that live below `extra`.
using System.Diagnostics.CodeAnalysis;

namespace IntelMq.DataFormat;

/// <summary>Named values in insertion order. A repeated name replaces the value and keeps the place.</summary>
public sealed class ValueMap : IReadOnlyCollection<KeyValuePair<string, Value>>
{
    private readonly List<KeyValuePair<string, Value>> _items = [];
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);

    /// <summary>The number of names.</summary>
    public int Count => _items.Count;

    /// <summary>The value of a name; <see cref="Value.Missing"/> where there is none. Setting adds or replaces.</summary>
    public Value this[string name]
    {
        get => _places.TryGetValue(name, out var place) ? _items[place].Value : Value.Missing;
        set
        {
            if (_places.TryGetValue(name, out var place))
            {
                _items[place] = new(name, value);
                return;
            }

            _places.Add(name, _items.Count);
            _items.Add(new(name, value));
        }
    }

    /// <summary>Whether the name is there, and its value.</summary>
    public bool TryGet(string name, [MaybeNullWhen(false)] out Value value)
    {
        value = this[name];
        return value.Kind != ValueKind.Missing;
    }

    /// <summary>The same names and values, sorted by name (nested maps too).</summary>
    public ValueMap Sorted()
    {
        var sorted = new ValueMap();
        foreach (var item in _items.OrderBy(item => item.Key, StringComparer.Ordinal))
        {
            sorted[item.Key] = item.Value.SortedMaps();
        }

        return sorted;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, Value>> GetEnumerator() => _items.GetEnumerator();

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
}
