// The parameters of the generic CSV parser.
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Parsers.GenericCsv;

/// <summary>What to do with rows that contain a text.</summary>
public enum FilterType
{
    /// <summary>They are dropped.</summary>
    Blacklist,

    /// <summary>Only they are kept.</summary>
    Whitelist,
}

/// <summary>The parameters of the generic CSV parser.</summary>
public sealed record GenericCsvParameters : ParserParameters
{
    /// <summary>See the attribute.</summary>
    [Parameter("The field of each column, in order. 'a|b' tries fields until one takes the value; '__IGNORE__' or an empty text skips the column.", Required = true, Example = "[time.source, source.ip, __IGNORE__]")]
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>See the attribute.</summary>
    [Parameter("For each column whether a value that no field takes fails the row (default: all true).")]
    public IReadOnlyList<string>? ColumnsRequired { get; init; }

    /// <summary>See the attribute.</summary>
    [Parameter("By field: a regular expression whose first match is taken instead of the whole value.")]
    public ValueMap? ColumnRegexSearch { get; init; }

    /// <summary>See the attribute.</summary>
    [Parameter("By field: a text with {0}, {1} … for the cells of the row; {{ and }} stand for braces.")]
    public ValueMap? ComposeFields { get; init; }

    /// <summary>See the attribute.</summary>
    [Parameter("By field: 'json' where the cell holds JSON.")]
    public ValueMap? DataType { get; init; }

    /// <summary>See the attribute.</summary>
    [Parameter("Goes before URLs that have no protocol.")]
    public string? DefaultUrlProtocol { get; init; } = "http://";

    /// <summary>See the attribute.</summary>
    [Parameter("The character between cells; \\t for a tabulator.")]
    public string Delimiter { get; init; } = ",";

    /// <summary>See the attribute.</summary>
    [Parameter("A text that a row must (whitelist) or must not (blacklist) contain.")]
    public string? FilterText { get; init; }

    /// <summary>See the attribute.</summary>
    [Parameter("What filter_text means.")]
    public FilterType? FilterType { get; init; }

    /// <summary>See the attribute.</summary>
    [Parameter("How times are written: timestamp, windows_nt, epoch_millis, from_format|FORMAT, from_format_midnight|FORMAT, utc_isoformat or fuzzy (any usual form).")]
    public string? TimeFormat { get; init; }

    /// <summary>See the attribute.</summary>
    [Parameter("The classification.type of events that have none.", Deprecated = "use default_fields with classification.type")]
    public string? Type { get; init; }

    /// <summary>See the attribute.</summary>
    [Parameter("The classification.type for each text of that column.")]
    public ValueMap? TypeTranslation { get; init; }

    /// <summary>See the attribute.</summary>
    [Parameter("Skip the first line (true) or that many lines.")]
    public Value SkipHeader { get; init; } = false;

    /// <summary>The number of header lines.</summary>
    internal int SkippedLines => SkipHeader.AsBoolean() is { } one ? (one ? 1 : 0) : (int)(SkipHeader.AsInteger() ?? 0);

    /// <inheritdoc/>
    public override IEnumerable<string> Validate()
    {
        if (ColumnsRequired is { } required && required.Count != Columns.Count)
        {
            yield return $"'columns' has {Columns.Count} entries and 'columns_required' {required.Count}; they must have equally many.";
        }

        if (Delimiter != "\\t" && (Delimiter.Length != 1 || !char.IsAscii(Delimiter[0])))
        {
            yield return $"'delimiter' is '{Delimiter}'; allowed is one ASCII character, or \\t.";
        }

        if (SkipHeader.AsBoolean() is null && SkipHeader.AsInteger() is not (>= 0 and <= 1000))
        {
            yield return $"'skip_header' is {SkipHeader}; allowed is true, false or a number of lines up to 1000.";
        }

        if (FormatProblem() is { } problem)
        {
            yield return $"'time_format' is '{TimeFormat}': {problem}";
        }
    }

    private string? FormatProblem()
    {
        try
        {
            DataFormat.TimeFormat.Parse(TimeFormat);
            return null;
        }
        catch (Exception error) when (error is ArgumentException or FormatException)
        {
            return error.Message;
        }
    }
}
