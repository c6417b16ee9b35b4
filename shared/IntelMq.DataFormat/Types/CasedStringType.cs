// Text in lower or upper case only.
namespace IntelMq.DataFormat;

/// <summary>Text in one case. Blanks at the ends are cut; what is neither text nor bytes is unfit.</summary>
internal sealed class CasedStringType(string name, Func<string, string> toCase) : FieldType
{
    public override string Name => name;

    internal override bool IsRepeatable => true;

    public override bool TrySanitize(in Value input, TimeProvider clock, out Value output)
    {
        output = StringType.TextOrBytes(input) is { Length: > 0 } text ? Blanks.Trim(toCase(text)) : Value.Missing;
        return !output.IsMissing;
    }

    internal override bool TryMakeProper(in Value input, TimeProvider clock, out Value output) =>
        TrySanitize(input, clock, out output) && output.AsText() is { Length: > 0 } text && (System.Text.Ascii.IsValid(text) || IsValid(output));

    public override bool IsValid(in Value value) => value.Kind == ValueKind.Text && value.AsText() is { Length: > 0 } text && toCase(text) == text;
}
