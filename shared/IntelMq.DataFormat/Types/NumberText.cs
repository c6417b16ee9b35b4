// Numbers as Python's int() and float() read them.
using System.Buffers;
using System.Globalization;
using System.Numerics;

namespace IntelMq.DataFormat;

/// <summary>Reads numbers: blanks at the ends, a sign, single underscores between digits and the digits of any script.</summary>
internal static class NumberText
{
    // Longer numbers are refused, as Python refuses them: reading takes quadratic time.
    private const int MaxDigits = 4300;
    private static readonly SearchValues<char> s_inFloats = SearchValues.Create("+-.eE0123456789");

    public static bool TryWhole(ReadOnlySpan<char> text, out Value number)
    {
        // The everyday case: plain digits that fit 64 bits.
        if (text.Length is > 0 and <= 18 && text.IndexOfAnyExceptInRange('0', '9') < 0)
        {
            var sum = 0L;
            foreach (var c in text)
            {
                sum = (sum * 10) + (c - '0');
            }

            number = sum;
            return true;
        }

        number = default;
        text = Blanks.Trim(text);
        if (text.Length > 2 * MaxDigits)
        {
            return false;
        }

        Span<char> plain = text.Length <= 128 ? stackalloc char[128] : new char[text.Length];
        if (!TryPlain(text, plain, out var length) || length > MaxDigits + 1)
        {
            return false;
        }

        plain = plain[..length];
        var digits = plain.TrimStart("+-");
        if (digits.IsEmpty || plain.Length - digits.Length > 1 || digits.IndexOfAnyExceptInRange('0', '9') >= 0)
        {
            return false;
        }

        number = Value.Of(BigInteger.Parse(plain, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
        return true;
    }

    /// <summary>A finite or infinite floating point number, or NaN.</summary>
    public static bool TryFloat(ReadOnlySpan<char> text, out double number)
    {
        number = 0;
        text = Blanks.Trim(text);
        Span<char> plain = text.Length <= 128 ? stackalloc char[128] : new char[text.Length];
        if (!TryPlain(text, plain, out var length) || length == 0)
        {
            return false;
        }

        plain = plain[..length];
        if (char.IsAsciiLetter(plain[^1]))
        {
            return TryWord(plain, out number);
        }

        const NumberStyles style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return plain.IndexOfAnyExcept(s_inFloats) < 0 && double.TryParse(plain, style, CultureInfo.InvariantCulture, out number);
    }

    private static bool TryWord(ReadOnlySpan<char> word, out double number)
    {
        var negative = word[0] == '-';
        word = word[0] is '+' or '-' ? word[1..] : word;
        number = word.Equals("nan", StringComparison.OrdinalIgnoreCase) ? double.NaN
            : word.Equals("inf", StringComparison.OrdinalIgnoreCase) || word.Equals("infinity", StringComparison.OrdinalIgnoreCase)
                ? (negative ? double.NegativeInfinity : double.PositiveInfinity)
            : 0;
        return number != 0;
    }

    // ASCII digits instead of other scripts', no underscores. False where an underscore is not between digits.
    private static bool TryPlain(ReadOnlySpan<char> text, Span<char> plain, out int length)
    {
        length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '_')
            {
                if (i == 0 || i + 1 == text.Length || !char.IsDigit(text[i - 1]) || !char.IsDigit(text[i + 1]))
                {
                    return false;
                }

                continue;
            }

            plain[length++] = text[i] >= 0x80 && char.IsDigit(text[i]) ? (char)('0' + (int)char.GetNumericValue(text[i])) : text[i];
        }

        return true;
    }
}
