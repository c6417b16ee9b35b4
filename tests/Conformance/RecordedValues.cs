// What JSON cannot say: bytes, NaN and Python objects in the recorded data.
using System.Globalization;
using IntelMq.DataFormat;

namespace IntelMq.Conformance;

/// <summary>
/// Decodes recorded values: <c>{"$bytes_base64": …}</c>, <c>{"$float": "nan"}</c>, <c>{"$python": "IPv4Address('192.0.2.1')"}</c>
/// (the text within the quotes), <c>{"$datetime": …}</c> (its text). Everything else is itself.
/// </summary>
public static class RecordedValues
{
    /// <summary>The value that was recorded.</summary>
    public static Value Decode(Value recorded)
    {
        if (recorded.Kind == ValueKind.List)
        {
            return Value.Of(recorded.AsList().Select(Decode));
        }

        if (recorded.AsMap() is not { } map)
        {
            return recorded;
        }

        if (map.Count == 1)
        {
            var (name, item) = map.First();
            switch (name)
            {
                case "$bytes_base64":
                    return Value.Of((ReadOnlyMemory<byte>)Convert.FromBase64String(item.AsText()!));
                case "$float":
                    return item.AsText() switch
                    {
                        "nan" => double.NaN,
                        "inf" => double.PositiveInfinity,
                        "-inf" => double.NegativeInfinity,
                        var other => double.Parse(other!, CultureInfo.InvariantCulture),
                    };
                case "$python":
                    return item.AsText()!.Split('\'') is [_, var inner, ..] ? inner : item;
                case "$datetime":
                    return item;
            }
        }

        var decoded = new ValueMap();
        foreach (var (name, item) in map)
        {
            decoded[name] = Decode(item);
        }

        return Value.Of(decoded);
    }
}
