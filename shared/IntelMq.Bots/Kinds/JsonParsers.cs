// Base classes of parsers for JSON.
using IntelMq.DataFormat;

namespace IntelMq.Bots;

/// <summary>A parser for reports that are one JSON list; each element is a record. The bot is its <c>Parse</c>.</summary>
/// <typeparam name="TParameters">The parameters record.</typeparam>
public abstract class JsonArrayParser<TParameters> : ParserBot<TParameters, JsonRecord>
    where TParameters : ParserParameters, new()
{
    /// <inheritdoc/>
    protected sealed override RecordReader<JsonRecord> OpenRecords(Report report, Stream raw) => new JsonArrayReader(raw);
}

/// <summary>A parser for JSON values that stand one after the other; each one is a record. The bot is its <c>Parse</c>.</summary>
/// <typeparam name="TParameters">The parameters record.</typeparam>
public abstract class JsonStreamParser<TParameters> : ParserBot<TParameters, JsonRecord>
    where TParameters : ParserParameters, new()
{
    /// <summary>How the values are told apart: by lines, unless a bot says otherwise.</summary>
    protected virtual JsonStreamForm Form => JsonStreamForm.Lines;

    /// <inheritdoc/>
    protected sealed override RecordReader<JsonRecord> OpenRecords(Report report, Stream raw) => new JsonStreamReader(raw, Form);
}
