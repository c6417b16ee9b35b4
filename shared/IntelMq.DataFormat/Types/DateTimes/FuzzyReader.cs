// Walks through the pieces of a text and takes out the parts of a date.
namespace IntelMq.DataFormat;

/// <summary>
/// Takes the parts of a date out of tokens. The rules and their order are those of the dateutil parser, because existing
/// installations rely on what it finds; times within numbers are in <c>FuzzyReader.Numbers.cs</c>.
/// </summary>
internal sealed partial class FuzzyReader(List<string> tokens)
{
    private int? _half;

    public YearMonthDay YearMonthDay { get; } = new();

    /// <summary>0 for Monday to 6 for Sunday.</summary>
    public int? Weekday { get; private set; }

    public long? Hour { get; private set; }

    public long? Minute { get; private set; }

    public long? Second { get; private set; }

    public long? Microsecond { get; private set; }

    public string? ZoneName { get; private set; }

    /// <summary>Seconds east of UTC.</summary>
    public long? Offset { get; private set; }

    /// <summary>Takes all parts. False where the text contradicts itself or breaks off within a part.</summary>
    public bool TryRead()
    {
        for (var at = 0; at < tokens.Count; at++)
        {
            if (!TryTake(ref at))
            {
                return false;
            }
        }

        return true;
    }

    // Takes the part at a token and moves to its last token.
    private bool TryTake(ref int at)
    {
        var token = tokens[at];
        if (FuzzyNumber.TryParse(token, out var number))
        {
            return TryTakeNumber(ref at, number);
        }

        // The words for "no number" and "endless" are numbers to the original, and unusable ones.
        if (token.ToUpperInvariant() is "NAN" or "INF" or "INFINITY")
        {
            return false;
        }

        if (FuzzyWords.Weekday(token) is { } weekday)
        {
            Weekday = weekday;
            return true;
        }

        if (FuzzyWords.Month(token) is { } month)
        {
            return TryTakeMonth(ref at, month);
        }

        if (FuzzyWords.HalfOfDay(token) is { } half)
        {
            if (_half is null && Hour is >= 0 and <= 12)
            {
                Hour = InHalf(Hour.Value, half);
                _half = half;
            }

            return true;
        }

        if (Offset is null && CouldBeZoneName(token))
        {
            TakeZoneName(at);
            return true;
        }

        return Hour is null || token is not ("+" or "-") || TryTakeOffset(ref at);
    }

    private bool TryTakeMonth(ref int at, int month)
    {
        if (!YearMonthDay.TryAddMonth(month))
        {
            return false;
        }

        // Jan-01 and Jan-01-99
        if (Token(at + 1) is "-" or "/")
        {
            if (!TryAddNumber(at + 2))
            {
                return false;
            }

            if (Token(at + 3) == Token(at + 1))
            {
                if (!TryAddNumber(at + 4))
                {
                    return false;
                }

                at += 2;
            }

            at += 2;
        }
        else if (at + 4 < tokens.Count && tokens[at + 1] == " " && tokens[at + 3] == " " && tokens[at + 2].Equals("of", StringComparison.OrdinalIgnoreCase))
        {
            // "Jan of 01": the number is the year.
            if (FuzzyNumber.TryWhole(tokens[at + 4], out var year) && !TryAddWrittenYear(year))
            {
                return false;
            }

            at += 4;
        }

        return true;
    }

    private bool TryAddWrittenYear(long year) =>
        YearMonthDay.TryAdd(year.ToString("00", System.Globalization.CultureInfo.InvariantCulture), isYear: true);

    private bool TryAddNumber(int at) => at < tokens.Count && YearMonthDay.TryAdd(tokens[at]);

    // "GMT+3" means "my time plus 3 hours is GMT": the sign is turned for the offset that follows.
    private void TakeZoneName(int at)
    {
        ZoneName = tokens[at];
        Offset = ZoneName == "z" ? 0 : null;
        if (Token(at + 1) is "+" or "-")
        {
            tokens[at + 1] = tokens[at + 1] == "+" ? "-" : "+";
            Offset = null;
            if (FuzzyWords.IsUtcZone(ZoneName))
            {
                ZoneName = null;
            }
        }
    }

    private bool TryTakeOffset(ref int at)
    {
        var sign = tokens[at] == "+" ? 1 : -1;
        if (Token(at + 1) is not { } digits)
        {
            return false;
        }

        long hours, minutes = 0;
        if (digits.Length == 4)
        {
            if (!FuzzyNumber.TryWhole(digits.AsSpan(0, 2), out hours) || !FuzzyNumber.TryWhole(digits.AsSpan(2), out minutes))
            {
                return false;
            }
        }
        else if (Token(at + 2) == ":")
        {
            if (!FuzzyNumber.TryWhole(digits, out hours) || Token(at + 3) is not { } behind || !FuzzyNumber.TryWhole(behind, out minutes))
            {
                return false;
            }

            at += 2;
        }
        else if (digits.Length > 2 || !FuzzyNumber.TryWhole(digits, out hours))
        {
            return false;
        }

        Offset = sign * ((Math.Min(hours, 9999) * 3600) + (Math.Min(minutes, 9999) * 60));

        // "-0300 (BRST)"
        if (at + 5 < tokens.Count && FuzzyWords.IsJump(tokens[at + 2]) && tokens[at + 3] == "(" && tokens[at + 5] == ")"
            && tokens[at + 4].Length >= 3 && CouldBeZoneName(tokens[at + 4]))
        {
            ZoneName = tokens[at + 4];
            at += 4;
        }

        at++;
        return true;
    }

    private bool CouldBeZoneName(string token) =>
        Hour is not null && ZoneName is null && token.Length <= 5
        && (token.AsSpan().IndexOfAnyExceptInRange('A', 'Z') < 0 || FuzzyWords.IsUtcName(token));

    private static long InHalf(long hour, int half) => half == 1 && hour < 12 ? hour + 12 : half == 0 && hour == 12 ? 0 : hour;

    private string? Token(int at) => at < tokens.Count ? tokens[at] : null;
}
