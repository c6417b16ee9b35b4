// What to do with the cells of one Shadowserver report.
using System.Text;
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Parsers.Shadowserver;

/// <summary>The schema of a report type, matched once with the columns that a report has.</summary>
internal sealed class ReportPlan
{
    private readonly ReportSchema _schema;
    private readonly Step[] _required;
    private readonly Step[] _optional;
    private readonly Field?[] _rest;
    private readonly (Field Field, Value Value)[] _constants;
    private readonly string[] _columns;
    private readonly byte[] _header;
    private readonly bool[] _used;

    /// <summary>Matches a schema with the names of a report's columns.</summary>
    /// <exception cref="InvalidRecordException">A required column is missing, or a constant belongs to no field.</exception>
    public ReportPlan(ReportSchema schema, IReadOnlyList<string> columns, FieldCatalogue fields)
    {
        _schema = schema;
        _columns = [.. columns];
        _required = schema.Required.Select(column => Plan(column, fields)).ToArray();
        if (_required.FirstOrDefault(step => step.Place < 0) is { } missing)
        {
            throw new InvalidRecordException($"The report has no column '{missing.Column.Column}', which '{schema.Name}' requires.");
        }

        _optional = schema.Optional.Select(column => Plan(column, fields)).Where(step => step.Place >= 0).ToArray();
        _rest = _columns.Select(name => fields.TryGet("extra." + WellFormed(name), out var field) ? field : null).ToArray();
        _constants = schema.Constants.Select(constant => fields.TryGet(constant.Key, out var field) ? (field, constant.Value)
            : throw new InvalidRecordException($"The schema gives a constant to '{constant.Key}' in '{schema.Name}', which is no field.")).ToArray();
        _used = new bool[_columns.Length];
        _header = Encoding.UTF8.GetBytes($"\"{string.Join("\",\"", _columns)}\"\n");
    }

    private sealed record Step(ColumnSchema Column, int Place, Field? Field);

    /// <summary>Puts a row into an event.</summary>
    /// <exception cref="InvalidRecordException">A required column holds no value that its field takes.</exception>
    public void Fill(Event made, CsvRecord row, bool overwritesName, TimeProvider clock)
    {
        Array.Clear(_used);
        foreach (var step in _required)
        {
            TakeRequired(made, step, row, clock);
        }

        foreach (var step in _optional)
        {
            if (step.Place < row.Cells.Count && TakeOptional(made, step, row.Cells[step.Place], row, clock))
            {
                _used[step.Place] = true;
            }
        }

        AddRest(made, row);
        made.Add(Fields.Feed.Name, _schema.FeedName, overwritesName ? AddOptions.Overwrite : AddOptions.KeepExisting);
        made.Add(Fields.Feed.Documentation, _schema.Documentation, AddOptions.KeepExisting);
        foreach (var (field, value) in _constants)
        {
            made.Add(field, value, AddOptions.Overwrite);
        }

        // As IntelMQ stores it: the names of the columns in quotes, and the row as it stands.
        made.SetRaw([.. _header, .. row.Bytes.Span]);
    }

    private void TakeRequired(Event made, Step step, CsvRecord row, TimeProvider clock)
    {
        var cell = step.Place < row.Cells.Count ? row.Cells[step.Place]
            : throw new InvalidRecordException($"The row ends before the column '{step.Column.Column}', which '{_schema.Name}' requires.");
        var value = step.Column.Convert!(cell, row, clock);
        var field = step.Field ?? throw new InvalidRecordException($"The schema gives the required column '{step.Column.Column}' to '{step.Column.FieldName}', which is no field.");
        if (EmptyValues.IsEmpty(value) || made.Add(field, value, AddOptions.RefuseUnfit | AddOptions.Overwrite) != AddResult.Added)
        {
            throw new InvalidRecordException($"The required column '{step.Column.Column}' holds '{cell}', which is no value for '{field}'.");
        }

        _used[step.Place] = true;
    }

    // A value that its field does not take is not lost: the column stays for extra.
    private static bool TakeOptional(Event made, Step step, string cell, CsvRecord row, TimeProvider clock)
    {
        if (step.Column.FieldName is null || cell.Length == 0)
        {
            return true;
        }

        var value = step.Column.Convert is { } convert ? convert(cell, row, clock) : cell;
        return EmptyValues.IsEmpty(value) || (step.Field is { } field && made.TryAdd(field, value));
    }

    private void AddRest(Event made, CsvRecord row)
    {
        for (var i = 0; i < _columns.Length && i < row.Cells.Count; i++)
        {
            if (!_used[i] && row.Cells[i].Length > 0 && _rest[i] is { } field)
            {
                made.TryAdd(field, row.Cells[i]);
            }
        }
    }

    private static string WellFormed(string column) =>
        string.Concat(column.ToLowerInvariant().Select(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) ? letter : '_'));

    // A key that is no field is a name below extra.
    private Step Plan(ColumnSchema column, FieldCatalogue fields)
    {
        var name = column.FieldName;
        var field = name is not null && (fields.TryGet(name, out var known) || fields.TryGet("extra." + name, out known)) ? known : null;
        return new Step(column, Array.IndexOf(_columns, column.Column), field);
    }
}
