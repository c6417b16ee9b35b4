// Which number of a date is the year, which the month and which the day.
namespace IntelMq.DataFormat;

/// <summary>
/// Up to three numbers in the order of the text. Some are known (a month's name, a year of four digits); the others are told by
/// their size and place: month first ("10-09-2015" is 9 October), the day only where the first is above 12.
/// </summary>
internal sealed class YearMonthDay
{
    private readonly List<long> _numbers = [];
    private int? _year;
    private int? _month;

    public int Count => _numbers.Count;

    /// <summary>Whether a year was written with its century.</summary>
    public bool HasCentury { get; private set; }

    /// <summary>Adds a number as it stands in the text; three and more digits are a year. False where it is no whole number or its place is taken.</summary>
    public bool TryAdd(string digits, bool isYear = false)
    {
        if (digits.Length == 0 || digits.AsSpan().IndexOfAnyExceptInRange('0', '9') >= 0)
        {
            return false;
        }

        HasCentury |= digits.Length > 2;
        return Place(FuzzyNumber.Whole(digits), isYear || digits.Length > 2);
    }

    /// <summary>Adds a number; above 100 it is a year.</summary>
    public bool TryAdd(decimal number)
    {
        HasCentury |= number > 100;
        return Place((long)number, number > 100);
    }

    /// <summary>Adds a month that was written as a word.</summary>
    public bool TryAddMonth(int month)
    {
        _numbers.Add(month);
        if (_month is not null)
        {
            return false;
        }

        _month = _numbers.Count - 1;
        return true;
    }

    /// <summary>Whether a number may be the day of what is known so far. Null where the known month is none.</summary>
    public bool? CouldBeDay(decimal number)
    {
        var longest = 31;
        if (_month is { } month)
        {
            if (_numbers[month] is < 1 or > 12)
            {
                return null;
            }

            longest = FuzzyNumber.DaysInMonth(_year is { } year ? _numbers[year] : 2000, _numbers[month]);
        }

        return number >= 1 && number <= longest;
    }

    /// <summary>The year, month and day as far as they are known. False where there are more than three numbers.</summary>
    public bool TryResolve(out long? year, out long? month, out long? day)
    {
        (year, month, day) = (null, null, null);
        if (_year is { } yearAt && _month is { } monthAt && Count <= 3)
        {
            (year, month) = (_numbers[yearAt], _numbers[monthAt]);
            day = Count == 3 ? _numbers[3 - yearAt - monthAt] : null;
            return true;
        }

        if (Count == 1 && (_year ?? _month) is not null)
        {
            year = _year is null ? null : _numbers[0];
            month = _month is null ? null : _numbers[0];
            return true;
        }

        switch (Count)
        {
            case 0:
                return true;
            case 1:
                Single(_numbers[0], ref year, ref day);
                return true;
            case 2 when _month is { } place:
                month = _numbers[place];
                Single(_numbers[1 - place], ref year, ref day);
                return true;
            case 2:
                (year, month) = _numbers[0] > 31 ? ((long?)_numbers[0], _numbers[1]) : _numbers[1] > 31 ? (_numbers[1], _numbers[0]) : (null, _numbers[0]);
                day = year is null ? _numbers[1] : null;
                return true;
            case 3:
                (year, month, day) = Three();
                return true;
            default:
                return false;
        }
    }

    private (long Year, long Month, long Day) Three()
    {
        var (a, b, c) = (_numbers[0], _numbers[1], _numbers[2]);
        return _month switch
        {
            0 => b > 31 ? (b, a, c) : (c, a, b),
            1 => a > 31 ? (a, b, c) : (c, b, a),
            2 => b > 31 ? (b, c, a) : (a, c, b),
            _ => a > 31 || _year == 0 ? (a, b, c) : a > 12 ? (c, b, a) : (c, a, b),
        };
    }

    private static void Single(long number, ref long? year, ref long? day)
    {
        if (number > 31)
        {
            year = number;
        }
        else
        {
            day = number;
        }
    }

    private bool Place(long number, bool isYear)
    {
        _numbers.Add(number);
        if (!isYear)
        {
            return true;
        }

        if (_year is not null)
        {
            return false;
        }

        _year = _numbers.Count - 1;
        return true;
    }
}
