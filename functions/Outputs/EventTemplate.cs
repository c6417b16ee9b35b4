// Texts with values of the event in them.
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Outputs;

/// <summary>Fills <c>{event[source.asn]}</c> and <c>{event[time.source]:%Y-%m-%d}</c> in a text.</summary>
internal sealed partial class EventTemplate
{
    private readonly string _template;
    private readonly string _noun;
    private readonly List<Part> _parts = [];

    /// <summary>Understands a template.</summary>
    /// <param name="parameter">The parameter that holds it.</param>
    /// <param name="noun">What it is the template of, for sentences.</param>
    /// <param name="variable">The name that stands for the event: <c>event</c> or <c>ev</c>.</param>
    /// <param name="template">The template.</param>
    /// <param name="fields">The fields that events may have.</param>
    /// <exception cref="BotConfigurationException">A placeholder that cannot be filled.</exception>
    public EventTemplate(string parameter, string noun, string variable, string template, FieldCatalogue fields)
    {
        (_template, _noun) = (template, noun);
        var problems = new List<string>();
        for (var i = 0; i < template.Length;)
        {
            var (length, part) = PartAt(parameter, variable, template, i, fields, problems);
            _parts.Add(part);
            i += length;
        }

        if (problems.Count > 0)
        {
            throw new BotConfigurationException(problems);
        }
    }

    /// <summary>The text for an event.</summary>
    /// <param name="item">The event.</param>
    /// <param name="safe">Changes a value before it is put in; null for as it is.</param>
    /// <exception cref="InvalidRecordException">The event lacks a field of the template.</exception>
    public string Fill(Event item, Func<string, string>? safe = null)
    {
        var filled = new StringBuilder();
        foreach (var part in _parts)
        {
            var text = part.Field is { } field ? ValueOf(item, field, part.Format) : null;
            filled.Append(text is null ? part.Literal : safe?.Invoke(text) ?? text);
        }

        return filled.ToString();
    }

    private static (int Length, Part Part) PartAt(
        string parameter, string variable, string template, int start, FieldCatalogue fields, List<string> problems)
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
        if (!match.Success || match.Groups[1].Value != variable)
        {
            problems.Add($"'{parameter}' is '{template}', where '{rest}' is no placeholder. Placeholders are {{{variable}[source.asn]}} and {{{variable}[time.source]:%Y-%m-%d}}; a brace itself is written twice.");
            return (rest.Length, new Part(""));
        }

        var name = match.Groups[2].Value.Trim('\'', '"');
        if (!fields.TryGet(name, out var field))
        {
            problems.Add($"'{parameter}' names '{name}', which is no field of events{NearName.Hint(name, fields.All.Select(known => known.Name))}.");
            return (match.Length, new Part(""));
        }

        return (match.Length, new Part("", field, FormatOf(parameter, field, match.Groups[3].Value, problems)));
    }

    private static StrftimeFormat? FormatOf(string parameter, Field field, string format, List<string> problems)
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

            problems.Add($"'{parameter}' has the format '{format}' for '{field.Name}'; only times take a format.");
        }
        catch (ArgumentException error)
        {
            problems.Add($"'{parameter}': {error.Message}");
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
            throw new InvalidRecordException($"The event has no '{field.Name}', which the {_noun} '{_template}' needs.");
        }

        return format is null ? text
            : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? format.Write(time)
            : throw new InvalidRecordException($"'{field.Name}' is '{text}', which is no time for the {_noun} '{_template}'.");
    }

    [GeneratedRegex(@"\G\{([a-z]+)\[([^\]{}]+)\](?::([^{}]*))?\}", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Placeholder();

    private sealed record Part(string Literal, Field? Field = null, StrftimeFormat? Format = null);
}
