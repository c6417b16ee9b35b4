// Makes the value of a parameter of what a file gives.
using System.Globalization;
using System.Text.RegularExpressions;
using IntelMq.DataFormat;

namespace IntelMq.Bots;

/// <summary>Type sanitation of parameters.</summary>
internal static class ParameterConversion
{
    /// <summary>Converts a given value to the type of the property and checks the rules. False with a sentence that says what is allowed.</summary>
    public static bool TryConvert(ParameterDeclaration declaration, Value given, out object? converted, out string expected)
    {
        var type = Nullable.GetUnderlyingType(declaration.Property.PropertyType) ?? declaration.Property.PropertyType;
        (converted, expected) = type switch
        {
            _ when type == typeof(bool) => (ToBoolean(given), "true or false"),
            _ when type == typeof(int) => (ToInteger(given) is { } number and >= int.MinValue and <= int.MaxValue ? (int)number : null, "a whole number"),
            _ when type == typeof(long) => (ToInteger(given), "a whole number"),
            _ when type == typeof(double) => (ToNumber(given), "a number"),
            _ when type == typeof(string) => (ToText(given), "a text"),
            _ when type.IsEnum => (ToMember(type, given), "one of " + string.Join(", ", declaration.Allowed)),
            _ when type == typeof(ValueMap) => (ToMap(given), "a map of names and values"),
            _ when type == typeof(Value) => ((object?)given, "a value"),
            _ => (ToList(given), "a list of texts"),
        };
        return converted is not null && FitsRules(declaration, converted, ref expected);
    }

    private static bool FitsRules(ParameterDeclaration declaration, object converted, ref string expected)
    {
        var rules = declaration.Rules;
        if (converted is int or long or double)
        {
            var number = Convert.ToDouble(converted, CultureInfo.InvariantCulture);
            expected = (double.IsFinite(rules.Minimum), double.IsFinite(rules.Maximum)) switch
            {
                (true, true) => string.Create(CultureInfo.InvariantCulture, $"{expected} from {rules.Minimum} to {rules.Maximum}"),
                (true, false) => string.Create(CultureInfo.InvariantCulture, $"{expected} of at least {rules.Minimum}"),
                (false, true) => string.Create(CultureInfo.InvariantCulture, $"{expected} of at most {rules.Maximum}"),
                _ => expected,
            };
            return double.IsFinite(number) && number >= rules.Minimum && number <= rules.Maximum;
        }

        if (converted is string text && rules.Allowed.Length > 0)
        {
            expected = "one of " + string.Join(", ", rules.Allowed);
            return rules.Allowed.Contains(text, StringComparer.OrdinalIgnoreCase);
        }

        if (converted is string shaped && rules.Pattern is { } pattern)
        {
            expected = $"a text of the form {pattern}";
            return Regex.IsMatch(shaped, pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, TimeSpan.FromSeconds(1));
        }

        return true;
    }

    private static object? ToBoolean(in Value given) => given.AsBoolean() ?? given.AsText()?.Trim().ToLowerInvariant() switch
    {
        "true" => true,
        "false" => false,
        _ => (object?)null,
    };

    private static long? ToInteger(in Value given) => given.Kind switch
    {
        ValueKind.Integer => given.AsInteger(),
        ValueKind.Float when given.AsFloat() is { } number && number == Math.Floor(number) && Math.Abs(number) < 1e15 => (long)number,
        ValueKind.Text when long.TryParse(given.AsText(), NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number) => number,
        _ => null,
    };

    private static object? ToNumber(in Value given) => given.Kind switch
    {
        ValueKind.Integer or ValueKind.Float => given.AsFloat(),
        ValueKind.Text when double.TryParse(given.AsText(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
        _ => null,
    };

    private static string? ToText(in Value given) => given.Kind is ValueKind.Text or ValueKind.Integer or ValueKind.Float or ValueKind.Boolean ? given.ToString() : null;

    private static object? ToMember(Type type, in Value given)
    {
        var name = given.AsText()?.Trim().Replace('-', '_');
        return type.GetEnumNames().FirstOrDefault(member => string.Equals(ParameterDeclaration.KeyOf(member), name, StringComparison.OrdinalIgnoreCase)) is { } found
            ? Enum.Parse(type, found)
            : null;
    }

    // Existing files write maps as JSON texts, and an empty text where there is none.
    private static ValueMap? ToMap(in Value given) => given.AsMap() ?? given.AsText() switch
    {
        null => null,
        var text when string.IsNullOrWhiteSpace(text) => new ValueMap(),
        var text => JsonText.TryParse(text)?.AsMap(),
    };

    // Existing files write lists as texts with commas.
    private static IReadOnlyList<string>? ToList(in Value given) => given.Kind switch
    {
        ValueKind.Text => given.AsText()!.Split(',', StringSplitOptions.TrimEntries),
        ValueKind.List => given.AsList().All(item => ToText(item) is not null) ? given.AsList().Select(item => item.ToString()).ToArray() : null,
        _ => ToText(given) is { } text ? [text] : null,
    };
}
