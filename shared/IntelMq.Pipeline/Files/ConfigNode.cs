// The content of a YAML or JSON file with the place of everything in it.
using IntelMq.DataFormat;

namespace IntelMq.Pipeline.Files;

/// <summary>A node of a YAML or JSON file.</summary>
internal abstract class ConfigNode(SourcePosition at)
{
    /// <summary>How deep nodes may be nested.</summary>
    public const int MaxDepth = 64;

    /// <summary>How many nodes a file may have when its aliases are written out: no alias bomb fills the memory of a later reader.</summary>
    public const long MaxSize = 500_000;

    public SourcePosition At { get; } = at;

    /// <summary>The number of nodes below this, aliases written out; long texts count for several.</summary>
    public abstract long Size { get; }

    /// <summary>The levels below this, aliases written out.</summary>
    public abstract int Depth { get; }

    /// <summary>What the node is, for sentences: "a text", "a list".</summary>
    public abstract string Description { get; }

    public abstract Value ToValue();
}

/// <summary>A text, number, flag or null.</summary>
internal sealed class ConfigScalar(SourcePosition at, Value value) : ConfigNode(at)
{
    public Value Value { get; } = value;

    public override long Size => 1 + ((Value.AsText()?.Length ?? 0) / 64);

    public override int Depth => 0;

    public override string Description => Value.Kind switch
    {
        ValueKind.Null => "empty",
        ValueKind.Text => "a text",
        ValueKind.Boolean => "true or false",
        _ => "a number",
    };

    public bool IsNull => Value.Kind == ValueKind.Null;

    public override Value ToValue() => Value;
}

/// <summary>A list.</summary>
internal sealed class ConfigList(SourcePosition at, IReadOnlyList<ConfigNode> items) : ConfigNode(at)
{
    public IReadOnlyList<ConfigNode> Items { get; } = items;

    public override long Size { get; } = 1 + items.Sum(item => item.Size);

    public override int Depth { get; } = 1 + items.Select(item => item.Depth).DefaultIfEmpty(0).Max();

    public override string Description => "a list";

    public override Value ToValue() => Value.Of(Items.Select(item => item.ToValue()));
}

/// <summary>Named nodes in the order of the file; every name is there once.</summary>
internal sealed class ConfigMap(SourcePosition at, IReadOnlyList<ConfigEntry> entries) : ConfigNode(at)
{
    private readonly Dictionary<string, ConfigEntry> _byKey = entries.ToDictionary(entry => entry.Key, StringComparer.Ordinal);

    public IReadOnlyList<ConfigEntry> Entries { get; } = entries;

    public override long Size { get; } = 1 + entries.Sum(entry => entry.Node.Size);

    public override int Depth { get; } = 1 + entries.Select(entry => entry.Node.Depth).DefaultIfEmpty(0).Max();

    public override string Description => "a map";

    public ConfigEntry? this[string key] => _byKey.GetValueOrDefault(key);

    public override Value ToValue()
    {
        var map = new ValueMap();
        foreach (var entry in Entries)
        {
            map[entry.Key] = entry.Node.ToValue();
        }

        return Value.Of(map);
    }
}

/// <summary>A name and its node.</summary>
/// <param name="Key">The name.</param>
/// <param name="At">Where the name stands.</param>
/// <param name="Node">The node.</param>
internal sealed record ConfigEntry(string Key, SourcePosition At, ConfigNode Node);

/// <summary>The file cannot be read further.</summary>
internal sealed class ConfigSyntaxException(SourcePosition at, string message) : Exception(message)
{
    public SourcePosition At { get; } = at;
}
