// Shadowserver: one engine for all reports, driven by a schema file.
using System.Text.RegularExpressions;
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Parsers.Shadowserver;

/// <summary>Parses every Shadowserver report whose type the schema knows. The report's file name tells the type.</summary>
[Bot(
    "intelmq.bots.parsers.shadowserver.parser",
    "Parses Shadowserver reports (CSV). A schema file in Shadowserver's published format says what the columns of each report type mean; a small one is included.",
    Sets = ["*"],
    Unverified = "The included schema is a selection of its own; conversions scan_exchange_* and category_or_detail are not built.")]
public sealed partial class ShadowserverParser : CsvParser<ShadowserverParser.ShadowserverParameters>
{
    private Dictionary<string, ReportSchema> _schemas = [];

    /// <summary>The parameters.</summary>
    public sealed record ShadowserverParameters : ParserParameters
    {
        /// <summary>See the attribute.</summary>
        [Parameter("A schema file in Shadowserver's published format; without it the included one is used.", Path = PathUse.Read, Since = "3.0")]
        public string? Schema { get; init; }

        /// <summary>See the attribute.</summary>
        [Parameter("The report type, for reports whose file name does not tell it.", Example = "scan_telnet")]
        public string? Feedname { get; init; }

        /// <summary>See the attribute.</summary>
        [Parameter("Replace feed.name of the report by that of the schema.")]
        public bool Overwrite { get; init; }

        /// <summary>See the attribute.</summary>
        [Parameter("Has no effect: the schema is a file that the deployment updates.", Deprecated = "give the schema file with 'schema'")]
        public bool AutoUpdate { get; init; }

        /// <summary>See the attribute.</summary>
        [Parameter("Has no effect.", Deprecated = "give a schema file with 'schema'")]
        public bool TestMode { get; init; }
    }

    /// <inheritdoc/>
    protected override async ValueTask StartAsync(CancellationToken cancellation)
    {
        var file = Parameters.Schema;
        await using var stream = file is null
            ? typeof(ShadowserverParser).Assembly.GetManifestResourceStream("IntelMq.Parsers.Shadowserver.schema.json")!
            : await OpenAsync(file, cancellation);
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, cancellation);
        _schemas = ReportSchema.Read(bytes.GetBuffer().AsSpan(0, (int)bytes.Length), file ?? "included schema");
    }

    /// <inheritdoc/>
    protected override CsvOptions OptionsFor(Report report) => new() { HasNames = true };

    /// <inheritdoc/>
    protected override ValueTask Prepare(Report report, ParserSession session, CancellationToken cancellation)
    {
        var name = Parameters.Feedname ?? TypeOf(report["extra.file_name"].AsText());
        session.Prepared = _schemas.GetValueOrDefault(name)
            ?? throw new InvalidRecordException($"The schema has no report type '{name}'{NearName.Hint(name, _schemas.Keys)}. Give a schema that has it with the parameter 'schema'.");
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    protected override IEnumerable<Event> Parse(CsvRecord record, Report report, ParserSession session)
    {
        var schema = (ReportSchema)session.Prepared!;
        var made = NewEvent(report);
        var used = new HashSet<string>(StringComparer.Ordinal);
        foreach (var column in schema.Required)
        {
            var cell = record[column.Column] ?? throw new InvalidRecordException($"The report has no column '{column.Column}', which '{schema.Name}' requires.");
            var value = column.Convert!(cell, record);
            if (EmptyValues.IsEmpty(value) || made.Add(column.FieldName!, value, AddOptions.RefuseUnfit | AddOptions.Overwrite) != AddResult.Added)
            {
                throw new InvalidRecordException($"The required column '{column.Column}' holds '{cell}', which is no value for '{column.FieldName}'.");
            }

            used.Add(column.Column);
        }

        foreach (var column in schema.Optional)
        {
            if (record[column.Column] is { } cell && AddOptional(made, column, cell, record))
            {
                used.Add(column.Column);
            }
        }

        AddRest(made, record, used);
        Complete(made, schema);
        made.SetRaw(Raw(record));
        yield return made;
    }

    // A value that its field does not take is not lost: the column stays for extra.
    private static bool AddOptional(Event made, ColumnSchema column, string cell, CsvRecord record)
    {
        if (column.FieldName is not { } name || cell.Length == 0)
        {
            return true;
        }

        var value = column.Convert is { } convert ? convert(cell, record) : cell;
        if (EmptyValues.IsEmpty(value))
        {
            return true;
        }

        return made.Catalogue.TryGet(name, out _) ? made.TryAdd(name, value) : made.TryAdd("extra." + name, value);
    }

    private static void AddRest(Event made, CsvRecord record, HashSet<string> used)
    {
        for (var i = 0; i < record.Columns.Count && i < record.Cells.Count; i++)
        {
            if (!used.Contains(record.Columns[i]) && record.Cells[i].Length > 0 && FieldCatalogue.IsWellFormed("extra." + record.Columns[i]))
            {
                made.TryAdd("extra." + record.Columns[i], record.Cells[i]);
            }
        }
    }

    private void Complete(Event made, ReportSchema schema)
    {
        made.Add(Fields.Feed.Name, schema.FeedName, Parameters.Overwrite ? AddOptions.Overwrite : AddOptions.KeepExisting);
        made.Add(Fields.Feed.Documentation, schema.Documentation, AddOptions.KeepExisting);
        foreach (var (name, value) in schema.Constants)
        {
            made.Add(name, value, AddOptions.Overwrite);
        }
    }

    // As IntelMQ stores it: the names of the columns in quotes, and the row as it stands.
    private static byte[] Raw(CsvRecord record) =>
        [.. System.Text.Encoding.UTF8.GetBytes($"\"{string.Join("\",\"", record.Columns)}\"\n"), .. record.Bytes.Span];

    private static string TypeOf(string? fileName)
    {
        if (fileName is null)
        {
            throw new InvalidRecordException("The report has no extra.file_name that tells its type. Give the type with the parameter 'feedname'.");
        }

        var match = FileName().Match(fileName);
        return match.Success ? match.Groups[1].Value
            : throw new InvalidRecordException($"The file name '{fileName}' is not of the form '2026-01-15-scan_telnet-….csv'. Give the type with the parameter 'feedname'.");
    }

    private async Task<Stream> OpenAsync(string file, CancellationToken cancellation)
    {
        try
        {
            return (await Context.Files.OpenReadAsync(file, exclusive: false, cancellation))!;
        }
        catch (FileNotFoundException)
        {
            throw new BotConfigurationException($"The schema '{file}' does not exist. Download it from Shadowserver, or leave 'schema' out to use the included one.");
        }
    }

    [GeneratedRegex(@"^(?:\d{4}-\d{2}-\d{2}-)?(\w+)(-\w+)*\.csv\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex FileName();
}
