// Finds a date in any text.
namespace IntelMq.DataFormat;

/// <summary>
/// Finds a date and time in a text, as the dateutil parser does: "Mon, 31 Aug 2015 08:16:10 +0200", "31.08.2015", "8:16pm".
/// Without an offset the time is UTC; names of zones other than UTC and GMT do not count. Parts that the text lacks come from today.
/// </summary>
internal static class FuzzyTime
{
    /// <summary>Longer texts are no dates; the limit keeps hostile texts cheap.</summary>
    private const int MaxLength = 1000;

    public static bool TryRead(string text, TimeProvider clock, out DateTime utc)
    {
        utc = default;
        if (text.Length > MaxLength)
        {
            return false;
        }

        var today = clock.GetUtcNow().UtcDateTime.Date;
        var reader = new FuzzyReader(FuzzyTokens.Split(text));
        return reader.TryRead() && TryComplete(reader, today, out var local) && IsoTime.TryToUtc(local, Offset(reader), out utc);
    }

    private static bool TryComplete(FuzzyReader found, DateTime today, out DateTime made)
    {
        made = default;
        if (!found.YearMonthDay.TryResolve(out var year, out var month, out var day)
            || (year, month, day, found.Weekday, found.Hour, found.Minute, found.Second, found.ZoneName, found.Offset) is (null, null, null, null, null, null, null, null, null))
        {
            return false;
        }

        if (year is < 100 && !found.YearMonthDay.HasCentury)
        {
            year = NearestCentury(year.Value, today.Year);
        }

        var (wholeYear, wholeMonth) = (year ?? today.Year, month ?? today.Month);
        if (wholeMonth is < 1 or > 12)
        {
            return false;
        }

        var wholeDay = day ?? Math.Min(today.Day, FuzzyNumber.DaysInMonth(wholeYear, wholeMonth));
        if (!IsoTime.TryMake(wholeYear, wholeMonth, wholeDay, found.Hour ?? 0, found.Minute ?? 0, found.Second ?? 0, found.Microsecond ?? 0, out made))
        {
            return false;
        }

        if (found.Weekday is { } weekday && day is null)
        {
            var ahead = (7 + weekday - (((int)made.DayOfWeek + 6) % 7)) % 7;
            if (made.Date > DateTime.MaxValue.Date.AddDays(-ahead))
            {
                return false;
            }

            made = made.AddDays(ahead);
        }

        return true;
    }

    // Two digits are the year nearest to now: 50 years back to 49 ahead.
    private static long NearestCentury(long year, int now)
    {
        year += now / 100 * 100;
        return year >= now + 50 ? year - 100 : year < now - 50 ? year + 100 : year;
    }

    private static TimeSpan Offset(FuzzyReader found) =>
        found.ZoneName is { } name && FuzzyWords.IsUtcZone(name) ? TimeSpan.Zero
            : TimeSpan.FromSeconds(Math.Clamp(found.Offset ?? 0, -TimeSpan.SecondsPerDay, TimeSpan.SecondsPerDay));
}
