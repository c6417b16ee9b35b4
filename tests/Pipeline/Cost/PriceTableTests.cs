// The prices: their form, that all are used, and files of one's own.
using System.Reflection;

namespace IntelMq.Pipeline.Tests.Cost;

public sealed class PriceTableTests
{
    private const string Date = "# Prices of 2026-11-01";
    private const string Line = "table-operations\tTable storage\trequests\t10000\t0.0005\t0\tUSD\tEast US\tquoted\tan offer";

    [Fact]
    public void Every_built_in_price_has_all_that_a_reader_needs()
    {
        var table = PriceTable.Default;
        Assert.InRange(table.Date, new DateOnly(2026, 1, 1), new DateOnly(2100, 1, 1));
        Assert.All(table.Prices.Values, price =>
        {
            Assert.True(price.Amount > 0 && price.Per > 0 && price.Free >= 0, price.Id);
            Assert.All((string[])[price.Service, price.Unit, price.Region], text => Assert.NotEmpty(text));
            Assert.Equal("USD", price.Currency);
            Assert.StartsWith("azure.microsoft.com/pricing/details/", price.Source, StringComparison.Ordinal);

            // A price that somebody gives names who; one that nobody was found for cannot.
            Assert.Equal(price.Verified, price.Source.Contains("; ", StringComparison.Ordinal));
        });
    }

    [Fact]
    public void The_table_has_the_prices_that_are_asked_for_and_no_others()
    {
        var asked = typeof(PriceIds).GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral).Select(field => (string)field.GetValue(null)!).ToArray();
        Assert.Equal(asked.Order(StringComparer.Ordinal), PriceTable.Default.Prices.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(asked.Order(StringComparer.Ordinal), PriceIds.All.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_price_is_used_by_some_estimate()
    {
        var used = Estimating.Everywhere
            .Select(row => Estimating.Of(Estimating.Quickstart, new CostInputs { HostingPlan = row.Data.Item1, Transport = row.Data.Item2 }))
            .Append(Estimating.Of(Estimating.Chain("scale: {minimum: 1, maximum: 2}")))
            .Append(Estimating.Of(Estimating.Quickstart + "\nextra:\n  module: intelmq.bots.outputs.blackhole.output\n  parameters: {source_queue: extra-queue}\n", new CostInputs { Transport = "event-hubs" }))
            .SelectMany(estimate => estimate.Lines.Select(line => line.Price.Id))
            .ToHashSet(StringComparer.Ordinal);
        Assert.Equal([], PriceTable.Default.Prices.Keys.Where(price => !used.Contains(price)));
    }

    [Fact]
    public void A_file_replaces_the_prices_that_it_holds()
    {
        var (table, problems) = Estimating.Prices(Date, "", "# a comment", Line);
        Assert.Empty(problems);
        Assert.Equal((new DateOnly(2026, 11, 1), 0.0005), (table!.Date, table.Prices["table-operations"].Amount));
        Assert.Equal(PriceTable.Default.Prices["queue-operations"], table.Prices["queue-operations"]);
    }

    [Theory]
    [InlineData("prices", Line, 1, "The first line must be a comment that names the date of the prices, for example '# Prices of 2026-11-24'.")]
    [InlineData("# Prices of 2026-13-45", Line, 1, "The first line must be a comment that names the date of the prices, for example '# Prices of 2026-11-24'.")]
    [InlineData(Date, "table-operations\tTable storage", 2, "The price 'table-operations' has 2 columns instead of 10: id, service, unit, how many of it the price is for, price, free per month, currency, region, state, source, with one tab between two.")]
    [InlineData(Date, "tea\tTable storage\trequests\t1\t1\t0\tUSD\tEast US\tquoted\tx", 2, "There is no price 'tea'. Take one of flex-execution-time,")]
    [InlineData(Date, "blob-reads\tBlob storage\treads\t10000\t0,004\t0\tUSD\tEast US\tquoted\tx", 2, "'0,004' is no number for the price of 'blob-reads'. Give one as 0.0004, without currency or thousands.")]
    [InlineData(Date, "blob-reads\tBlob storage\treads\tten\t0.004\t0\tUSD\tEast US\tquoted\tx", 2, "'ten' is no number for how many of it the price is for of 'blob-reads'.")]
    [InlineData(Date, "blob-reads\tBlob storage\treads\t10000\t0.004\t-1\tUSD\tEast US\tquoted\tx", 2, "'-1' is no number for what is free per month of 'blob-reads'.")]
    [InlineData(Date, "blob-reads\tBlob storage\treads\t0\t0.004\t0\tUSD\tEast US\tquoted\tx", 2, "The price 'blob-reads' is for 0 of its unit. Give the number that it is for in the fourth column.")]
    [InlineData(Date, "blob-reads\tBlob storage\treads\t10000\t0.004\t0\t\tEast US\tquoted\tx", 2, "The price 'blob-reads' has no currency. Give one in the seventh column, for example USD.")]
    [InlineData(Date, "blob-reads\tBlob storage\treads\t10000\t0.004\t0\tUSD\tEast US\tsure\tx", 2, "The price 'blob-reads' is 'sure'. The ninth column is 'quoted' where the source gives the price, or 'unverified'.")]
    [InlineData(Date, Line + "\n" + Line, 3, "The price 'table-operations' stands here a second time. Remove one of the two lines.")]
    public void A_bad_line_is_told_with_its_place_and_the_cure(string first, string line, int at, string message)
    {
        var (table, problems) = Estimating.Prices(first, line);
        Assert.Null(table);
        Assert.Contains(problems, problem => problem.Line == at && problem.Message.StartsWith(message, StringComparison.Ordinal) && problem.ToString().StartsWith($"prices.tsv:{at}:1: error: ", StringComparison.Ordinal));
    }

    [Fact]
    public void All_prices_have_one_currency()
    {
        var (table, problems) = Estimating.Prices(Date, Line.Replace("USD", "EUR", StringComparison.Ordinal));
        Assert.Null(table);
        Assert.StartsWith("The prices have another currency than the built-in ones, which stand for those that the file lacks: flex-execution-time,", Assert.Single(problems).Message, StringComparison.Ordinal);

        var all = PriceTable.Default.Prices.Values.Select(price => $"{price.Id}\ts\tu\t1\t1\t0\tEUR\tr\tquoted\tx").Prepend(Date).ToArray();
        Assert.Equal("EUR", Estimating.Prices(all).Table!.Currency);
    }

    [Fact]
    public void A_file_that_is_not_there_is_told()
    {
        var (table, problems) = PriceTable.Load("/nowhere/prices.tsv");
        Assert.Null(table);
        Assert.StartsWith("The price table cannot be read: ", Assert.Single(problems).Message, StringComparison.Ordinal);
    }
}
