// What a number within a text means: a day, a year, a time, or several of them without separators.
namespace IntelMq.DataFormat;

internal sealed partial class FuzzyReader
{
    private bool TryTakeNumber(ref int at, decimal number)
    {
        var token = tokens[at];
        var next = Token(at + 1);
        if (YearMonthDay.Count == 3 && token.Length is 2 or 4 && Hour is null && (next is null || (next != ":" && FuzzyWords.Unit(next) is null)))
        {
            // 19990101T23[59]
            return TrySetHour(token.AsSpan(0, 2)) && (token.Length == 2 || TrySetMinute(token.AsSpan(2)));
        }

        if (token.Length == 6 || (token.Length > 6 && token.IndexOf('.', StringComparison.Ordinal) == 6))
        {
            // YYMMDD, or HHMMSS[.ss] behind a date
            return YearMonthDay.Count == 0 && !token.Contains('.', StringComparison.Ordinal)
                ? YearMonthDay.TryAdd(token[..2]) && YearMonthDay.TryAdd(token[2..4]) && YearMonthDay.TryAdd(token[4..])
                : TrySetHour(token.AsSpan(0, 2)) && TrySetMinute(token.AsSpan(2, 2)) && TrySetSeconds(token[4..]);
        }

        if (token.Length is 8 or 12 or 14)
        {
            // YYYYMMDD[hhmm[ss]]
            return YearMonthDay.TryAdd(token[..4], isYear: true) && YearMonthDay.TryAdd(token[4..6]) && YearMonthDay.TryAdd(token[6..8])
                && (token.Length == 8 || (TrySetHour(token.AsSpan(8, 2)) && TrySetMinute(token.AsSpan(10, 2))
                    && (token.Length == 12 || TrySetSecond(token.AsSpan(12)))));
        }

        if (FindUnit(at) is { } unitAt)
        {
            // "10h", "5 m", or a number behind a unit ("12h04"): then it is the next smaller unit
            var unit = FuzzyWords.Unit(tokens[unitAt])!.Value + (unitAt < at ? 1 : 0);
            at = Math.Max(at, unitAt);
            return TryAssign(unit, token, number);
        }

        if (next == ":" && Token(at + 2) is { } minutes)
        {
            // HH:MM[:SS[.ss]]
            if (!FuzzyNumber.TryParse(minutes, out var minute))
            {
                return false;
            }

            Hour = (long)number;
            SetMinutes(minute);
            if (Token(at + 3) == ":" && Token(at + 4) is { } seconds)
            {
                if (!TrySetSeconds(seconds))
                {
                    return false;
                }

                at += 2;
            }

            at += 2;
            return true;
        }

        return next is "-" or "/" or "." ? TryTakeSeparated(ref at) : TryTakeAlone(ref at, number);
    }

    // 01-02[-03], 01-Jan[-03], 31.08[.2015]
    private bool TryTakeSeparated(ref int at)
    {
        var separator = tokens[at + 1];
        if (!YearMonthDay.TryAdd(tokens[at]))
        {
            return false;
        }

        if (Token(at + 2) is { } second && !FuzzyWords.IsJump(second))
        {
            var isNumber = second.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0;
            if (!(isNumber ? YearMonthDay.TryAdd(second) : FuzzyWords.Month(second) is { } month && YearMonthDay.TryAddMonth(month)))
            {
                return false;
            }

            if (Token(at + 3) == separator)
            {
                if (Token(at + 4) is not { } third
                    || !(FuzzyWords.Month(third) is { } named ? YearMonthDay.TryAddMonth(named) : YearMonthDay.TryAdd(third)))
                {
                    return false;
                }

                at += 2;
            }

            at++;
        }

        at++;
        return true;
    }

    private bool TryTakeAlone(ref int at, decimal number)
    {
        var next = Token(at + 1);
        if (next is null || FuzzyWords.IsJump(next))
        {
            // "12 am", or a day, month or year
            if (Token(at + 2) is { } behind && FuzzyWords.HalfOfDay(behind) is { } half)
            {
                Hour = InHalf((long)number, half);
                at += 2;
                return true;
            }

            at++;
            return YearMonthDay.TryAdd(number);
        }

        if (FuzzyWords.HalfOfDay(next) is { } direct && number is >= 0 and < 24)
        {
            // "12am"
            Hour = InHalf((long)number, direct);
            at++;
            return true;
        }

        // Anything else within a text may be the day, or it means nothing.
        return YearMonthDay.CouldBeDay(number) switch
        {
            true => YearMonthDay.TryAdd(number),
            false => true,
            null => false,
        };
    }

    // The place of the word or letter that says what the number counts.
    private int? FindUnit(int at)
    {
        bool IsUnit(int place) => place >= 0 && place < tokens.Count && FuzzyWords.Unit(tokens[place]) is not null;
        if (IsUnit(at + 1))
        {
            return at + 1;
        }

        if (Token(at + 1) == " " && IsUnit(at + 2))
        {
            return at + 2;
        }

        if (IsUnit(at - 1))
        {
            return at - 1;
        }

        return at > 1 && at == tokens.Count - 1 && tokens[at - 1] == " " && IsUnit(at - 2) ? at - 2 : null;
    }

    private bool TryAssign(int unit, string token, decimal number)
    {
        switch (unit)
        {
            case 0:
                Hour = (long)number;
                if (number % 1 != 0)
                {
                    Minute = (long)(60 * (number % 1));
                }

                return true;
            case 1:
                SetMinutes(number);
                return true;
            case 2:
                return TrySetSeconds(token);
            default:
                return true;
        }
    }

    private void SetMinutes(decimal number)
    {
        Minute = (long)number;
        Second = number % 1 == 0 ? null : (long)(60 * (number % 1));
    }

    private bool TrySetSeconds(string token)
    {
        var point = token.IndexOf('.', StringComparison.Ordinal);
        var fraction = point < 0 ? "0" : token[(point + 1)..].PadRight(6, '0')[..6];
        if (!FuzzyNumber.TryWhole(point < 0 ? token : token.AsSpan(0, point), out var second) || !FuzzyNumber.TryWhole(fraction, out var microsecond))
        {
            return false;
        }

        (Second, Microsecond) = (second, microsecond);
        return true;
    }

    private bool TrySetHour(ReadOnlySpan<char> digits)
    {
        var ok = FuzzyNumber.TryWhole(digits, out var number);
        Hour = number;
        return ok;
    }

    private bool TrySetMinute(ReadOnlySpan<char> digits)
    {
        var ok = FuzzyNumber.TryWhole(digits, out var number);
        Minute = number;
        return ok;
    }

    private bool TrySetSecond(ReadOnlySpan<char> digits)
    {
        var ok = FuzzyNumber.TryWhole(digits, out var number);
        Second = number;
        return ok;
    }
}
