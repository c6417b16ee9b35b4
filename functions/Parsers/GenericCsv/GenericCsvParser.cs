// Any table: the pipeline file says what its columns mean.
using System.Text;
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Parsers.GenericCsv;

/// <summary>Parses delimited text by a list of columns.</summary>
[Bot("intelmq.bots.parsers.generic.parser_csv", "Parses any delimited text (CSV): the parameter 'columns' says which field each column goes to.", Sets = ["*"])]
public sealed class GenericCsvParser : CsvParser<GenericCsvParameters>
{
    private ColumnPlan[] _columns = [];
    private ComposedField[] _composed = [];
    private Value _defaultType;
    private char _delimiter;

    // The header lines stand at its start from row to row.
    private readonly ByteBuffer _raw = new(1024);
    private string? _header;
    private int _headerLength;

    /// <inheritdoc/>
    protected override ValueTask StartAsync(CancellationToken cancellation)
    {
        _delimiter = Parameters.Delimiter == "\\t" ? '\t' : Parameters.Delimiter[0];
        _columns = ColumnPlan.For(Parameters, Context.Fields);
        _composed = ComposedField.For(Parameters.ComposeFields, Context.Fields);
        _defaultType = Parameters.Type;
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    protected override CsvOptions OptionsFor(Report report) => new() { Delimiter = _delimiter, SkippedLines = Parameters.SkippedLines, SkipComments = true };

    /// <inheritdoc/>
    protected override IEnumerable<Event> Parse(CsvRecord record, Report report, ParserSession session)
    {
        if (!PassesFilter(record))
        {
            return [];
        }

        var made = NewEvent(report);
        var count = Math.Min(_columns.Length, record.Cells.Count);
        for (var i = 0; i < count; i++)
        {
            _columns[i].Take(made, record, i, Context.Clock);
        }

        foreach (var composed in _composed)
        {
            made.Add(composed.Field, composed.Compose(record.Cells));
        }

        // As IntelMQ stores it: the header lines and the row written anew, with commas whatever the delimiter is.
        if (!ReferenceEquals(_header, record.Header))
        {
            _raw.CutBack(0);
            Encoding.UTF8.GetBytes(record.Header, _raw);
            (_header, _headerLength) = (record.Header, _raw.Length);
        }

        _raw.CutBack(_headerLength);
        record.WriteRow(_raw);
        made.SetRaw(_raw.Written.Span);
        if (!_defaultType.IsMissing)
        {
            made.Add(Fields.Classification.Type, _defaultType, AddOptions.KeepExisting);
        }

        return [made];
    }

    private bool PassesFilter(CsvRecord record)
    {
        if (Parameters.FilterText is not { Length: > 0 } text || Parameters.FilterType is not { } type)
        {
            return true;
        }

        var contains = string.Join(_delimiter, record.Cells).Contains(text, StringComparison.Ordinal);
        return contains == (type == FilterType.Whitelist);
    }
}
