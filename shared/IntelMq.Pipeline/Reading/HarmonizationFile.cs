// Reads IntelMQ's harmonization.conf: fields that an installation added or changed.
using IntelMq.DataFormat;
using IntelMq.Pipeline.Files;

namespace IntelMq.Pipeline.Reading;

/// <summary>Reads a harmonization.conf: <c>{"event": {field: {type, length, regex, iregex, description}}, "report": {…}}</c>.</summary>
internal sealed class HarmonizationFile(ProblemLog problems)
{
    /// <summary>The name of the file, beside the pipeline file.</summary>
    public const string Name = "harmonization.conf";

    private readonly Dictionary<string, FieldDeclaration> _fields = new(StringComparer.Ordinal);

    /// <summary>The built-in fields with those of a file.</summary>
    public static FieldCatalogue Read(string path, ProblemLog problems)
    {
        var fields = FieldCatalogue.Default;
        if (ConfigFile.ReadJson(path, Name, problems) is not { } map)
        {
            return fields;
        }

        var file = new HarmonizationFile(problems);
        foreach (var entry in map.Entries)
        {
            MessageKinds? kind = entry.Key switch
            {
                "event" => MessageKinds.Event,
                "report" => MessageKinds.Report,
                _ => null,
            };
            if (kind is null)
            {
                problems.Warning(entry.At, entry.Key, $"'{entry.Key}' is no kind of message. A {Name} has 'event' and 'report'.");
            }
            else if (entry.Node is ConfigMap declared)
            {
                file.ReadKind(declared, kind.Value);
            }
            else
            {
                problems.Error(entry.Node.At, entry.Key, $"'{entry.Key}' is {entry.Node.Description}, but must be a map of fields.");
            }
        }

        return fields.With(file._fields.Values.Select(field => field.Build()));
    }

    private void ReadKind(ConfigMap fields, MessageKinds kind)
    {
        foreach (var entry in fields.Entries)
        {
            if (entry.Node is not ConfigMap rules)
            {
                problems.Error(entry.Node.At, entry.Key, $"The field '{entry.Key}' is {entry.Node.Description}, but must be a map with its type.");
            }
            else if (!FieldCatalogue.IsWellFormed(entry.Key))
            {
                problems.Error(entry.At, entry.Key, $"'{entry.Key}' is no name of a field. Use lower-case letters, digits and underscores, parts joined by dots.");
            }
            else if (Declaration(entry, rules, kind) is { } field && Compiles(field, rules))
            {
                // Events rule where both kinds of message have the field.
                _fields[field.Name] = _fields.TryGetValue(field.Name, out var other)
                    ? (kind == MessageKinds.Event ? field : other) with { Kinds = field.Kinds | other.Kinds }
                    : field;
            }
        }
    }

    private FieldDeclaration? Declaration(ConfigEntry entry, ConfigMap rules, MessageKinds kind)
    {
        if (rules["type"]?.Node is not ConfigScalar typeNode || typeNode.Value.AsText() is not { } typeName)
        {
            problems.Error(entry.At, entry.Key, $"The field '{entry.Key}' has no type. Add \"type\": \"String\" or another of {string.Join(", ", FieldTypeNames.All)}.");
            return null;
        }

        if (!FieldTypeNames.TryGet(typeName, out var type))
        {
            problems.Error(typeNode.At, "type", $"'{typeName}' is no type of a field{problems.Hint(typeName, FieldTypeNames.All)}. Allowed: {string.Join(", ", FieldTypeNames.All)}.");
            return null;
        }

        if (entry.Key == Fields.Extra.Name && type != FieldTypes.JsonDict)
        {
            problems.Error(typeNode.At, "type", "The field 'extra' must have the type JSONDict: everything without a field of its own goes there.");
            return null;
        }

        var builtIn = FieldCatalogue.Default.TryGet(entry.Key, out var known) && !known.IsExtra ? known : null;
        var ignoresCase = rules["iregex"] is not null;
        return new FieldDeclaration
        {
            Name = entry.Key,
            Type = type,
            Kinds = kind | (builtIn?.Kinds ?? MessageKinds.None),
            Multiple = builtIn?.Multiple ?? false,
            Description = rules["description"]?.Node.ToValue().AsText() ?? builtIn?.Description ?? "",
            Length = Length(rules["length"]),
            Pattern = Pattern(rules[ignoresCase ? "iregex" : "regex"]),
            IgnoreCase = ignoresCase,
        };
    }

    private int? Length(ConfigEntry? entry)
    {
        if (entry is null)
        {
            return null;
        }

        if (entry.Node.ToValue().AsInteger() is { } length and > 0 and <= int.MaxValue)
        {
            return (int)length;
        }

        problems.Error(entry.Node.At, "length", "The length must be a whole number above 0: the most characters the field may have.");
        return null;
    }

    private string? Pattern(ConfigEntry? entry)
    {
        var pattern = entry?.Node.ToValue().AsText();
        if (entry is not null && pattern is null)
        {
            problems.Error(entry.Node.At, entry.Key, "The regular expression must be a text.");
        }

        return pattern;
    }

    private bool Compiles(FieldDeclaration field, ConfigMap rules)
    {
        var at = (rules["iregex"] ?? rules["regex"])?.Node.At ?? rules.At;
        try
        {
            field.Build();
            return true;
        }
        catch (ArgumentException error)
        {
            problems.Error(at, "regex", $"The regular expression of '{field.Name}' is broken: {error.Message}");
        }
        catch (NotSupportedException)
        {
            problems.Error(at, "regex", $"The regular expression of '{field.Name}' looks around or refers back. Write it without: feeds must not be able to make it slow.");
        }

        return false;
    }
}
