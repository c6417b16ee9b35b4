// Shadowserver's schema: which column of which report goes to which field.
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Parsers.Shadowserver;

/// <summary>One report type of the schema.</summary>
/// <param name="Name">The name in the file names of reports, for example <c>scan_telnet</c>.</param>
/// <param name="FeedName">The name of the feed.</param>
/// <param name="Documentation">Where the report is documented.</param>
/// <param name="Required">The columns that every row must have.</param>
/// <param name="Optional">The other columns with a meaning.</param>
/// <param name="Constants">Fields that all events of the report have.</param>
internal sealed record ReportSchema(
    string Name, string? FeedName, string? Documentation, IReadOnlyList<ColumnSchema> Required, IReadOnlyList<ColumnSchema> Optional, IReadOnlyList<KeyValuePair<string, Value>> Constants)
{
    /// <summary>Why reports of this type cannot be parsed here; null where they can.</summary>
    public string? Problem => Required.FirstOrDefault(column => column.Convert is null) is { } unknown
        ? $"The schema converts the required column '{unknown.Column}' of '{Name}' by '{unknown.ConverterName}', which is not known here."
        : null;

    /// <summary>Reads a schema file in the format that Shadowserver publishes.</summary>
    /// <exception cref="BotConfigurationException">The text is no such file; all problems are listed.</exception>
    public static Dictionary<string, ReportSchema> Read(ReadOnlySpan<byte> json, string file)
    {
        if (JsonText.TryParse(json)?.AsMap() is not { } reports)
        {
            throw new BotConfigurationException($"The schema '{file}' is no JSON object.");
        }

        var problems = new List<string>();
        var schemas = new Dictionary<string, ReportSchema>(StringComparer.Ordinal);
        foreach (var (name, value) in reports.Where(item => !item.Key.StartsWith('_')))
        {
            if (value.AsMap() is not { } report)
            {
                problems.Add($"The schema '{file}' has no object for the report '{name}'.");
                continue;
            }

            var schema = new ReportSchema(
                report["file_name"].AsText() ?? name,
                report["feed_name"].AsText(),
                report["url"].AsText(),
                Columns(report["required_fields"], name, problems),
                Columns(report["optional_fields"], name, problems),
                report["constant_fields"].AsMap()?.ToArray() ?? []);
            schemas[schema.Name] = schema;
        }

        return problems.Count == 0 ? schemas : throw new BotConfigurationException(problems);
    }

    private static ColumnSchema[] Columns(in Value list, string report, List<string> problems)
    {
        var columns = new List<ColumnSchema>();
        foreach (var entry in list.AsList())
        {
            var parts = entry.AsList();
            if (parts.Count < 2 || parts[1].AsText() is not { } column)
            {
                problems.Add($"The schema has a field of '{report}' that is no list of key and column: {entry}.");
                continue;
            }

            var converter = parts.Count > 2 ? parts[2].AsText() : null;
            columns.Add(new ColumnSchema(parts[0].AsText(), column, converter, converter is null ? Converters.AsItIs : Converters.Find(converter)));
        }

        return columns.ToArray();
    }
}

/// <summary>One column of a report.</summary>
/// <param name="Key">The field; <c>extra.</c> stands for <c>extra.</c> and the column's name; null for a column without use.</param>
/// <param name="Column">The column's name.</param>
/// <param name="ConverterName">The name of the conversion; null for none.</param>
/// <param name="Convert">The conversion; null where it is not known here.</param>
internal sealed record ColumnSchema(string? Key, string Column, string? ConverterName, Converter? Convert)
{
    /// <summary>The name of the field.</summary>
    public string? FieldName => Key is "extra." ? "extra." + Column : Key;
}
