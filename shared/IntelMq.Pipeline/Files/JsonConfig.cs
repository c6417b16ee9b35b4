// JSON text as nodes with positions: harmonization.conf, and pipeline files that are JSON.
using System.Text;
using System.Text.Json;
using IntelMq.DataFormat;

namespace IntelMq.Pipeline.Files;

/// <summary>Reads JSON text as nodes with positions.</summary>
internal ref struct JsonConfig
{
    private readonly byte[] _bytes;
    private readonly ProblemLog _problems;
    private Utf8JsonReader _reader;
    private int _linesCounted;
    private int _line = 1;
    private int _lineStart;

    private JsonConfig(byte[] bytes, ProblemLog problems)
    {
        _bytes = bytes;
        _problems = problems;
        _reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = ConfigNode.MaxDepth });
    }

    /// <summary>The nodes of a JSON text. A key that is there twice is a problem in the log.</summary>
    /// <exception cref="ConfigSyntaxException">The text is no JSON.</exception>
    public static ConfigNode Read(string text, ProblemLog problems)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        try
        {
            var json = new JsonConfig(bytes, problems);
            json._reader.Read();
            var node = json.Node();

            // Finds what stands behind the value.
            json._reader.Read();
            return node;
        }
        catch (JsonException error)
        {
            var line = (int)(error.LineNumber ?? 0);
            throw new ConfigSyntaxException(new SourcePosition(line + 1, Column(bytes, line, (int)(error.BytePositionInLine ?? 0))), $"The JSON is broken: {Sentence(error.Message)}");
        }
        catch (InvalidOperationException)
        {
            // A \u escape that is half of a surrogate pair.
            throw new ConfigSyntaxException(new SourcePosition(1, 1), "The JSON holds a \\u escape that is no character.");
        }
    }

    private ConfigNode Node()
    {
        var at = Position();
        switch (_reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return Map(at);
            case JsonTokenType.StartArray:
                var items = new List<ConfigNode>();
                while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
                {
                    items.Add(Node());
                }

                return new ConfigList(at, items);
            case JsonTokenType.String:
                return new ConfigScalar(at, _reader.GetString());
            case JsonTokenType.Number:
                return new ConfigScalar(at, YamlScalars.Resolve(Encoding.UTF8.GetString(_reader.ValueSpan)));
            case JsonTokenType.Null:
                return new ConfigScalar(at, Value.Null);
            default:
                return new ConfigScalar(at, _reader.TokenType == JsonTokenType.True);
        }
    }

    private ConfigMap Map(SourcePosition at)
    {
        var entries = new List<ConfigEntry>();
        var seen = new Dictionary<string, SourcePosition>(StringComparer.Ordinal);
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndObject)
        {
            var keyAt = Position();
            var key = _reader.GetString()!;
            _reader.Read();
            var node = Node();
            if (seen.TryAdd(key, keyAt))
            {
                entries.Add(new ConfigEntry(key, keyAt, node));
            }
            else
            {
                _problems.Error(keyAt, key, YamlConfig.DuplicateKey(key, seen[key]));
            }
        }

        return new ConfigMap(at, entries);
    }

    private SourcePosition Position()
    {
        var start = (int)_reader.TokenStartIndex;
        for (; _linesCounted < start; _linesCounted++)
        {
            if (_bytes[_linesCounted] == (byte)'\n')
            {
                _line++;
                _lineStart = _linesCounted + 1;
            }
        }

        return new SourcePosition(_line, Encoding.UTF8.GetCharCount(_bytes.AsSpan(_lineStart, start - _lineStart)) + 1);
    }

    private static int Column(byte[] bytes, int line, int byteInLine)
    {
        var rest = bytes.AsSpan();
        for (; line > 0; line--)
        {
            rest = rest[(rest.IndexOf((byte)'\n') + 1)..];
        }

        return Encoding.UTF8.GetCharCount(rest[..Math.Min(byteInLine, rest.Length)]) + 1;
    }

    // The library appends the position, which the problem tells already.
    private static string Sentence(string message)
    {
        var position = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return position < 0 ? message : message[..position];
    }
}
