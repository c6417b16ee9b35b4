// Where this project differs from IntelMQ on purpose: known-differences.json.
using System.Text.RegularExpressions;
using IntelMq.DataFormat;

namespace IntelMq.Conformance;

/// <summary>One rule: where it holds, for which inputs, and why.</summary>
/// <param name="File">The file of recorded data, for example <c>vectors/fields.json</c>.</param>
/// <param name="Subject">Matches the whole name of the type, field, name or bot that the rule is about.</param>
/// <param name="Input">Matches the JSON text of the input.</param>
/// <param name="Expected">Matches the JSON text of the recorded result; null for any.</param>
/// <param name="Reason">Why the difference is right.</param>
public sealed record KnownDifference(string File, Regex Subject, Regex Input, Regex? Expected, string Reason);

/// <summary>The rules. One line each, so that they hold for recorded data of the same kind that is not in the folder.</summary>
public sealed class KnownDifferences
{
    private static readonly string[] s_subjects = ["type", "field", "name", "bot"];
    private readonly KnownDifference[] _rules;
    private readonly HashSet<KnownDifference> _used = [];

    private KnownDifferences(IEnumerable<KnownDifference> rules) => _rules = rules.ToArray();

    /// <summary>The rules for one file of recorded data.</summary>
    public static KnownDifferences For(string file)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "known-differences.json");
        var value = JsonText.TryParse(File.ReadAllBytes(path)) ?? throw new InvalidDataException($"{path} is not JSON.");
        return new KnownDifferences(value.AsList().Select(Read).Where(rule => rule.File == file));
    }

    /// <summary>The rules that explained nothing: they are out of date.</summary>
    public IEnumerable<KnownDifference> Unused => _rules.Where(rule => !_used.Contains(rule));

    /// <summary>Whether a rule explains a difference; the rule then counts as used.</summary>
    /// <param name="subject">The type, field, name or bot.</param>
    /// <param name="inputJson">The JSON text of the input.</param>
    /// <param name="expectedJson">The JSON text of the recorded result; an exception is the text <c>!Name</c>.</param>
    public bool Explain(string subject, string inputJson, string expectedJson)
    {
        var rule = _rules.FirstOrDefault(rule =>
            rule.Subject.IsMatch(subject) && rule.Input.IsMatch(inputJson) && rule.Expected?.IsMatch(expectedJson) != false);
        return rule is not null && (_used.Add(rule) || true);
    }

    private static KnownDifference Read(Value rule)
    {
        var map = rule.AsMap() ?? throw new InvalidDataException("A known difference is no object.");
        var subject = s_subjects.Select(name => map[name].AsText()).FirstOrDefault(text => text is not null);
        return map["file"].AsText() is { } file && subject is not null && map["input"].AsText() is { } input && map["reason"].AsText() is { Length: > 0 } reason
            ? new KnownDifference(file, Pattern($"^(?:{subject})$"), Pattern(input), map["expected"].AsText() is { } expected ? Pattern(expected) : null, reason)
            : throw new InvalidDataException($"A known difference needs file, type|field|name|bot, input and reason: {rule}");
    }

    private static Regex Pattern(string pattern) => new(pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
}
