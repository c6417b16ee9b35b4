// How a table is written.
namespace IntelMq.Bots;

/// <summary>How a table is written: quotes are always <c>"</c>, doubled within quotes, and quoted cells may hold line breaks.</summary>
public sealed record CsvFormat
{
    /// <summary>Between two cells. ASCII, no quote, no line break.</summary>
    public char Delimiter { get; init; } = ',';

    /// <summary>The first row holds the names of the columns.</summary>
    public bool HasColumnNames { get; init; }

    /// <summary>So many rows at the start are passed over and kept as <see cref="CsvRecord.Header"/>.</summary>
    public int SkippedRows { get; init; }

    /// <summary>Rows whose first character after blanks is <c>#</c> are passed over.</summary>
    public bool SkipComments { get; init; }
}
