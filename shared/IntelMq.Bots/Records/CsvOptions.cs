// The form of a table.
namespace IntelMq.Bots;

/// <summary>The form of a table: quotes are always <c>"</c>, doubled within quotes, and quoted cells may hold line breaks.</summary>
public sealed record CsvOptions
{
    /// <summary>What separates cells; one ASCII character.</summary>
    public char Delimiter { get; init; } = ',';

    /// <summary>The first row gives the names of the columns.</summary>
    public bool HasNames { get; init; }

    /// <summary>Rows to skip before the first one; they are kept in <see cref="CsvRecord.Header"/>.</summary>
    public int SkippedLines { get; init; }

    /// <summary>Rows whose first non-blank character is <c>#</c> are skipped.</summary>
    public bool SkipComments { get; init; }
}
