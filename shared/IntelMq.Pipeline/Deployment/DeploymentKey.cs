// What a pipeline file may say of its deployment. The data is in deployment.tsv.
using System.Globalization;
using System.Text.RegularExpressions;
using IntelMq.DataFormat;
using IntelMq.Pipeline.Checks;

namespace IntelMq.Pipeline;

/// <summary>A key below <c>global: deployment:</c>.</summary>
/// <param name="Name">The key in the pipeline file.</param>
/// <param name="Parameter">The parameter of <c>infra/main.bicep</c>; empty where it is for the compiler alone.</param>
/// <param name="Type"><c>text</c>, <c>number</c>, <c>flag</c>, <c>list</c> (of texts) or <c>map</c> (of texts).</param>
/// <param name="Default">What holds without it, as Bicep writes it.</param>
/// <param name="Rule">What is allowed: <c>a|b</c>, <c>from..to</c> or a regular expression; empty for anything.</param>
/// <param name="Description">What it means.</param>
public sealed partial record DeploymentKey(string Name, string Parameter, string Type, string Default, string Rule, string Description)
{
    /// <summary>All keys, in the order in which they are documented.</summary>
    public static IReadOnlyList<DeploymentKey> All { get; } = DataFile.Lines("deployment.tsv")
        .Select(line => line.Split('\t'))
        .Select(parts => new DeploymentKey(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5]))
        .ToArray();

    /// <summary>The values that are allowed, where they are listed; else empty.</summary>
    public IReadOnlyList<string> Allowed => Listed().IsMatch(Rule) ? Rule.Split('|') : [];

    /// <summary>The numbers that are allowed, where they are a range; else null.</summary>
    public (int From, int To)? Range => Rule.Split("..") is [var from, var to] && int.TryParse(from, CultureInfo.InvariantCulture, out var least) && int.TryParse(to, CultureInfo.InvariantCulture, out var most)
        ? (least, most)
        : null;

    /// <summary>What is wrong with a value, as the end of a sentence (<c>but must be …</c>); null for a good one.</summary>
    public string? Problem(Value value) => Type switch
    {
        "flag" => value.AsBoolean() is null ? "true or false" : null,
        "number" => NumberProblem(value),
        "list" => value.Kind == ValueKind.List && value.AsList().All(item => item.Kind == ValueKind.Text) ? null : "a list of texts",
        "map" => value.AsMap() is { } map && map.All(item => item.Value.Kind == ValueKind.Text) ? null : "a map of texts",
        _ => TextProblem(value),
    };

    private string? NumberProblem(Value value)
    {
        if (value.Kind != ValueKind.Integer || value.AsInteger() is not { } number)
        {
            return "a whole number";
        }

        var text = number.ToString(CultureInfo.InvariantCulture);
        return Allowed.Count > 0 && !Allowed.Contains(text) ? Or(Allowed)
            : Range is var (from, to) && (number < from || number > to) ? string.Create(CultureInfo.InvariantCulture, $"a whole number from {from} to {to}")
            : null;
    }

    private string? TextProblem(Value value) =>
        value.AsText() is not { } text ? "a text"
        : Allowed.Count > 0 ? (Allowed.Contains(text) ? null : Or(Allowed.Select(one => $"'{one}'").ToArray()))
        : Rule.Length == 0 || Regex.IsMatch(text, Rule, RegexOptions.NonBacktracking) ? null
        : $"of the form {Rule}";

    private static string Or(IReadOnlyList<string> names) => string.Join(", ", names.SkipLast(1)) + " or " + names[^1];

    [GeneratedRegex(@"^[A-Za-z0-9-]+(\|[A-Za-z0-9-]+)+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Listed();
}
