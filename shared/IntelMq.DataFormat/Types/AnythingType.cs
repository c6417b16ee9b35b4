// What lies below extra.
namespace IntelMq.DataFormat;

/// <summary>Any value, stored as it came.</summary>
internal sealed class AnythingType : FieldType
{
    public override string Name => "Anything";

    internal override bool IsRepeatable => true;

    public override bool TrySanitize(in Value input, TimeProvider clock, out Value output)
    {
        output = input;
        return true;
    }

    public override bool IsValid(in Value value) => true;

    internal override bool TryMakeProper(in Value input, TimeProvider clock, out Value output)
    {
        output = input;
        return true;
    }
}
