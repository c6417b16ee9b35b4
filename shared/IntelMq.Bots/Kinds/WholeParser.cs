// Base class of parsers for formats without records.
namespace IntelMq.Bots;

/// <summary>A parser for reports that have no records and are read as a whole, up to 16 MiB. The bot is its <c>Parse</c>.</summary>
/// <typeparam name="TParameters">The parameters record.</typeparam>
public abstract class WholeParser<TParameters> : ParserBot<TParameters, WholeRecord>
    where TParameters : ParserParameters, new()
{
    /// <inheritdoc/>
    protected sealed override RecordReader<WholeRecord> OpenRecords(IntelMq.DataFormat.Report report, Stream raw) => new WholeReader(raw);
}
