// Numbers within texts that are searched for dates.
using System.Buffers;
using System.Globalization;

namespace IntelMq.DataFormat;

/// <summary>Reads the numbers of tokens. Numbers beyond all dates keep their size roughly.</summary>
internal static class FuzzyNumber
{
    private const int MaxDigits = 17;
    private static readonly SearchValues<char> s_numeric = SearchValues.Create("0123456789.");

    /// <summary>A token that is a number: digits with at most one decimal point.</summary>
    public static bool TryParse(string token, out decimal number)
    {
        number = 0;
        if (!char.IsAsciiDigit(token[0]) || token.AsSpan().ContainsAnyExcept(s_numeric))
        {
            return false;
        }

        var point = token.IndexOf('.', StringComparison.Ordinal);
        var whole = Whole(point < 0 ? token : token[..point]);
        var fraction = point < 0 ? "" : token[(point + 1)..];
        number = whole;
        return fraction.Length == 0 || (decimal.TryParse("0." + fraction[..Math.Min(fraction.Length, 9)], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var part)
            && (number = whole + part) >= 0);
    }

    /// <summary>A whole number; longer ones than 17 digits are all the same large number.</summary>
    public static long Whole(ReadOnlySpan<char> digits)
    {
        digits = digits.TrimStart('0');
        return digits.IsEmpty ? 0 : digits.Length > MaxDigits ? 999_999_999_999_999_999 : long.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
    }

    /// <summary>A token that consists of digits only.</summary>
    public static bool TryWhole(ReadOnlySpan<char> token, out long number)
    {
        var ok = !token.IsEmpty && token.IndexOfAnyExceptInRange('0', '9') < 0;
        number = ok ? Whole(token) : 0;
        return ok;
    }

    /// <summary>The days of a month, in years outside the calendar too.</summary>
    public static int DaysInMonth(long year, long month) => DateTime.DaysInMonth((int)(2000 + (year % 400)), (int)month);
}
