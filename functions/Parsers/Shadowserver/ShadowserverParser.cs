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
        [Parameter("The report type or the name of its feed, for reports whose file name does not tell it.", Example = "scan_telnet")]
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
        var schema = _schemas.GetValueOrDefault(name)
            ?? _schemas.Values.FirstOrDefault(known => known.FeedName == name)
            ?? throw new InvalidRecordException($"The schema has no report type '{name}'{NearName.Hint(name, _schemas.Keys)}. Give a schema that has it with the parameter 'schema'.");
        session.Prepared = schema.Problem is { } problem ? throw new InvalidRecordException(problem) : schema;
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    protected override IEnumerable<Event> Parse(CsvRecord record, Report report, ParserSession session)
    {
        // The names of the columns are known from the first row on.
        var plan = session.Prepared as ReportPlan ?? new ReportPlan((ReportSchema)session.Prepared!, record.Columns, Context.Fields);
        session.Prepared = plan;
        var made = NewEvent(report);
        plan.Fill(made, record, Parameters.Overwrite, Context.Clock);
        return [made];
    }

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
