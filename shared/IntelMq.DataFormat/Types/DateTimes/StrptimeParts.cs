// The parts of a date that strptime's directives gathered, and the date they make.
using System.Globalization;

namespace IntelMq.DataFormat;

/// <summary>Gathers parts and makes the date. Later parts replace earlier ones of the same kind.</summary>
internal struct StrptimeParts
{
    private int? _year, _month, _day, _dayOfYear, _weekday, _isoYear, _isoWeek, _week;
    private bool _weekFromMonday;
    private int _hour, _minute, _second, _microsecond;
    private int? _hour12;
    private bool _afternoon;
    private TimeSpan? _offset;

    /// <summary>Takes one part. False where it contradicts itself.</summary>
    public bool Take(char directive, ReadOnlySpan<char> text)
    {
        switch (directive)
        {
            case 'y':
                var short_ = StrptimeDirective.Whole(text);
                _year = short_ + (short_ <= 68 ? 2000 : 1900);
                break;
            case 'Y':
                _year = StrptimeDirective.Whole(text);
                break;
            case 'G':
                _isoYear = StrptimeDirective.Whole(text);
                break;
            case 'm':
                _month = StrptimeDirective.Whole(text);
                break;
            case 'b' or 'B':
                _month = Place(StrptimeDirective.Months, text) + 1;
                break;
            case 'd':
                _day = StrptimeDirective.Whole(text.TrimStart(' '));
                break;
            case 'j':
                _dayOfYear = StrptimeDirective.Whole(text);
                break;
            case 'a' or 'A':
                _weekday = Place(StrptimeDirective.Days, text);
                break;
            case 'u':
                _weekday = StrptimeDirective.Whole(text) - 1;
                break;
            case 'w':
                _weekday = (StrptimeDirective.Whole(text) + 6) % 7;
                break;
            case 'U' or 'W':
                (_week, _weekFromMonday) = (StrptimeDirective.Whole(text), directive == 'W');
                break;
            case 'V':
                _isoWeek = StrptimeDirective.Whole(text);
                break;
            case 'H':
                (_hour, _hour12) = (StrptimeDirective.Whole(text), null);
                break;
            case 'I':
                _hour12 = StrptimeDirective.Whole(text);
                break;
            case 'p':
                _afternoon = text[0] is 'p' or 'P';
                break;
            case 'M':
                _minute = StrptimeDirective.Whole(text);
                break;
            case 'S':
                _second = StrptimeDirective.Whole(text);
                break;
            case 'f':
                _microsecond = int.Parse(text.ToString().PadRight(6, '0'), CultureInfo.InvariantCulture);
                break;
            case 'z':
                return TryOffset(text, out _offset);
        }

        return true;
    }

    /// <summary>The date and time. False where the parts name no real date.</summary>
    public readonly bool TryMake(out (DateTime Local, TimeSpan? Offset) result)
    {
        result = default;
        var hour = _hour12 is { } twelve ? (twelve % 12) + (_afternoon ? 12 : 0) : _hour;
        if (!TryDate(out var date) || !IsoTime.TryMake(date.Year, date.Month, date.Day, hour, _minute, _second, _microsecond, out var local))
        {
            return false;
        }

        result = (local, _offset);
        return true;
    }

    private readonly bool TryDate(out DateTime date)
    {
        date = default;
        if (_isoYear is { } isoYear)
        {
            // A year of weeks needs its week and weekday and goes with no other date parts.
            if (_isoWeek is not { } isoWeek || _weekday is not { } isoDay || _dayOfYear is not null || isoYear is 0 || isoWeek > ISOWeek.GetWeeksInYear(isoYear))
            {
                return false;
            }

            date = ISOWeek.ToDateTime(isoYear, isoWeek, (DayOfWeek)((isoDay + 1) % 7));
            return true;
        }

        if (_isoWeek is not null)
        {
            return false;
        }

        var year = _year ?? 1900;
        if (_dayOfYear is { } dayOfYear)
        {
            return TryFromDayOfYear(year, dayOfYear, out date);
        }

        if (_week is { } week && _weekday is { } weekday)
        {
            return TryFromDayOfYear(year, DayOfYear(year, week, weekday), out date);
        }

        return IsoTime.TryMake(year, _month ?? 1, _day ?? 1, 0, 0, 0, 0, out date);
    }

    // Week 0 holds the days before the first Monday (or Sunday).
    private readonly int DayOfYear(int year, int week, int weekday)
    {
        if (year < 1)
        {
            return 0;
        }

        var first = ((int)new DateTime(year, 1, 1).DayOfWeek + 6) % 7;
        if (!_weekFromMonday)
        {
            first = (first + 1) % 7;
            weekday = (weekday + 1) % 7;
        }

        var weekZero = (7 - first) % 7;
        return week == 0 ? 1 + weekday - first : 1 + weekZero + (7 * (week - 1)) + weekday;
    }

    private static bool TryFromDayOfYear(int year, int dayOfYear, out DateTime date)
    {
        date = default;
        if (year is < 1 or > 9999)
        {
            return false;
        }

        var days = new DateTime(year, 1, 1).Ticks + ((dayOfYear - 1) * TimeSpan.TicksPerDay);
        if (days < 0 || days > DateTime.MaxValue.Ticks)
        {
            return false;
        }

        date = new DateTime(days);
        return true;
    }

    private static int Place(string[] words, ReadOnlySpan<char> text)
    {
        for (var i = 0; i < words.Length; i++)
        {
            if (StrptimeDirective.StartsWith(words[i], text))
            {
                return i;
            }
        }

        return -1;
    }

    private static bool TryOffset(ReadOnlySpan<char> text, out TimeSpan? offset)
    {
        offset = TimeSpan.Zero;
        if (text is "Z")
        {
            return true;
        }

        var colon = text[3] == ':';
        var digits = text[1..].ToString().Replace(":", "", StringComparison.Ordinal);
        if (digits.Length > 4 && colon != (text.Length > 6 && text[6] == ':'))
        {
            return false;
        }

        var seconds = digits.Length > 4 ? StrptimeDirective.Whole(digits.AsSpan(4, 2)) : 0;
        var fraction = digits.Length > 7 ? int.Parse(digits[7..].PadRight(6, '0'), CultureInfo.InvariantCulture) : 0;
        var size = new TimeSpan(0, StrptimeDirective.Whole(digits.AsSpan(0, 2)), StrptimeDirective.Whole(digits.AsSpan(2, 2)), seconds) + TimeSpan.FromMicroseconds(fraction);
        offset = text[0] == '-' ? -size : size;
        return true;
    }
}
