// Decodes slices of JSON text into values.
using System.Buffers.Text;
using System.Numerics;
using System.Text;
using System.Text.Json;

namespace IntelMq.DataFormat;

/// <summary>Decodes JSON text into <see cref="Value"/>s. The input was checked to be one complete JSON value.</summary>
internal static class JsonSlice
{
    /// <summary>How deep JSON may nest: deeper input is an error, never a stack overflow.</summary>
    public const int MaxDepth = 64;

    // As Python has it; longer whole numbers are read as floating point.
    private const int MostDigits = 4300;

    private static readonly JsonReaderOptions s_options = new() { MaxDepth = MaxDepth };

    public static ValueKind KindOf(byte[] buffer, int start, int length) => buffer[start] switch
    {
        (byte)'"' => ValueKind.Text,
        (byte)'[' => ValueKind.List,
        (byte)'{' => ValueKind.Map,
        (byte)'t' or (byte)'f' => ValueKind.Boolean,
        (byte)'n' => ValueKind.Null,
        _ => length > MostDigits || IsFloat(buffer.AsSpan(start, length)) ? ValueKind.Float : ValueKind.Integer,
    };

    /// <summary>
    /// Whether a number is written as JSON, Python and this project write it alike: whole without a sign, or with a fraction that ends where it must;
    /// no more digits than a floating point number surely keeps.
    /// </summary>
    public static bool IsPlainNumber(ReadOnlySpan<byte> json)
    {
        if (json.Length > 15)
        {
            return false;
        }

        var point = json.IndexOf((byte)'.');
        var whole = point < 0 ? json : json[..point];
        if (whole.IsEmpty || whole.ContainsAnyExceptInRange((byte)'0', (byte)'9') || (whole[0] == '0' && whole.Length > 1))
        {
            return false;
        }

        if (point < 0)
        {
            return true;
        }

        var fraction = json[(point + 1)..];
        return !fraction.IsEmpty && !fraction.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            && (fraction.Length == 1 || (fraction[^1] != '0' && !(whole[0] == '0' && fraction.StartsWith("0000"u8))));
    }

    public static string DecodeText(ReadOnlySpan<byte> slice)
    {
        var inner = slice[1..^1];
        if (inner.IndexOf((byte)'\\') < 0)
        {
            return Encoding.UTF8.GetString(inner);
        }

        var reader = new Utf8JsonReader(slice, s_options);
        reader.Read();
        return JsonText.ReadString(ref reader);
    }

    public static Value Decode(ReadOnlySpan<byte> slice)
    {
        var reader = new Utf8JsonReader(slice, s_options);
        reader.Read();
        return ReadValue(ref reader);
    }

    /// <summary>Reads the value at the reader's token; afterwards the reader stands at the value's last token.</summary>
    public static Value ReadValue(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return JsonText.ReadString(ref reader);
            case JsonTokenType.Number:
                return DecodeNumber(reader.ValueSpan);
            case JsonTokenType.True:
                return true;
            case JsonTokenType.False:
                return false;
            case JsonTokenType.StartArray:
                var list = new List<Value>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    list.Add(ReadValue(ref reader));
                }

                return Value.Of(list.ToArray());
            case JsonTokenType.StartObject:
                var map = new ValueMap();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var name = JsonText.ReadString(ref reader);
                    reader.Read();
                    map[name] = ReadValue(ref reader);
                }

                return Value.Of(map);
            default:
                return Value.Null;
        }
    }

    private static Value DecodeNumber(ReadOnlySpan<byte> number)
    {
        if (IsFloat(number))
        {
            return Utf8Parser.TryParse(number, out double real, out _) ? real : double.NaN;
        }

        if (Utf8Parser.TryParse(number, out long whole, out var used) && used == number.Length)
        {
            return whole;
        }

        // Reading decimal digits takes time that grows with their square: a feed with millions of them is no number that anybody needs.
        return number.Length > MostDigits
            ? Utf8Parser.TryParse(number, out double huge, out _) ? huge : double.NaN
            : Value.Of(BigInteger.Parse(Encoding.ASCII.GetString(number), System.Globalization.CultureInfo.InvariantCulture));
    }

    private static bool IsFloat(ReadOnlySpan<byte> number) => number.IndexOfAny((byte)'.', (byte)'e', (byte)'E') >= 0;
}
