// Makes the value of a parameter of what a file gives.
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;
using IntelMq.DataFormat;

namespace IntelMq.Bots;

/// <summary>Type sanitation of parameters.</summary>
internal static class ParameterConversion
{
    /// <summary>Converts a given value to the type of the property and checks the rules. False where it does not fit.</summary>
    public static bool TryConvert(ParameterDeclaration declaration, Value given, [NotNullWhen(true)] out object? converted)
    {
        var type = TypeOf(declaration);
        converted = type switch
        {
            _ when type == typeof(bool) => ToBoolean(given),
            _ when type == typeof(int) => ToInteger(given) is { } number and >= int.MinValue and <= int.MaxValue ? (int)number : null,
            _ when type == typeof(long) => ToInteger(given),
            _ when type == typeof(double) => ToNumber(given),
            _ when type == typeof(string) => ToText(given),
            _ when type.IsEnum => ToMember(type, given),
            _ when type == typeof(ValueMap) => ToMap(given),
            _ when type == typeof(Value) => given,
            _ => ToList(given),
        };
        if (converted is string text && declaration.Rules.Allowed.Length > 0)
        {
            // Bots see the declared spelling, whatever the file's.
            converted = declaration.Rules.Allowed.FirstOrDefault(allowed => string.Equals(allowed, text, StringComparison.OrdinalIgnoreCase));
        }

        return converted is not null && FitsRules(declaration.Rules, converted);
    }

    /// <summary>What is allowed, as the end of a sentence.</summary>
    public static string Allowed(ParameterDeclaration declaration)
    {
        var type = TypeOf(declaration);
        return type switch
        {
            _ when declaration.Allowed.Count > 0 => "one of " + string.Join(", ", declaration.Allowed),
            _ when type == typeof(bool) => "true or false",
            _ when type == typeof(int) || type == typeof(long) => "a whole number" + RangeText(declaration.Rules),
            _ when type == typeof(double) => "a number" + RangeText(declaration.Rules),
            _ when type == typeof(string) => declaration.Rules.Pattern is { } pattern ? $"a text of the form {pattern}" : "a text",
            _ when type == typeof(ValueMap) => "a map of names and values",
            _ when type == typeof(Value) => "a value",
            _ => "a list of texts",
        };
    }

    private static Type TypeOf(ParameterDeclaration declaration) => Nullable.GetUnderlyingType(declaration.Property.PropertyType) ?? declaration.Property.PropertyType;

    private static string RangeText(ParameterAttribute rules) => (double.IsFinite(rules.Minimum), double.IsFinite(rules.Maximum)) switch
    {
        (true, true) => string.Create(CultureInfo.InvariantCulture, $" from {rules.Minimum} to {rules.Maximum}"),
        (true, false) => string.Create(CultureInfo.InvariantCulture, $" of at least {rules.Minimum}"),
        (false, true) => string.Create(CultureInfo.InvariantCulture, $" of at most {rules.Maximum}"),
        _ => "",
    };

    private static bool FitsRules(ParameterAttribute rules, object converted)
    {
        if (converted is int or long or double)
        {
            var number = Convert.ToDouble(converted, CultureInfo.InvariantCulture);
            return double.IsFinite(number) && number >= rules.Minimum && number <= rules.Maximum;
        }

        return converted is not string text
            || rules.Pattern is not { } pattern
            || Regex.IsMatch(text, pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, TimeSpan.FromSeconds(1));
    }

    // A list is not its first text: that would drop the others silently.
    private static string? OnlyText(in Value given) => given.Kind == ValueKind.Text ? given.AsText() : null;

    private static object? ToBoolean(in Value given) => given.AsBoolean() ?? OnlyText(given)?.Trim().ToLowerInvariant() switch
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
        var name = OnlyText(given)?.Trim().Replace('-', '_');
        return type.GetEnumNames().FirstOrDefault(member => string.Equals(ParameterDeclaration.KeyOf(member), name, StringComparison.OrdinalIgnoreCase)) is { } found
            ? Enum.Parse(type, found)
            : null;
    }

    // Existing files write maps as JSON texts, and an empty text where there is none.
    private static ValueMap? ToMap(in Value given) => given.AsMap() ?? OnlyText(given) switch
    {
        null => null,
        var text when string.IsNullOrWhiteSpace(text) => new ValueMap(),
        var text => JsonText.TryParse(text)?.AsMap(),
    };

    // Existing files write lists as texts with commas, and an empty text where there is nothing.
    private static IReadOnlyList<string>? ToList(in Value given) => given.Kind switch
    {
        ValueKind.Text when string.IsNullOrWhiteSpace(given.AsText()) => [],
        ValueKind.Text => given.AsText()!.Split(',', StringSplitOptions.TrimEntries),
        ValueKind.List => given.AsList().All(item => ToText(item) is not null) ? given.AsList().Select(item => item.ToString()).ToArray() : null,
        _ => ToText(given) is { } text ? [text] : null,
    };
}
