// Traffic light protocol level.
namespace IntelMq.DataFormat;

/// <summary>WHITE, GREEN, AMBER or RED; the prefix "TLP:" is cut and YELLOW is an older name of AMBER.</summary>
internal sealed class TlpType : FieldType
{
    public override string Name => "TLP";

    internal override bool IsRepeatable => true;

    public override bool TrySanitize(in Value input, TimeProvider clock, out Value output)
    {
        if (StringType.TextOrBytes(input) is not { Length: > 0 } text)
        {
            output = Value.Missing;
            return false;
        }

        text = Blanks.Trim(LetterCase.Upper(text));
        if (text.StartsWith("TLP", StringComparison.Ordinal))
        {
            text = text[(text.AsSpan(3).StartsWith(":") ? 4 : 3)..];
        }

        text = text.TrimStart();
        output = text == "YELLOW" ? "AMBER" : text;
        return true;
    }

    public override bool IsValid(in Value value) => value.Kind == ValueKind.Text && value.AsText() is "WHITE" or "GREEN" or "AMBER" or "RED";
}
