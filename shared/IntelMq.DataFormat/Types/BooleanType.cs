// True or false.
namespace IntelMq.DataFormat;

/// <summary>True or false; the words in any case, and the numbers 1 and 0.</summary>
internal sealed class BooleanType : FieldType
{
    public override string Name => "Boolean";

    internal override bool IsRepeatable => true;

    public override bool TrySanitize(in Value input, TimeProvider clock, out Value output)
    {
        output = input.Kind switch
        {
            ValueKind.Boolean => input,
            ValueKind.Integer when input.AsInteger() is 0 or 1 => input.AsInteger() == 1,
            ValueKind.Text => Word(Blanks.Trim(input.AsText()!.AsSpan())),
            _ => Value.Missing,
        };
        return !output.IsMissing;
    }

    public override bool IsValid(in Value value) => value.Kind == ValueKind.Boolean;

    private static Value Word(ReadOnlySpan<char> word) =>
        word.Equals("true", StringComparison.OrdinalIgnoreCase) ? true
        : word.Equals("false", StringComparison.OrdinalIgnoreCase) ? false
        : Value.Missing;
}
