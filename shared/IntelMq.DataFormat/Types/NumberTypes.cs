// Whole numbers, floating point numbers, AS numbers and accuracies.
using System.Numerics;

namespace IntelMq.DataFormat;

/// <summary>A whole number of any size. Fractions are cut off; texts must be whole numbers.</summary>
internal sealed class IntegerType : FieldType
{
    public override string Name => "Integer";

    internal override bool IsRepeatable => true;

    public override bool TrySanitize(in Value input, TimeProvider clock, out Value output) => TryWhole(input, out output);

    public override bool IsValid(in Value value) => value.Kind == ValueKind.Integer;

    internal override bool TryMakeProper(in Value input, TimeProvider clock, out Value output) => TryWhole(input, out output);

    internal static bool TryWhole(in Value input, out Value number)
    {
        switch (input.Kind)
        {
            case ValueKind.Integer:
                number = input;
                return true;
            case ValueKind.Boolean:
                number = input.AsBoolean()!.Value ? 1 : 0;
                return true;
            case ValueKind.Float when double.IsFinite(input.AsFloat()!.Value):
                number = Value.Of(new BigInteger(input.AsFloat()!.Value));
                return true;
            case ValueKind.Text or ValueKind.Bytes:
                return NumberText.TryWhole(StringType.TextOrBytes(input), out number);
            default:
                number = default;
                return false;
        }
    }
}

/// <summary>A floating point number. NaN and infinity are no numbers: JSON cannot carry them.</summary>
internal sealed class FloatType : FieldType
{
    public override string Name => "Float";

    internal override bool IsRepeatable => true;

    public override bool TrySanitize(in Value input, TimeProvider clock, out Value output)
    {
        var ok = TryFloat(input, out var number) && double.IsFinite(number);
        output = ok ? number : Value.Missing;
        return ok;
    }

    internal override bool TryMakeProper(in Value input, TimeProvider clock, out Value output) => TrySanitize(input, clock, out output);

    public override bool IsValid(in Value value) =>
        value.Kind == ValueKind.Integer || (value.Kind == ValueKind.Float && double.IsFinite(value.AsFloat()!.Value));

    internal static bool TryFloat(in Value input, out double number)
    {
        switch (input.Kind)
        {
            case ValueKind.Integer or ValueKind.Float:
                number = input.AsFloat()!.Value;
                return true;
            case ValueKind.Boolean:
                number = input.AsBoolean()!.Value ? 1 : 0;
                return true;
            case ValueKind.Text or ValueKind.Bytes:
                return NumberText.TryFloat(StringType.TextOrBytes(input), out number);
            default:
                number = 0;
                return false;
        }
    }
}

/// <summary>A float between 0 and 100; false is 0 and true is 100.</summary>
internal sealed class AccuracyType : FieldType
{
    public override string Name => "Accuracy";

    internal override bool IsRepeatable => true;

    public override bool TrySanitize(in Value input, TimeProvider clock, out Value output)
    {
        var ok = FloatType.TryFloat(input, out var number);
        number = input.Kind == ValueKind.Boolean ? number * 100 : number;
        ok &= number is >= 0 and <= 100;
        output = ok ? number : Value.Missing;
        return ok;
    }

    public override bool IsValid(in Value value) => value.Kind == ValueKind.Boolean || value.AsFloat() is >= 0 and <= 100;
}

/// <summary>The number of an autonomous system, 1 to 4294967295; the prefix "AS" is cut.</summary>
internal sealed class AsnType : FieldType
{
    public override string Name => "ASN";

    internal override bool IsRepeatable => true;

    public override bool TrySanitize(in Value input, TimeProvider clock, out Value output)
    {
        var ok = input.Kind == ValueKind.Text ? NumberText.TryWhole(WithoutPrefix(input.AsText()!), out output) : IntegerType.TryWhole(input, out output);
        return ok && IsValid(output);
    }

    internal override bool TryMakeProper(in Value input, TimeProvider clock, out Value output) => TrySanitize(input, clock, out output);

    public override bool IsValid(in Value value) => value.Kind == ValueKind.Integer && value.AsInteger() is >= 1 and <= uint.MaxValue;

    private static ReadOnlySpan<char> WithoutPrefix(ReadOnlySpan<char> text) =>
        text.StartsWith("AS", StringComparison.OrdinalIgnoreCase) ? text[2..] : text;
}
