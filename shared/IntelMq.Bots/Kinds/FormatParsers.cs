// Base classes of parsers by the form of their reports: a bot is only its Parse().
using IntelMq.DataFormat;

namespace IntelMq.Bots;

/// <summary>Base class of parsers of lines.</summary>
/// <typeparam name="TParameters">The parameters record.</typeparam>
public abstract class LineParser<TParameters> : ParserBot<TParameters, LineRecord>
    where TParameters : ParserParameters, new()
{
    /// <summary>Which lines are records.</summary>
    protected virtual LineOptions Options => new();

    /// <inheritdoc/>
    protected sealed override RecordReader<LineRecord> OpenRecords(Report report, Stream raw) => new LineReader(raw, Options);
}

/// <summary>Base class of parsers of tables.</summary>
/// <typeparam name="TParameters">The parameters record.</typeparam>
public abstract class CsvParser<TParameters> : ParserBot<TParameters, CsvRecord>
    where TParameters : ParserParameters, new()
{
    /// <summary>The form of the table.</summary>
    protected abstract CsvOptions OptionsFor(Report report);

    /// <inheritdoc/>
    protected sealed override RecordReader<CsvRecord> OpenRecords(Report report, Stream raw) => new CsvReader(raw, OptionsFor(report));
}

/// <summary>Base class of parsers of JSON lists.</summary>
/// <typeparam name="TParameters">The parameters record.</typeparam>
public abstract class JsonArrayParser<TParameters> : ParserBot<TParameters, JsonRecord>
    where TParameters : ParserParameters, new()
{
    /// <inheritdoc/>
    protected sealed override RecordReader<JsonRecord> OpenRecords(Report report, Stream raw) => new JsonArrayReader(raw);
}

/// <summary>Base class of parsers of JSON values that stand one after the other.</summary>
/// <typeparam name="TParameters">The parameters record.</typeparam>
public abstract class JsonStreamParser<TParameters> : ParserBot<TParameters, JsonRecord>
    where TParameters : ParserParameters, new()
{
    /// <summary>How the values are told apart: by lines, unless a bot says otherwise.</summary>
    protected virtual JsonStreamForm Form => JsonStreamForm.Lines;

    /// <inheritdoc/>
    protected sealed override RecordReader<JsonRecord> OpenRecords(Report report, Stream raw) => new JsonStreamReader(raw, Form);
}

/// <summary>Base class of parsers of reports without records, up to 16 MB.</summary>
/// <typeparam name="TParameters">The parameters record.</typeparam>
public abstract class WholeParser<TParameters> : ParserBot<TParameters, WholeRecord>
    where TParameters : ParserParameters, new()
{
    /// <inheritdoc/>
    protected sealed override RecordReader<WholeRecord> OpenRecords(Report report, Stream raw) => new WholeReader(raw);
}
