// What each directive of strptime matches.
namespace IntelMq.DataFormat;

/// <summary>The lengths of text that a directive can match, the preferred one first.</summary>
internal static class StrptimeDirective
{
    /// <summary>The most readings that one directive has at one place.</summary>
    public const int MaxReadings = 8;

    public static readonly string[] Days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

    public static readonly string[] Months =
        ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];

    public static bool IsKnown(char directive) => "aAbBdfGHIjmMpSuUVwWyYzZ".Contains(directive, StringComparison.Ordinal);

    public static int Lengths(char directive, ReadOnlySpan<char> text, Span<int> lengths)
    {
        switch (directive)
        {
            case 'd':
                var count = Number(text, 1, 31, 2, lengths);
                return count == 0 && text.Length > 1 && text[0] == ' ' && text[1] is >= '1' and <= '9' ? One(lengths, 2) : count;
            case 'm':
                return Number(text, 1, 12, 2, lengths);
            case 'H':
                return Number(text, 0, 23, 2, lengths);
            case 'I':
                return Number(text, 1, 12, 2, lengths);
            case 'M':
                return Number(text, 0, 59, 2, lengths);
            case 'S':
                return Number(text, 0, 61, 2, lengths);
            case 'j':
                return Number(text, 1, 366, 3, lengths);
            case 'U' or 'W':
                return Number(text, 0, 53, 2, lengths);
            case 'V':
                return Number(text, 1, 53, 2, lengths);
            case 'u':
                return Number(text, 1, 7, 1, lengths);
            case 'w':
                return Number(text, 0, 6, 1, lengths);
            case 'y':
                return DigitsAt(text) >= 2 ? One(lengths, 2) : 0;
            case 'Y' or 'G':
                return DigitsAt(text) >= 4 ? One(lengths, 4) : 0;
            case 'f':
                return Down(lengths, Math.Min(6, DigitsAt(text)));
            case 'a':
                return Word(text, Days, 3, lengths);
            case 'A':
                return Word(text, Days, int.MaxValue, lengths);
            case 'b':
                return Word(text, Months, 3, lengths);
            case 'B':
                return Word(text, Months, int.MaxValue, lengths);
            case 'p':
                return StartsWith(text, "am") || StartsWith(text, "pm") ? One(lengths, 2) : 0;
            case 'Z':
                return StartsWith(text, "utc") || StartsWith(text, "gmt") ? One(lengths, 3) : 0;
            default:
                return Offset(text, lengths);
        }
    }

    private static int One(Span<int> lengths, int length)
    {
        lengths[0] = length;
        return 1;
    }

    private static int Down(Span<int> lengths, int from)
    {
        for (var length = from; length > 0; length--)
        {
            lengths[from - length] = length;
        }

        return from;
    }

    private static int DigitsAt(ReadOnlySpan<char> text)
    {
        var digits = text.IndexOfAnyExceptInRange('0', '9');
        return digits < 0 ? text.Length : digits;
    }

    // A number within limits, with as many digits as possible first.
    private static int Number(ReadOnlySpan<char> text, int low, int high, int width, Span<int> lengths)
    {
        var count = 0;
        for (var length = Math.Min(width, DigitsAt(text)); length > 0; length--)
        {
            var number = Whole(text[..length]);
            if (number >= low && number <= high)
            {
                lengths[count++] = length;
            }
        }

        return count;
    }

    private static int Word(ReadOnlySpan<char> text, string[] words, int length, Span<int> lengths)
    {
        foreach (var word in words)
        {
            var part = word.AsSpan(0, Math.Min(length, word.Length));
            if (StartsWith(text, part))
            {
                return One(lengths, part.Length);
            }
        }

        return 0;
    }

    // Z, +hhmm or +hh:mm, with seconds in the same style and a fraction.
    private static int Offset(ReadOnlySpan<char> text, Span<int> lengths)
    {
        if (text.StartsWith("Z"))
        {
            return One(lengths, 1);
        }

        if (text.IsEmpty || text[0] is not ('+' or '-') || DigitsAt(text[1..]) < 2)
        {
            return 0;
        }

        var colon = text.Length > 3 && text[3] == ':' ? 1 : 0;
        var at = 3 + colon;
        if (!IsSixty(text, at))
        {
            return 0;
        }

        at += 2;
        var count = 0;
        var seconds = at < text.Length && text[at] == ':' ? at + 1 : at;
        if (IsSixty(text, seconds))
        {
            var end = seconds + 2;
            if (end + 1 < text.Length && text[end] == '.' && char.IsAsciiDigit(text[end + 1]))
            {
                lengths[count++] = end + 1 + Math.Min(6, DigitsAt(text[(end + 1)..]));
            }

            lengths[count++] = end;
        }

        lengths[count++] = at;
        return count;
    }

    private static bool IsSixty(ReadOnlySpan<char> text, int at) =>
        at + 1 < text.Length && text[at] is >= '0' and <= '5' && char.IsAsciiDigit(text[at + 1]);

    public static int Whole(ReadOnlySpan<char> digits)
    {
        var number = 0;
        foreach (var c in digits)
        {
            number = (number * 10) + (c - '0');
        }

        return number;
    }

    public static bool StartsWith(ReadOnlySpan<char> text, ReadOnlySpan<char> word) => text.StartsWith(word, StringComparison.OrdinalIgnoreCase);
}
