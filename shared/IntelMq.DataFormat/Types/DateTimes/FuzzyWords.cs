// The words that dates are written with.
using System.Collections.Frozen;

namespace IntelMq.DataFormat;

/// <summary>The words of dates and times, in any case.</summary>
internal static class FuzzyWords
{
    private static readonly FrozenDictionary<string, int> s_weekdays = Numbered(["mon monday", "tue tuesday", "wed wednesday", "thu thursday", "fri friday", "sat saturday", "sun sunday"]);

    private static readonly FrozenDictionary<string, int> s_months = Numbered(
        ["jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august", "sep sept september", "oct october", "nov november", "dec december"]);

    private static readonly FrozenDictionary<string, int> s_units = Numbered(["h hour hours", "m minute minutes", "s second seconds"]);

    private static readonly FrozenDictionary<string, int> s_halves = Numbered(["am a", "pm p"]);

    private static readonly FrozenSet<string> s_jumps = new[]
    {
        " ", ".", ",", ";", "-", "/", "'", "at", "on", "and", "ad", "m", "t", "of", "st", "nd", "rd", "th",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>0 for Monday to 6 for Sunday.</summary>
    public static int? Weekday(string token) => Find(s_weekdays, token);

    /// <summary>1 to 12.</summary>
    public static int? Month(string token) => Find(s_months, token) + 1;

    /// <summary>0 for hours, 1 for minutes, 2 for seconds.</summary>
    public static int? Unit(string token) => Find(s_units, token);

    /// <summary>0 for before noon, 1 for after.</summary>
    public static int? HalfOfDay(string token) => Find(s_halves, token);

    /// <summary>What may stand between the parts of a date.</summary>
    public static bool IsJump(string token) => s_jumps.Contains(token);

    /// <summary>Names of UTC as they are written.</summary>
    public static bool IsUtcName(string token) => token is "UTC" or "GMT" or "Z" or "z";

    /// <summary>Names of UTC in any case.</summary>
    public static bool IsUtcZone(string token) => token.ToUpperInvariant() is "UTC" or "GMT" or "Z";

    private static int? Find(FrozenDictionary<string, int> words, string token) => words.TryGetValue(token, out var number) ? number : null;

    private static FrozenDictionary<string, int> Numbered(string[] groups) =>
        groups.SelectMany((group, number) => group.Split(' ').Select(word => KeyValuePair.Create(word, number))).ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
}
