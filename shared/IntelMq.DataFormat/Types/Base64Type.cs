// Raw data in Base64.
using System.Text;

namespace IntelMq.DataFormat;

/// <summary>Base64. Sanitation encodes: the value given is the raw data itself.</summary>
internal sealed class Base64Type : FieldType
{
    public override string Name => "Base64";

    public override bool TrySanitize(in Value input, TimeProvider clock, out Value output)
    {
        output = input.Kind switch
        {
            ValueKind.Text => Convert.ToBase64String(Encoding.UTF8.GetBytes(input.AsText()!)),
            ValueKind.Bytes => Convert.ToBase64String(input.AsBytes()!.Value.Span),
            _ => Value.Missing,
        };
        return !output.IsMissing;
    }

    public override bool IsValid(in Value value) => value.Kind == ValueKind.Text && value.AsText()!.Length > 0 && RawData.Decode(value) is not null;
}
