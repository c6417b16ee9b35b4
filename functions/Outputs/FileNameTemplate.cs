// File names with values of the event in them.
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Outputs;

/// <summary>
/// Fills <c>{event[source.asn]}</c> and <c>{event[time.source]:%Y-%m-%d}</c> in a file name. What a feed says can never lead out of the folder:
/// separators, colons and control characters and a dot at the beginning become underscores.
/// </summary>
internal sealed partial class FileNameTemplate
{
    private const int LongestValue = 100;
    private const int LongestName = 255;

    private readonly string _template;
    private readonly List<Part> _parts = [];

    /// <summary>Understands a template.</summary>
    /// <exception cref="BotConfigurationException">A placeholder that cannot be filled.</exception>
    public FileNameTemplate(string template, FieldCatalogue fields)
    {
        _template = template;
        var problems = new List<string>();
        for (var i = 0; i < template.Length;)
        {
            var (length, part) = PartAt(template, i, fields, problems);
            _parts.Add(part);
            i += length;
        }

        if (problems.Count > 0)
        {
            throw new BotConfigurationException(problems);
        }
    }

    /// <summary>The file name for an event.</summary>
    /// <exception cref="InvalidRecordException">The event lacks a field of the name, or the name gets too long.</exception>
    public string Fill(Event item)
    {
        var name = new StringBuilder();
        foreach (var part in _parts)
        {
            name.Append(part.Field is { } field ? Safe(ValueOf(item, field, part.Format)) : part.Literal);
        }

        var filled = name.ToString();
        return filled.Split('/').All(segment => Encoding.UTF8.GetByteCount(segment) <= LongestName)
            ? filled
            : throw new InvalidRecordException($"The file name '{_template}' gets longer than {LongestName} bytes for this event.");
    }

    private static (int Length, Part Part) PartAt(string template, int start, FieldCatalogue fields, List<string> problems)
    {
        var rest = template.AsSpan(start);
        if (rest is ['{', '{', ..] or ['}', '}', ..])
        {
            return (2, new Part(rest[..1].ToString()));
        }

        if (rest[0] is not ('{' or '}'))
        {
            var end = rest[1..].IndexOfAny('{', '}');
            return end < 0 ? (rest.Length, new Part(rest.ToString())) : (end + 1, new Part(rest[..(end + 1)].ToString()));
        }

        var match = Placeholder().Match(template, start);
        if (!match.Success)
        {
            problems.Add($"'file' is '{template}', where '{rest}' is no placeholder. Placeholders are {{event[source.asn]}} and {{event[time.source]:%Y-%m-%d}}; a brace itself is written twice.");
            return (rest.Length, new Part(""));
        }

        var name = match.Groups[1].Value.Trim('\'', '"');
        if (!fields.TryGet(name, out var field))
        {
            problems.Add($"'file' names '{name}', which is no field of events{NearName.Hint(name, fields.All.Select(known => known.Name))}.");
            return (match.Length, new Part(""));
        }

        return (match.Length, new Part("", field, FormatOf(field, match.Groups[2].Value, problems)));
    }

    private static StrftimeFormat? FormatOf(Field field, string format, List<string> problems)
    {
        if (format.Length == 0)
        {
            return null;
        }

        try
        {
            if (field.Type == FieldTypes.DateTime)
            {
                return StrftimeFormat.Parse(format);
            }

            problems.Add($"'file' has the format '{format}' for '{field.Name}'; only times take a format.");
        }
        catch (ArgumentException error)
        {
            problems.Add($"'file': {error.Message}");
        }

        return null;
    }

    // Of several values the first one counts.
    private string ValueOf(Event item, Field field, StrftimeFormat? format)
    {
        var value = item[field];
        if (field.Multiple && value.Kind == ValueKind.List)
        {
            value = value.AsList()[0];
        }

        var text = value.IsMissing ? "" : PythonText.Str(value);
        if (text.Length == 0)
        {
            throw new InvalidRecordException($"The event has no '{field.Name}', which the file name '{_template}' needs.");
        }

        return format is null ? text
            : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? format.Write(time)
            : throw new InvalidRecordException($"'{field.Name}' is '{text}', which is no time for the file name '{_template}'.");
    }

    private static string Safe(string value)
    {
        var safe = new StringBuilder(value.Length);
        var bytes = 0;
        foreach (var rune in value.EnumerateRunes())
        {
            var isRefused = rune.Value is '/' or '\\' or ':' || (rune.Value == '.' && safe.Length == 0) || Rune.IsControl(rune);
            var kept = isRefused ? new Rune('_') : rune;
            bytes += kept.Utf8SequenceLength;
            if (bytes > LongestValue)
            {
                break;
            }

            safe.Append(kept.ToString());
        }

        return safe.ToString();
    }

    [GeneratedRegex(@"\G\{event\[([^\]{}]+)\](?::([^{}]*))?\}", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Placeholder();

    private sealed record Part(string Literal, Field? Field = null, StrftimeFormat? Format = null);
}
