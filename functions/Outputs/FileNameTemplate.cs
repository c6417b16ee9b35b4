// File names with values of the event in them.
using System.Globalization;
using System.Text.RegularExpressions;
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Outputs;

/// <summary>
/// Fills <c>{event[source.asn]}</c> in a file name. What a feed says can never lead out of the folder: separators and dots at the beginning
/// become underscores.
/// </summary>
internal sealed partial class FileNameTemplate(string template)
{
    private const int LongestPart = 100;

    /// <summary>The file name for an event.</summary>
    /// <exception cref="InvalidRecordException">The event lacks a field of the name.</exception>
    public string Fill(Event item) => Placeholder().Replace(template, match =>
    {
        var name = match.Groups[1].Value.Trim('\'', '"');
        var value = item[name];
        if (value.IsMissing)
        {
            throw new InvalidRecordException($"The event has no '{name}', which the file name '{template}' needs.");
        }

        var format = match.Groups[2].Value;
        return Safe(format.Length == 0 ? PythonText.Str(value) : Time(name, value, format));
    });

    private static string Time(string name, in Value value, string format)
    {
        if (!DateTimeOffset.TryParse(value.AsText(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
        {
            throw new InvalidRecordException($"'{name}' is '{value}', which is no time for the format '{format}' of the file name.");
        }

        return Directive().Replace(format, directive => directive.Value[1] switch
        {
            'Y' => time.ToString("yyyy", CultureInfo.InvariantCulture),
            'y' => time.ToString("yy", CultureInfo.InvariantCulture),
            'm' => time.ToString("MM", CultureInfo.InvariantCulture),
            'd' => time.ToString("dd", CultureInfo.InvariantCulture),
            'H' => time.ToString("HH", CultureInfo.InvariantCulture),
            'M' => time.ToString("mm", CultureInfo.InvariantCulture),
            'S' => time.ToString("ss", CultureInfo.InvariantCulture),
            'j' => time.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
            _ => directive.Value,
        });
    }

    private static string Safe(string part)
    {
        var safe = string.Concat(part.Select(c => c is '/' or '\\' or ':' || char.IsControl(c) ? '_' : c));
        safe = safe.StartsWith('.') ? "_" + safe[1..] : safe;
        return safe.Length <= LongestPart ? safe : safe[..LongestPart];
    }

    [GeneratedRegex(@"\{event\[([^\]]+)\](?::([^}]*))?\}", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Placeholder();

    [GeneratedRegex("%.", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Directive();
}
