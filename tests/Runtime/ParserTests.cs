// Invocations of parsers: records, default fields, budgets.
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Runtime.Tests;

public sealed class ParserTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ids_count_records_and_not_successes()
    {
        using var bench = new Bench();
        await using var runner = await bench.StartAsync(new WordParser(), new ParserParameters());

        var withBad = Bench.Sent(await runner.InvokeAsync([bench.Deliver(ReportOf("a bad two c"))], Cancellation));
        var withGood = Bench.Sent(await runner.InvokeAsync([bench.Deliver(ReportOf("a b two c"))], Cancellation));

        Assert.Equal(["a", "two", "two", "c"], Bench.Comments(withBad));
        Assert.Equal(withBad[3].Meta.Id, withGood[4].Meta.Id);
        Assert.Equal(4, withBad.Select(message => message.Meta.Id).Distinct().Count());
    }

    [Fact]
    public async Task The_dead_letter_of_a_record_is_a_report_that_can_be_parsed_again()
    {
        using var bench = new Bench();
        await using var runner = await bench.StartAsync(new WordParser(), new ParserParameters());
        var report = ReportOf("a bad");
        report[Fields.Feed.Name] = "Feed";

        var letter = Assert.Single((await runner.InvokeAsync([bench.Deliver(report)], Cancellation)).DeadLetters);

        var again = Assert.IsType<Report>(Bench.Messages(System.Text.Encoding.UTF8.GetBytes(letter.Message)).Single());
        Assert.Equal("bad", again.RawText);
        Assert.Equal("Feed", again[Fields.Feed.Name].AsText());
        Assert.Equal(report.Meta.Id, again.Meta.Parent);
    }

    [Fact]
    public async Task Default_fields_fill_what_is_missing_and_wrong_ones_stop_the_start()
    {
        using var bench = new Bench();
        var defaults = new ValueMap { ["comment"] = "not used", ["classification.type"] = "Spam" };
        await using var runner = await bench.StartAsync(new WordParser(), new ParserParameters { DefaultFields = defaults });

        var sent = Bench.Sent(await runner.InvokeAsync([bench.Deliver(ReportOf("a"))], Cancellation));

        Assert.Equal("a", sent[0][Fields.Comment].AsText());
        Assert.Equal("spam", sent[0][Fields.Classification.Type].AsText());
        var wrong = new ValueMap { ["classification.type"] = "nonsense", ["no.field"] = "x" };
        var error = await Assert.ThrowsAsync<BotConfigurationException>(() => bench.StartAsync(new WordParser(), new ParserParameters { DefaultFields = wrong }));
        Assert.Equal(2, error.Problems.Count);
    }

    [Fact]
    public async Task A_report_beyond_the_budget_goes_on_where_it_stopped_with_the_same_ids()
    {
        using var bench = new Bench();
        var words = string.Join(' ', Enumerable.Range(0, 50));
        await using (var whole = await bench.StartAsync(new WordParser(), new ParserParameters()))
        {
            var expected = Bench.Sent(await whole.InvokeAsync([bench.Deliver(ReportOf(words))], Cancellation));
            bench.Settings = bench.Settings with { ParserBudget = 1500 };
            await using var runner = await bench.StartAsync(new WordParser(), new ParserParameters());
            var sent = new List<Message>();
            var invocations = 0;
            for (Delivery? next = bench.Deliver(ReportOf(words)); next is not null; invocations++)
            {
                var result = await runner.InvokeAsync([next], Cancellation);
                sent.AddRange(Bench.Sent(result));
                next = result.Continuations is [var rest] ? bench.DeliverText(System.Text.Encoding.UTF8.GetString(rest.Bytes.Span)) : null;
            }

            Assert.True(invocations > 5, $"only {invocations} invocations");
            Assert.Equal(Bench.Comments(expected), Bench.Comments(sent));
            Assert.Equal(expected.Select(message => message.Meta.Id), sent.Select(message => message.Meta.Id));
        }
    }

    [Fact]
    public async Task A_report_without_raw_data_is_dropped_without_noise()
    {
        using var bench = new Bench();
        await using var runner = await bench.StartAsync(new WordParser(), new ParserParameters());
        var report = new Report();
        report[Fields.Feed.Name] = "Feed";

        var result = await runner.InvokeAsync([bench.Deliver(report)], Cancellation);

        Assert.Empty(result.Frames);
        Assert.Empty(result.DeadLetters);
        Assert.Equal(1, result.Counts.Dropped);
    }

    [Fact]
    public async Task A_claim_check_that_is_gone_makes_a_dead_letter()
    {
        using var bench = new Bench();
        await using var runner = await bench.StartAsync(new WordParser(), new ParserParameters());
        var report = new Report { Meta = new MessageMeta { ClaimCheck = new ClaimCheck(new string('a', 40), 10, "") } };
        report[Fields.Feed.Name] = "Feed";

        var result = await runner.InvokeAsync([bench.Deliver(report)], Cancellation);

        Assert.Contains("gone", Assert.Single(result.DeadLetters).Error, StringComparison.Ordinal);
    }

    private static Report ReportOf(string text)
    {
        var report = new Report();
        report.SetRaw(text);
        report.Meta.Id = MessageId.Version5(Guid.Empty, "report"u8);
        return report;
    }
}
