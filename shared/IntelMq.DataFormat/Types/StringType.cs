// Text of any kind.
namespace IntelMq.DataFormat;

/// <summary>Text. Blanks at the ends are cut; numbers, lists and maps become their text; bytes are read as UTF-8.</summary>
internal sealed class StringType : FieldType
{
    public override string Name => "String";

    internal override bool IsRepeatable => true;

    public override bool TrySanitize(in Value input, TimeProvider clock, out Value output)
    {
        output = Text(input);
        return !output.IsMissing;
    }

    public override bool IsValid(in Value value) => value.Kind == ValueKind.Text && value.AsText()!.Length > 0;

    internal override bool TryMakeProper(in Value input, TimeProvider clock, out Value output)
    {
        output = Text(input);
        return output.AsText() is { Length: > 0 };
    }

    /// <summary>The trimmed text of any value; missing for what means nothing (null, 0, false, empty list).</summary>
    internal static Value Text(in Value input)
    {
        switch (input.Kind)
        {
            case ValueKind.Text:
                var text = input.AsText()!;
                return text.Length == 0 ? Value.Missing : Blanks.Trim(text);
            case ValueKind.Bytes:
                var bytes = input.AsBytes()!.Value.Span;
                return bytes.IsEmpty ? Value.Missing : Blanks.Trim(RawData.DecodeText(bytes));
            default:
                return MeansNothing(input) ? Value.Missing : PythonText.Str(input);
        }
    }

    /// <summary>The untrimmed text of a text or of bytes; null for everything else.</summary>
    internal static string? TextOrBytes(in Value input) =>
        input.Kind == ValueKind.Bytes ? RawData.DecodeText(input.AsBytes()!.Value.Span) : input.Kind == ValueKind.Text ? input.AsText() : null;

    private static bool MeansNothing(in Value input) => input.Kind switch
    {
        ValueKind.Integer => input.AsBigInteger()!.Value.IsZero,
        ValueKind.Float => input.AsFloat() == 0,
        ValueKind.Boolean => !input.AsBoolean()!.Value,
        ValueKind.List => input.AsList().Count == 0,
        ValueKind.Map => input.AsMap()!.Count == 0,
        _ => true,
    };
}
