// Python's spelling of values. Message hashes are defined over it, so deduplication agrees with existing installations.
using System.Buffers;
using System.Globalization;
using System.Text;

namespace IntelMq.DataFormat;

/// <summary>Spells values as Python's <c>repr()</c>, <c>str()</c> and <c>json.dumps</c> do.</summary>
public static class PythonText
{
    // Printable, and nothing that repr() writes in another way.
    private static readonly char[] s_plainChars = Enumerable.Range(0x20, 0x7f - 0x20).Select(c => (char)c).Except(['\'', '\\']).ToArray();
    private static readonly SearchValues<byte> s_plain = SearchValues.Create(s_plainChars.Select(c => (byte)c).ToArray());
    private static readonly SearchValues<char> s_plainText = SearchValues.Create(s_plainChars);

    /// <summary><c>str(value)</c>: texts as they are, everything else as <see cref="Repr"/>.</summary>
    public static string Str(in Value value) => value.Kind switch
    {
        ValueKind.Text => value.AsText()!,
        _ => Repr(value),
    };

    /// <summary><c>repr(value)</c>.</summary>
    public static string Repr(in Value value)
    {
        var text = new StringBuilder();
        Append(text, value);
        return text.ToString();
    }

    /// <summary>
    /// Writes the <c>repr()</c> of a value that is still JSON text, where it can be seen without decoding: most texts are plain ASCII, whose repr is the
    /// text in single quotes, and most numbers are whole ones.
    /// </summary>
    internal static bool TryWriteRepr(ByteBuffer output, ReadOnlySpan<byte> json)
    {
        if (json is [(byte)'"', .. var inner, (byte)'"'])
        {
            return TryWriteText(output, inner);
        }

        if (!JsonSlice.IsPlainNumber(json))
        {
            return false;
        }

        output.Write(json);
        return true;
    }

    // Double quotes need no escape between single ones; everything else that is not plain is for the general way.
    private static bool TryWriteText(ByteBuffer output, ReadOnlySpan<byte> inner)
    {
        var before = output.Length;
        output.Write("'"u8);
        for (var run = inner.IndexOfAnyExcept(s_plain); run >= 0; run = inner.IndexOfAnyExcept(s_plain))
        {
            if (!inner[run..].StartsWith("\\\""u8))
            {
                output.CutBack(before);
                return false;
            }

            output.Write(inner[..run]);
            output.Write("\""u8);
            inner = inner[(run + 2)..];
        }

        output.Write(inner);
        output.Write("'"u8);
        return true;
    }

    /// <summary>A float as <c>json.dumps</c> spells it: as <c>repr</c>, with NaN and Infinity.</summary>
    internal static string JsonFloat(double number) =>
        double.IsNaN(number) ? "NaN" : double.IsInfinity(number) ? (number > 0 ? "Infinity" : "-Infinity") : Float(number);

    /// <summary>The shortest text that gives the same float again, with a point or an exponent, as Python writes it.</summary>
    public static string Float(double number)
    {
        if (double.IsNaN(number))
        {
            return "nan";
        }

        if (double.IsInfinity(number))
        {
            return number > 0 ? "inf" : "-inf";
        }

        // .NET's "E16" round trip form gives digits and exponent; Python uses positional notation for -4 <= exponent < 16.
        var shortest = number.ToString("R", CultureInfo.InvariantCulture);
        var (mantissa, exponent) = Split(shortest);
        var negative = mantissa.StartsWith('-');
        var digits = mantissa.TrimStart('-');
        if (exponent is >= -4 and < 16)
        {
            return (negative ? "-" : "") + Positional(digits, exponent);
        }

        var sign = exponent < 0 ? '-' : '+';
        var power = Math.Abs(exponent).ToString("00", CultureInfo.InvariantCulture);
        return $"{(negative ? "-" : "")}{digits[0]}{(digits.Length > 1 ? "." + digits[1..] : "")}e{sign}{power}";
    }

    // Significant digits (with sign) and the decimal exponent of the first digit.
    private static (string Digits, int Exponent) Split(string shortest)
    {
        var sign = shortest.StartsWith('-') ? "-" : "";
        var unsigned = shortest.TrimStart('-');
        var power = 0;
        if (unsigned.IndexOf('E', StringComparison.Ordinal) is var at and >= 0)
        {
            power = int.Parse(unsigned.AsSpan(at + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            unsigned = unsigned[..at];
        }

        var point = unsigned.IndexOf('.', StringComparison.Ordinal);
        var whole = point < 0 ? unsigned : unsigned[..point];
        var digits = whole + (point < 0 ? "" : unsigned[(point + 1)..]);
        var leading = digits.Length - digits.TrimStart('0').Length;
        if (leading == digits.Length)
        {
            return (sign + "0", 0);
        }

        var exponent = power + whole.Length - 1 - leading;
        return (sign + digits.Trim('0'), exponent);
    }

    private static string Positional(string digits, int exponent)
    {
        if (exponent < 0)
        {
            return "0." + new string('0', -exponent - 1) + digits;
        }

        return digits.Length <= exponent + 1
            ? digits.PadRight(exponent + 1, '0') + ".0"
            : digits[..(exponent + 1)] + "." + digits[(exponent + 1)..];
    }

    private static void Append(StringBuilder text, in Value value)
    {
        switch (value.Kind)
        {
            case ValueKind.Text:
                AppendText(text, value.AsText()!);
                break;
            case ValueKind.Integer:
                text.Append(value.AsBigInteger()!.Value.ToString(CultureInfo.InvariantCulture));
                break;
            case ValueKind.Float:
                text.Append(Float(value.AsFloat()!.Value));
                break;
            case ValueKind.Boolean:
                text.Append(value.AsBoolean()!.Value ? "True" : "False");
                break;
            case ValueKind.Bytes:
                AppendBytes(text, value.AsBytes()!.Value.Span);
                break;
            case ValueKind.List:
                text.Append('[').Append(string.Join(", ", value.AsList().Select(item => Repr(item)))).Append(']');
                break;
            case ValueKind.Map:
                text.Append('{').Append(string.Join(", ", value.AsMap()!.Select(item => Repr(item.Key) + ": " + Repr(item.Value)))).Append('}');
                break;
            default:
                text.Append("None");
                break;
        }
    }

    private static void AppendText(StringBuilder text, string value)
    {
        if (!value.AsSpan().ContainsAnyExcept(s_plainText))
        {
            text.Append('\'').Append(value).Append('\'');
            return;
        }

        var quote = value.Contains('\'', StringComparison.Ordinal) && !value.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        text.Append(quote);
        foreach (var rune in value.EnumerateRunes())
        {
            switch (rune.Value)
            {
                case '\\': text.Append("\\\\"); break;
                case '\n': text.Append("\\n"); break;
                case '\r': text.Append("\\r"); break;
                case '\t': text.Append("\\t"); break;
                default:
                    if (rune.Value == quote)
                    {
                        text.Append('\\').Append(quote);
                    }
                    else if (IsPrintable(rune))
                    {
                        text.Append(rune);
                    }
                    else
                    {
                        text.Append(rune.Value <= 0xff ? $"\\x{rune.Value:x2}" : rune.Value <= 0xffff ? $"\\u{rune.Value:x4}" : $"\\U{rune.Value:x8}");
                    }

                    break;
            }
        }

        text.Append(quote);
    }

    // Python's str.isprintable: no "other" and no "separator" category, except the blank.
    private static bool IsPrintable(Rune rune) => rune.Value == ' ' || (rune.IsAscii ? rune.Value is > 0x20 and < 0x7f : Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator));

    private static void AppendBytes(StringBuilder text, ReadOnlySpan<byte> bytes)
    {
        text.Append("b'");
        foreach (var b in bytes)
        {
            text.Append(b switch
            {
                (byte)'\\' => "\\\\",
                (byte)'\'' => "\\'",
                (byte)'\n' => "\\n",
                (byte)'\r' => "\\r",
                (byte)'\t' => "\\t",
                >= 0x20 and < 0x7f => ((char)b).ToString(),
                _ => $"\\x{b:x2}",
            });
        }

        text.Append('\'');
    }
}
