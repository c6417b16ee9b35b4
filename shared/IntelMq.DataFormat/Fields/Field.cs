// A field of the data format.
using System.Text;

namespace IntelMq.DataFormat;

/// <summary>
/// A field: its name, type and rules. Known fields exist once per catalogue and are compared by reference;
/// fields below <c>extra</c> are made on demand and compared by name.
/// </summary>
public sealed class Field : IEquatable<Field>
{
    internal Field(string name, FieldType type, string description, FieldRules rules, MessageKinds kinds, bool isExtra = false)
    {
        Name = name;
        Type = type;
        Description = description;
        Rules = rules;
        IsExtra = isExtra;
        Kinds = kinds;
        WireName = Encoding.UTF8.GetBytes(JsonText.Compact(name) + ":");
        Utf8Name = Encoding.UTF8.GetBytes(name);
        HashName = [.. Utf8Name, MessageHash.Separator];
        LayoutHash = name.GetHashCode(StringComparison.Ordinal);
    }

    /// <summary>The dotted name, for example <c>source.ip</c>.</summary>
    public string Name { get; }

    /// <summary>The type.</summary>
    public FieldType Type { get; }

    /// <summary>What the field means.</summary>
    public string Description { get; }

    /// <summary>Further rules: length, pattern, several values.</summary>
    public FieldRules Rules { get; }

    /// <summary>The messages that may carry the field.</summary>
    public MessageKinds Kinds { get; }

    /// <summary>Whether the field lives below <c>extra</c>.</summary>
    public bool IsExtra { get; }

    /// <summary>Whether the field may hold several values.</summary>
    public bool Multiple => Rules.Multiple;

    /// <summary>The name as JSON with the colon: <c>"source.ip":</c>.</summary>
    internal byte[] WireName { get; }

    /// <summary>The name in UTF-8.</summary>
    internal byte[] Utf8Name { get; }

    /// <summary>The name as it goes into a message's hash.</summary>
    internal byte[] HashName { get; }

    /// <summary>A number of the name, the same during one run of the program.</summary>
    internal int LayoutHash { get; }

    /// <summary>One bit of the name, by which most messages that lack the field are told at once.</summary>
    internal ulong PresenceBit => 1UL << (LayoutHash & 63);

    /// <inheritdoc/>
    public bool Equals(Field? other) => ReferenceEquals(this, other) || (other is not null && Name == other.Name);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Field);

    /// <inheritdoc/>
    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>Rules of a field beyond its type.</summary>
/// <param name="Length">The longest text, in characters; null for no limit.</param>
/// <param name="Pattern">The value's text must contain a match of this.</param>
/// <param name="Multiple">The field may hold several values.</param>
public sealed record FieldRules(int? Length = null, FieldPattern? Pattern = null, bool Multiple = false)
{
    /// <summary>No further rules.</summary>
    public static FieldRules None { get; } = new();
}

/// <summary>The kinds of message.</summary>
[Flags]
public enum MessageKinds
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>What a collector sends: the raw data of a feed.</summary>
    Report = 1,

    /// <summary>What a parser sends: one observation.</summary>
    Event = 2,
}
