// What to do with the cells of one column.
using System.Text.RegularExpressions;
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Parsers.GenericCsv;

/// <summary>One column: the fields to try, in order, and how the cell becomes their value. Prepared once.</summary>
internal sealed class ColumnPlan
{
    private const string Ignore = "__IGNORE__";

    // 2024-01-01T00:00:00+00:00
    private const int StoredTimeLength = 25;
    private static readonly TimeFormat s_storedForm = TimeFormat.Parse("utc_isoformat");

    private readonly string _column;
    private readonly bool _required;
    private readonly Candidate[] _candidates;

    // Only where one field alone decides, from nothing but the cell.
    private readonly RememberedCells? _remembered;

    private ColumnPlan(string column, bool required, Candidate[] candidates, FieldCatalogue fields)
    {
        (_column, _required, _candidates) = (column, required, candidates);
        _remembered = candidates is [{ Field: { } field, Time: null, IsJson: false }] ? new RememberedCells(field, fields) : null;
    }

    private sealed record Candidate(Field? Field, Regex? Search, TimeFormat? Time, string? UrlProtocol, bool IsJson, ValueMap? Translation, bool KeepsUntranslated)
    {
        // No part of the cell is searched, and any form is welcome.
        public bool IsPlainTime { get; } = ReferenceEquals(Time, TimeFormat.Fuzzy) && Search is null && !IsJson;

        // A converted time is in the stored form already.
        public AddOptions Options { get; } = Time is null ? AddOptions.RefuseUnfit : AddOptions.RefuseUnfit | AddOptions.AsIs;
    }

    /// <summary>The plans of all columns.</summary>
    /// <exception cref="BotConfigurationException">Columns that are no fields, all of them listed.</exception>
    public static ColumnPlan[] For(GenericCsvParameters parameters, FieldCatalogue fields)
    {
        var problems = new List<string>();
        var time = TimeFormat.Parse(parameters.TimeFormat);
        var plans = new ColumnPlan[parameters.Columns.Count];
        for (var i = 0; i < plans.Length; i++)
        {
            var names = parameters.Columns[i].Split('|', StringSplitOptions.TrimEntries);
            var candidates = names.Select(name => Plan(name, parameters, fields, time, problems)).ToArray();
            var required = parameters.ColumnsRequired is not { } flags || !flags[i].Equals("false", StringComparison.OrdinalIgnoreCase);
            plans[i] = new ColumnPlan(parameters.Columns[i], required, candidates, fields);
        }

        return problems.Count == 0 ? plans : throw new BotConfigurationException(problems);
    }

    /// <summary>Gives the cell of this column to the first field that takes it.</summary>
    /// <exception cref="InvalidRecordException">The column is required and no field takes the cell.</exception>
    public void Take(Event made, CsvRecord record, int column, TimeProvider clock)
    {
        var looks = _remembered is not null && _remembered.Looks();
        if (looks && _remembered!.TryAdd(made, record.CellBytes(column)))
        {
            return;
        }

        var cell = record[column];
        foreach (var candidate in _candidates)
        {
            if (candidate.Field is null)
            {
                return;
            }

            // The stored form of a time is the commonest one: that it is valid says that it needs no conversion.
            if (candidate.IsPlainTime && cell.Length == StoredTimeLength && !made.Contains(candidate.Field)
                && made.Add(candidate.Field, cell, candidate.Options) == AddResult.Added)
            {
                return;
            }

            if (Convert(candidate, cell, clock, out var value) && made.Add(candidate.Field, value, candidate.Options) is var result and not AddResult.Refused)
            {
                if (looks)
                {
                    _remembered!.Remember(made, record.CellBytes(column), result);
                }

                return;
            }
        }

        if (_required)
        {
            throw new InvalidRecordException($"No field of '{_column}' takes the value '{(cell.Length <= 200 ? cell : cell[..200] + "…")}'.");
        }
    }

    private static bool Convert(Candidate candidate, string cell, TimeProvider clock, out Value value)
    {
        value = cell;
        if (cell.Length == 0)
        {
            return true;
        }

        if (candidate.Search is { } search)
        {
            var match = search.Match(cell);
            value = cell = match.Success ? match.Value : "";
            if (cell.Length == 0)
            {
                // A time or a URL must have a value; other fields may stay empty.
                return candidate.Time is null && candidate.UrlProtocol is null;
            }
        }

        if (candidate.IsJson)
        {
            value = JsonText.TryParse(cell) ?? throw new InvalidRecordException($"The cell for '{candidate.Field}' is no JSON.");
            return true;
        }

        if (candidate.Time is { } time)
        {
            // The stored form is the commonest one and the cheapest to see.
            return (ReferenceEquals(time, TimeFormat.Fuzzy) && s_storedForm.TryConvert(cell, clock, out value)) || time.TryConvert(cell, clock, out value);
        }

        if (candidate.UrlProtocol is { } protocol && !cell.Contains("://", StringComparison.Ordinal))
        {
            value = protocol + cell;
        }

        if (candidate.Translation is { } translation)
        {
            return translation.TryGet(cell, out value) || (candidate.KeepsUntranslated && !(value = cell).IsMissing);
        }

        return true;
    }

    private static Candidate Plan(string name, GenericCsvParameters parameters, FieldCatalogue fields, TimeFormat time, List<string> problems)
    {
        if (name is "" or Ignore)
        {
            return new Candidate(null, null, null, null, false, null, false);
        }

        if (!fields.TryGet(name, out var field))
        {
            problems.Add($"The column '{name}' is no field{NearName.Hint(name, fields.All.Select(known => known.Name))}.");
        }

        return new Candidate(
            field,
            parameters.ColumnRegexSearch?[name].AsText() is { } pattern ? Compile(name, pattern, problems) : null,
            name is "time.source" or "time.destination" ? time : null,
            name.EndsWith(".url", StringComparison.Ordinal) ? parameters.DefaultUrlProtocol : null,
            parameters.DataType?[name].TextEquals("json") ?? false,
            name == "classification.type" && parameters.TypeTranslation is { Count: > 0 } translation ? translation : null,
            parameters.Type is not null);
    }

    private static Regex? Compile(string name, string pattern, List<string> problems)
    {
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            problems.Add($"column_regex_search: the expression for '{name}' cannot be used: {error.Message}");
            return null;
        }
    }
}
