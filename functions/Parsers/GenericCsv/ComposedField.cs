// A field that is put together from several cells.
using System.Globalization;
using System.Text.RegularExpressions;
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Parsers.GenericCsv;

/// <summary>A field and the text with <c>{0}</c>, <c>{1}</c> … from which its value is made.</summary>
internal sealed partial record ComposedField(string Field, string Template)
{
    public static ComposedField[] For(ValueMap? parameter) =>
        parameter?.Select(item => new ComposedField(item.Key, item.Value.ToString())).ToArray() ?? [];

    /// <summary>The value for a row.</summary>
    /// <exception cref="InvalidRecordException">The row has no such cell.</exception>
    public Value Compose(IReadOnlyList<string> cells) => Placeholder().Replace(Template, match =>
    {
        var number = int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        return number < cells.Count ? cells[number] : throw new InvalidRecordException($"compose_fields: the row has no cell {number} for '{Field}'.");
    });

    [GeneratedRegex(@"\{(\d{1,4})\}", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Placeholder();
}
