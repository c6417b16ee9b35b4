// The stored form of instants: 2015-08-31T08:16:10+00:00, with a fraction where there is one.
using System.Globalization;

namespace IntelMq.DataFormat;

/// <summary>Recognises and writes instants in UTC.</summary>
internal static class IsoTime
{
    private static readonly StrptimeFormat s_seconds = StrptimeFormat.Parse("%Y-%m-%dT%H:%M:%S+00:00");
    private static readonly StrptimeFormat s_fraction = StrptimeFormat.Parse("%Y-%m-%dT%H:%M:%S.%f+00:00");

    /// <summary>
    /// Whether a text is an instant in the stored form. Single digits ("2015-8-31T8:16:10+00:00") and fractions of one to six digits
    /// are accepted, as existing data has them.
    /// </summary>
    public static bool IsStored(string text) =>
        (text.Length == 25 && text.EndsWith("+00:00", StringComparison.Ordinal) && HasDateAndTime(text) && text[10] == 'T')
        || s_seconds.TryRead(text, out _)
        || s_fraction.TryRead(text, out _);

    /// <summary>Reads the commonest foreign form, <c>2015-08-31 08:16:10</c> (or with T, and with Z), without the search for dates.</summary>
    public static bool TryCommon(string text, out string stored)
    {
        if ((text.Length == 19 || (text.Length == 20 && text[19] == 'Z')) && text[10] is ' ' or 'T' && HasDateAndTime(text))
        {
            stored = string.Create(25, text, static (span, source) =>
            {
                source.AsSpan(0, 19).CopyTo(span);
                span[10] = 'T';
                "+00:00".CopyTo(span[19..]);
            });
            return true;
        }

        stored = "";
        return false;
    }

    /// <summary>The stored form; a fraction only where it is not zero.</summary>
    public static string Format(DateTime utc) =>
        utc.ToString(utc.Ticks % TimeSpan.TicksPerSecond == 0 ? "yyyy-MM-dd'T'HH:mm:ss'+00:00'" : "yyyy-MM-dd'T'HH:mm:ss.ffffff'+00:00'", CultureInfo.InvariantCulture);

    /// <summary>An instant of a local time and its offset. False outside the years 1 to 9999 or for an offset of a day or more.</summary>
    public static bool TryToUtc(DateTime local, TimeSpan offset, out DateTime utc)
    {
        utc = local;
        if (offset.Duration() >= TimeSpan.FromDays(1))
        {
            return false;
        }

        var ticks = local.Ticks - offset.Ticks;
        if (ticks < DateTime.MinValue.Ticks || ticks > DateTime.MaxValue.Ticks)
        {
            return false;
        }

        utc = new DateTime(ticks, DateTimeKind.Utc);
        return true;
    }

    /// <summary>A date and time of its parts. False where one is out of range.</summary>
    public static bool TryMake(long year, long month, long day, long hour, long minute, long second, long microsecond, out DateTime made)
    {
        made = default;
        if (year is < 1 or > 9999 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth((int)year, (int)month)
            || hour is < 0 or > 23 || minute is < 0 or > 59 || second is < 0 or > 59 || microsecond is < 0 or > 999_999)
        {
            return false;
        }

        made = new DateTime((int)year, (int)month, (int)day, (int)hour, (int)minute, (int)second, DateTimeKind.Utc).AddTicks(microsecond * 10);
        return true;
    }

    // "2015-08-31?08:16:10" at the start.
    private static bool HasDateAndTime(ReadOnlySpan<char> text) =>
        text[4] == '-' && text[7] == '-' && text[13] == ':' && text[16] == ':'
        && Digits(text[..4], out var year) && Digits(text[5..7], out var month) && Digits(text[8..10], out var day)
        && Digits(text[11..13], out var hour) && Digits(text[14..16], out var minute) && Digits(text[17..19], out var second)
        && year >= 1 && month is >= 1 and <= 12 && day >= 1 && (day <= 28 || day <= DateTime.DaysInMonth(year, month))
        && hour < 24 && minute < 60 && second < 60;

    private static bool Digits(ReadOnlySpan<char> text, out int number)
    {
        number = 0;
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c))
            {
                return false;
            }

            number = (number * 10) + (c - '0');
        }

        return true;
    }
}
