// Instants.
namespace IntelMq.DataFormat;

/// <summary>
/// An instant: <c>2015-08-31T08:16:10+00:00</c>, with up to six digits of a fraction. Other texts are searched for a date;
/// without an offset they are UTC, and what they lack is taken from today.
/// </summary>
internal sealed class DateTimeType : FieldType
{
    public override string Name => "DateTime";

    public override bool TrySanitize(in Value input, TimeProvider clock, out Value output)
    {
        output = input.Kind == ValueKind.Text ? Stored(input.AsText()!, clock) : Value.Missing;
        return !output.IsMissing;
    }

    public override bool IsValid(in Value value) => value.Kind == ValueKind.Text && IsoTime.IsStored(value.AsText()!);

    // What sanitation writes is in the stored form.
    internal override bool TryMakeProper(in Value input, TimeProvider clock, out Value output) => TrySanitize(input, clock, out output);

    private static Value Stored(string text, TimeProvider clock)
    {
        if (IsoTime.TryCommon(text, out var stored))
        {
            return stored;
        }

        return IsoTime.IsStored(text) ? text : FuzzyTime.TryRead(text, clock, out var utc) ? IsoTime.Format(utc) : Value.Missing;
    }
}
