// Dotted names as nested maps.
namespace IntelMq.DataFormat;

/// <summary>Nests dotted names.</summary>
internal static class Hierarchy
{
    /// <summary>
    /// Puts a value at a dotted name. Where a part of the name already has a plain value, the rest of the name stays dotted:
    /// nothing is lost and nothing is replaced.
    /// </summary>
    public static void Put(ValueMap map, string name, in Value value)
    {
        var parts = name.Split('.');
        for (var i = 0; i < parts.Length - 1; i++)
        {
            if (!map.TryGet(parts[i], out var there))
            {
                var below = new ValueMap();
                map[parts[i]] = Value.Of(below);
                map = below;
            }
            else if (there.AsMap() is { } existing)
            {
                // A map that is a value of its own must not change under its owner.
                var copy = new ValueMap();
                foreach (var (key, item) in existing)
                {
                    copy[key] = item;
                }

                map[parts[i]] = Value.Of(copy);
                map = copy;
            }
            else
            {
                map[string.Join('.', parts[i..])] = value;
                return;
            }
        }

        map[parts[^1]] = value;
    }
}
