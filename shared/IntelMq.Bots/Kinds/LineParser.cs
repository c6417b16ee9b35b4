// Base class of parsers for formats with one record per line.
namespace IntelMq.Bots;

/// <summary>A parser for reports with one record per line. The bot is its <c>Parse</c>.</summary>
/// <typeparam name="TParameters">The parameters record.</typeparam>
public abstract class LineParser<TParameters> : ParserBot<TParameters, LineRecord>
    where TParameters : ParserParameters, new()
{
    /// <summary>Which lines are passed over: blank ones, unless a bot says otherwise.</summary>
    protected virtual LineRules Rules => new();

    /// <inheritdoc/>
    protected sealed override RecordReader<LineRecord> OpenRecords(IntelMq.DataFormat.Report report, Stream raw) => new LineReader(raw, Rules);
}
