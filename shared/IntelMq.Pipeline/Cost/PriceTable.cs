// The prices that an estimate is made with. The data is in prices.tsv, or in a file of the same form.
using System.Globalization;
using System.Text.RegularExpressions;
using IntelMq.Pipeline.Files;

namespace IntelMq.Pipeline;

/// <summary>
/// Prices with their date. A line of the file is a price: ten columns between tabs (id, service, unit, how many of it the price is for, price, free per
/// month, currency, region, <c>quoted</c> or <c>unverified</c>, source). The first line begins with <c>#</c> and names the date as <c>2026-11-24</c>; other
/// lines that begin so are comments.
/// </summary>
public sealed partial class PriceTable
{
    /// <summary>The file of the built-in prices.</summary>
    public const string FileName = "prices.tsv";

    private const int Columns = 10;

    private PriceTable(DateOnly date, IReadOnlyDictionary<string, Price> prices) => (Date, Prices) = (date, prices);

    /// <summary>The built-in prices.</summary>
    public static PriceTable Default { get; } = ReadDefault();

    /// <summary>The day that the prices were read on.</summary>
    public DateOnly Date { get; }

    /// <summary>The prices, by id.</summary>
    public IReadOnlyDictionary<string, Price> Prices { get; }

    /// <summary>The currency of all prices.</summary>
    public string Currency => Prices.Values.First().Currency;

    internal Price this[string id] => Prices[id];

    /// <summary>The built-in prices with those of a file in their places. Mistakes are never exceptions: all are found at once and listed.</summary>
    /// <param name="path">The file; it may hold only some of the prices where they have the currency of the built-in ones.</param>
    /// <returns>The table, null where there is a problem; and the problems.</returns>
    public static (PriceTable? Table, IReadOnlyList<Problem> Problems) Load(string path)
    {
        var problems = new ProblemLog(path);
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            problems.Error(SourcePosition.Whole, null, $"The price table cannot be read: {error.Message}");
            return (null, problems.InOrder.ToArray());
        }

        var (date, prices) = Parse(text, problems);
        var all = new Dictionary<string, Price>(Default.Prices, StringComparer.Ordinal);
        foreach (var price in prices.Values)
        {
            all[price.Id] = price;
        }

        var currencies = all.Values.GroupBy(price => price.Currency, StringComparer.Ordinal).ToArray();
        if (currencies.Length > 1 && problems.InOrder.All(problem => problem.Severity != Severity.Error))
        {
            var builtIn = all.Values.Where(price => !prices.ContainsKey(price.Id)).Select(price => price.Id).ToArray();
            problems.Error(SourcePosition.Whole, "currency", builtIn.Length == 0
                ? $"The prices have several currencies: {string.Join(", ", currencies.Select(same => same.Key))}. Give all in one."
                : $"The prices have another currency than the built-in ones, which stand for those that the file lacks: {string.Join(", ", builtIn)}. Give these too, or all in {Default.Currency}.");
        }

        return problems.InOrder.Any() ? (null, problems.InOrder.ToArray()) : (new PriceTable(date, all), []);
    }

    private static PriceTable ReadDefault()
    {
        using var reader = new StreamReader(typeof(PriceTable).Assembly.GetManifestResourceStream(FileName)!);
        var problems = new ProblemLog(FileName);
        var (date, prices) = Parse(reader.ReadToEnd(), problems);
        return problems.InOrder.Any() ? throw new InvalidDataException(string.Join('\n', problems.InOrder)) : new PriceTable(date, prices);
    }

    private static (DateOnly Date, Dictionary<string, Price> Prices) Parse(string text, ProblemLog problems)
    {
        var lines = text.Split('\n').Select(line => line.TrimEnd('\r')).ToArray();
        if (!lines[0].StartsWith('#') || !DateOnly.TryParseExact(DatePattern().Match(lines[0]).Value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            problems.Error(new SourcePosition(1, 1), "date", "The first line must be a comment that names the date of the prices, for example '# Prices of 2026-11-24'.");
            date = default;
        }

        var prices = new Dictionary<string, Price>(StringComparer.Ordinal);
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].Length > 0 && lines[i][0] != '#' && PriceOf(lines[i].Split('\t'), new SourcePosition(i + 1, 1), problems) is { } price && !prices.TryAdd(price.Id, price))
            {
                problems.Error(new SourcePosition(i + 1, 1), price.Id, $"The price '{price.Id}' stands here a second time. Remove one of the two lines.");
            }
        }

        return (date, prices);
    }

    private static Price? PriceOf(string[] parts, SourcePosition at, ProblemLog problems)
    {
        var id = parts[0];
        if (parts.Length != Columns)
        {
            problems.Error(at, id, $"The price '{id}' has {parts.Length} columns instead of {Columns}: id, service, unit, how many of it the price is for, price, free per month, currency, region, state, source, with one tab between two.");
            return null;
        }

        if (!PriceIds.All.Contains(id))
        {
            problems.Error(at, id, $"There is no price '{id}'. Take one of {string.Join(", ", PriceIds.All)}.");
            return null;
        }

        var per = Number(parts[3], "how many of it the price is for", at, id, problems);
        var amount = Number(parts[4], "the price", at, id, problems);
        var free = Number(parts[5], "what is free per month", at, id, problems);
        if (per == 0)
        {
            problems.Error(at, id, $"The price '{id}' is for 0 of its unit. Give the number that it is for in the fourth column.");
        }

        if (parts[6].Length == 0)
        {
            problems.Error(at, id, $"The price '{id}' has no currency. Give one in the seventh column, for example USD.");
        }

        if (parts[8] is not ("quoted" or "unverified"))
        {
            problems.Error(at, id, $"The price '{id}' is '{parts[8]}'. The ninth column is 'quoted' where the source gives the price, or 'unverified'.");
        }

        return per is null or 0 || amount is null || free is null ? null : new Price(id, parts[1], parts[2], per.Value, amount.Value, free.Value, parts[6], parts[7], parts[8] == "quoted", parts[9]);
    }

    private static double? Number(string text, string what, SourcePosition at, string id, ProblemLog problems)
    {
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
        {
            return number;
        }

        problems.Error(at, id, $"'{text}' is no number for {what} of '{id}'. Give one as 0.0004, without currency or thousands.");
        return null;
    }

    [GeneratedRegex(@"\d{4}-\d{2}-\d{2}")]
    private static partial Regex DatePattern();
}
