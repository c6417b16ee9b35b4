// JSON text, and the map of everything below extra.
namespace IntelMq.DataFormat;

/// <summary>A text that is JSON. What is no JSON text becomes one: other texts a JSON string, maps and lists their JSON (names sorted).</summary>
internal sealed class JsonType : FieldType
{
    public override string Name => "JSON";

    public override bool TrySanitize(in Value input, TimeProvider clock, out Value output)
    {
        output = input.Kind switch
        {
            ValueKind.Missing => Value.Missing,
            ValueKind.Text or ValueKind.Bytes when JsonText.TryParse(StringType.TextOrBytes(input)!) is not null => Blanks.Trim(StringType.TextOrBytes(input)!),
            ValueKind.Bytes => Value.Missing,
            _ => Dump(input),
        };
        return !output.IsMissing;
    }

    public override bool IsValid(in Value value) => value.Kind == ValueKind.Text && JsonText.TryParse(value.AsText()!) is not null;

    internal static string Dump(in Value value) =>
        JsonText.Write(value.Kind is ValueKind.List or ValueKind.Map ? value.SortedMaps() : value, JsonStyle.Legacy);
}

/// <summary>A JSON object with at least one name.</summary>
internal sealed class JsonDictType : FieldType
{
    public override string Name => "JSONDict";

    public override bool TrySanitize(in Value input, TimeProvider clock, out Value output)
    {
        if (StringType.Text(input).IsMissing)
        {
            output = Value.Missing;
            return false;
        }

        output = IsMap(StringType.TextOrBytes(input)) ? Blanks.Trim(StringType.TextOrBytes(input)!)
            : input.Kind == ValueKind.Bytes ? Value.Missing : JsonType.Dump(input);
        return !output.IsMissing;
    }

    public override bool IsValid(in Value value) => value.Kind == ValueKind.Text && IsMap(value.AsText());

    private static bool IsMap(string? text) => text is not null && JsonText.TryParse(text)?.AsMap() is { Count: > 0 };
}
