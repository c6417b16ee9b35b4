// YAML text as nodes with positions.
using System.Globalization;
using IntelMq.DataFormat;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace IntelMq.Pipeline.Files;

/// <summary>Reads YAML text as nodes with positions: one document, anchors, aliases and merge keys, no tags of programming languages.</summary>
internal sealed class YamlConfig
{
    private const string TagPrefix = "tag:yaml.org,2002:";

    private readonly Parser _parser;
    private readonly ProblemLog _problems;
    private readonly Dictionary<string, ConfigNode?> _anchors = new(StringComparer.Ordinal);
    private int _depth;

    private YamlConfig(string text, ProblemLog problems)
    {
        _parser = new Parser(new Scanner(new StringReader(text), skipComments: true));
        _problems = problems;
    }

    /// <summary>The nodes of a YAML text; null for an empty one. A key that is there twice is a problem in the log.</summary>
    /// <exception cref="ConfigSyntaxException">The text is no YAML, or nested too deeply.</exception>
    public static ConfigNode? Read(string text, ProblemLog problems)
    {
        var yaml = new YamlConfig(text, problems);
        try
        {
            return yaml.Document();
        }
        catch (YamlException error)
        {
            throw new ConfigSyntaxException(Position(error.Start), $"The YAML is broken: {error.Message.TrimEnd('.')}.");
        }
    }

    /// <summary>The sentence about a key that is there twice.</summary>
    public static string DuplicateKey(string key, SourcePosition first) =>
        string.Create(CultureInfo.InvariantCulture, $"The key '{key}' is here a second time (first in line {first.Line}). Remove one of them.");

    private ConfigNode? Document()
    {
        Next();
        if (Next() is not DocumentStart)
        {
            return null;
        }

        Next();
        var node = Node();
        Next();
        return Next() is StreamEnd
            ? node
            : throw new ConfigSyntaxException(Position(_parser.Current!.Start), "Here a second document starts. A configuration file is one document: remove the '---'.");
    }

    private ParsingEvent Next()
    {
        try
        {
            return _parser.MoveNext() ? _parser.Current! : throw new YamlException("The file ends too early");
        }
        catch (Exception error) when (error is not YamlException)
        {
            throw Lost();
        }
    }

    private ConfigNode Node()
    {
        var start = _parser.Current!;
        var at = Position(start.Start);
        if (start is AnchorAlias alias)
        {
            return Anchored(alias, at);
        }

        var anchor = (start as NodeEvent ?? throw Lost()).Anchor;
        if (!anchor.IsEmpty)
        {
            // Null while the node is read: an alias inside it would never end.
            _anchors[anchor.Value] = null;
        }

        if (++_depth > ConfigNode.MaxDepth)
        {
            throw TooDeep(at);
        }

        ConfigNode node = start switch
        {
            MappingStart map => Map(map, at),
            SequenceStart list => List(list, at),
            Scalar scalar => Scalar(scalar, at),
            _ => throw Lost(),
        };
        _depth--;
        if (node.Depth + _depth > ConfigNode.MaxDepth)
        {
            throw TooDeep(at);
        }

        if (node.Size > ConfigNode.MaxSize)
        {
            throw new ConfigSyntaxException(at, "What is written here becomes too large when its aliases are written out. Use fewer aliases.");
        }

        if (!anchor.IsEmpty)
        {
            _anchors[anchor.Value] = node;
        }

        return node;
    }

    private ConfigNode Anchored(AnchorAlias alias, SourcePosition at)
    {
        var name = alias.Value.Value;
        return _anchors.TryGetValue(name, out var node)
            ? node ?? throw new ConfigSyntaxException(at, $"The alias '*{name}' stands inside its own anchor, so it would never end. Remove it.")
            : throw new ConfigSyntaxException(at, $"There is no anchor '&{name}' before this alias. Define it above, or quote the text.");
    }

    private ConfigList List(SequenceStart start, SourcePosition at)
    {
        Allow(start.Tag, at, "seq");
        var items = new List<ConfigNode>();
        while (Next() is not SequenceEnd)
        {
            items.Add(Node());
        }

        return new ConfigList(at, items);
    }

    private ConfigMap Map(MappingStart start, SourcePosition at)
    {
        Allow(start.Tag, at, "map");
        var entries = new Dictionary<string, ConfigEntry>(StringComparer.Ordinal);
        var merged = new List<ConfigMap>();
        while (Next() is not MappingEnd)
        {
            var keyAt = Position(_parser.Current!.Start);
            var isMerge = _parser.Current is Scalar { Value: "<<", Style: ScalarStyle.Plain };
            var key = KeyText(keyAt);
            Next();
            var node = Node();
            if (isMerge)
            {
                Merge(node, merged);
            }
            else if (!entries.TryAdd(key, new ConfigEntry(key, keyAt, node)))
            {
                _problems.Error(keyAt, key, DuplicateKey(key, entries[key].At));
            }
        }

        // What the map says itself wins over what it merges, and an earlier merged map over a later one.
        foreach (var entry in merged.SelectMany(map => map.Entries))
        {
            entries.TryAdd(entry.Key, entry);
        }

        return new ConfigMap(at, entries.Values.ToList());
    }

    private string KeyText(SourcePosition at)
    {
        if (_parser.Current is Scalar scalar)
        {
            // Keys are names: 443 and true are used as they are written.
            Allow(scalar.Tag, at, "str", "int", "bool", "null", "float");
            return Node() is ConfigScalar ? scalar.Value : "";
        }

        return Node() is ConfigScalar alias
            ? alias.Value.ToString()
            : throw new ConfigSyntaxException(at, "A key must be a text, not a list or map. Quote it if it starts with '[', '{' or '?'.");
    }

    private static void Merge(ConfigNode node, List<ConfigMap> merged)
    {
        foreach (var item in node is ConfigList list ? list.Items : [node])
        {
            merged.Add(item as ConfigMap ?? throw new ConfigSyntaxException(item.At, "The merge key '<<' needs a map or a list of maps, usually an alias such as '*defaults'."));
        }
    }

    private static ConfigScalar Scalar(Scalar scalar, SourcePosition at)
    {
        Allow(scalar.Tag, at, "str", "int", "float", "bool", "null");
        var tag = scalar.Tag.IsEmpty || scalar.Tag.IsNonSpecific ? null : scalar.Tag.Value[TagPrefix.Length..];
        if (tag == "str" || (tag is null && (scalar.Style != ScalarStyle.Plain || scalar.Tag.IsNonSpecific)))
        {
            return new ConfigScalar(at, scalar.Value);
        }

        var value = YamlScalars.Resolve(scalar.Value);
        var fits = tag switch
        {
            "int" => value.Kind == ValueKind.Integer,
            "float" => value.Kind is ValueKind.Float or ValueKind.Integer,
            "bool" => value.Kind == ValueKind.Boolean,
            "null" => value.Kind == ValueKind.Null,
            _ => true,
        };
        return fits ? new ConfigScalar(at, value) : throw new ConfigSyntaxException(at, $"'{scalar.Value}' does not fit the tag '!!{tag}'. Remove the tag.");
    }

    private static void Allow(TagName tag, SourcePosition at, params ReadOnlySpan<string> names)
    {
        if (tag.IsEmpty || tag.IsNonSpecific)
        {
            return;
        }

        foreach (var name in names)
        {
            if (tag.Value == TagPrefix + name)
            {
                return;
            }
        }

        throw new ConfigSyntaxException(at, $"The tag '{tag.Value}' is not allowed here. Remove it: configuration is texts, numbers, flags, lists and maps.");
    }

    // The library loses its way in some broken texts: it gives events out of order or fails without saying where and why.
    private ConfigSyntaxException Lost() =>
        new(Position(_parser.Current?.End ?? Mark.Empty), "The YAML is broken at this place or shortly behind it: look for missing quotes, brackets or line breaks.");

    private static ConfigSyntaxException TooDeep(SourcePosition at) =>
        new(at, string.Create(CultureInfo.InvariantCulture, $"Maps and lists are nested more than {ConfigNode.MaxDepth} levels deep here. Flatten them."));

    private static SourcePosition Position(Mark mark) => new((int)Math.Max(mark.Line, 1), (int)Math.Max(mark.Column, 1));
}
