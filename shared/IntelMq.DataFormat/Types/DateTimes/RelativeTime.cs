// Time spans in words: "4 hours".
using System.Globalization;

namespace IntelMq.DataFormat;

/// <summary>Reads time spans in words, as parameters give them.</summary>
public static class RelativeTime
{
    /// <summary>
    /// The minutes of a time span: a whole number, blanks and <c>second</c>, <c>minute</c>, <c>hour</c>, <c>day</c>, <c>week</c>,
    /// <c>month</c> (30 days) or <c>year</c> (365 days), with or without a final s.
    /// </summary>
    /// <exception cref="FormatException">The text is no such time span.</exception>
    public static double ParseMinutes(string text) => TryParseMinutes(text, out var minutes) ? minutes
        : throw new FormatException($"'{text}' is no time span; write a number and a unit, for example '4 hours'.");

    /// <summary>As <see cref="ParseMinutes"/>; false where the text is no time span.</summary>
    public static bool TryParseMinutes(string text, out double minutes)
    {
        minutes = 0;
        var rest = Blanks.Trim(text.AsSpan());
        var digits = rest.IndexOfAnyExceptInRange('0', '9');
        if (digits <= 0 || !Blanks.IsBlank(rest[digits]) || !long.TryParse(rest[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        var unit = Blanks.Trim(rest[digits..]);
        unit = unit.EndsWith("s") ? unit[..^1] : unit;
        var each = unit switch
        {
            "second" => 1 / 60d,
            "minute" => 1,
            "hour" => 60,
            "day" => 60 * 24,
            "week" => 60 * 24 * 7,
            "month" => 60 * 24 * 30,
            "year" => 60 * 24 * 365,
            _ => 0,
        };
        minutes = number * each;
        return each > 0;
    }
}
