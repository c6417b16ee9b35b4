// A field that somebody declares: a harmonization.conf, or an organisation's own data format.
namespace IntelMq.DataFormat;

/// <summary>The declaration of a field, from which <see cref="Build"/> makes the field for <see cref="FieldCatalogue.With(IEnumerable{Field})"/>.</summary>
public sealed record FieldDeclaration
{
    /// <summary>The dotted name, well formed (<see cref="FieldCatalogue.IsWellFormed"/>).</summary>
    public required string Name { get; init; }

    /// <summary>The type.</summary>
    public required FieldType Type { get; init; }

    /// <summary>What the field means.</summary>
    public string Description { get; init; } = "";

    /// <summary>The longest text, in characters; null for no limit.</summary>
    public int? Length { get; init; }

    /// <summary>The value's text must contain a match of this regular expression (IntelMQ's dialect: Python); null for none.</summary>
    public string? Pattern { get; init; }

    /// <summary>Whether the pattern ignores upper and lower case.</summary>
    public bool IgnoreCase { get; init; }

    /// <summary>The field may hold several values.</summary>
    public bool Multiple { get; init; }

    /// <summary>The messages that may carry the field.</summary>
    public MessageKinds Kinds { get; init; } = MessageKinds.Event;

    /// <summary>Makes the field.</summary>
    /// <exception cref="ArgumentException">The name is not well formed, or the pattern is no regular expression.</exception>
    /// <exception cref="NotSupportedException">The pattern looks around or refers back, which cannot be bounded in time.</exception>
    public Field Build() => FieldCatalogue.IsWellFormed(Name)
        ? new Field(Name, Type, Description, new FieldRules(Length, CompiledPattern(), Multiple), Kinds)
        : throw new ArgumentException($"'{Name}' is not a well-formed name of a field.");

    // Python writes named groups with a P.
    private FieldPattern? CompiledPattern() => Pattern is null
        ? null
        : new FieldPattern(Pattern.Replace("(?P<", "(?<", StringComparison.Ordinal), ignoreCase: IgnoreCase).Compiled();
}
