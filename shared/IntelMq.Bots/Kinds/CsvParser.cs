// Base class of parsers for tables.
namespace IntelMq.Bots;

/// <summary>A parser for tables. The bot is its <c>Parse</c> and how the table is written.</summary>
/// <typeparam name="TParameters">The parameters record.</typeparam>
public abstract class CsvParser<TParameters> : ParserBot<TParameters, CsvRecord>
    where TParameters : ParserParameters, new()
{
    /// <summary>How the table is written.</summary>
    protected abstract CsvFormat Format { get; }

    /// <inheritdoc/>
    protected sealed override RecordReader<CsvRecord> OpenRecords(IntelMq.DataFormat.Report report, Stream raw) => new CsvReader(raw, Format);
}
