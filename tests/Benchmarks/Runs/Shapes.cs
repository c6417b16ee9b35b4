// shapes [EVENTS] [REPORTS]: other everyday inputs, through the same experts and output.
using System.Globalization;
using System.Text;
using IntelMq.DataFormat;

namespace IntelMq.Benchmarks;

/// <summary>
/// A JSON feed of events of twenty fields (one file, an event per line, as another IntelMQ writes them), and many small reports of one event each (a folder
/// with as many files, which is what a mail or a file collector meets every day).
/// </summary>
internal static class Shapes
{
    /// <summary>The verb.</summary>
    public static int Run(int events, int reports)
    {
        Console.WriteLine(MeasuredRun.Heads);
        return JsonFeed(events) & SmallReports(reports) ? 0 : 1;
    }

    private static bool JsonFeed(int events)
    {
        using var scratch = Checkout.NewScratch();
        var input = scratch.Sub("input");
        var expected = new BenchmarkInput().Write(scratch.At("feed.csv"), events);
        WriteJson(scratch.At("feed.csv"), Path.Combine(input, "feed.json"));
        var pipeline = new BenchmarkPipeline { Input = input, Collector = "postfix: .json", Parser = "json.parser", ParserParameters = "splitlines: true" }.Write(scratch.Folder);
        return MeasuredRun.OfPipeline(pipeline, scratch.At("data")).Print($"JSON, {events:N0} events", events, expected, scratch.At("data", "events.jsonl"));
    }

    private static bool SmallReports(int reports)
    {
        using var scratch = Checkout.NewScratch();
        var input = scratch.Sub("input");
        var expected = new BenchmarkInput().Write(scratch.At("feed.csv"), reports);
        var number = 0;
        foreach (var row in File.ReadLines(scratch.At("feed.csv")).Skip(1))
        {
            File.WriteAllText(Path.Combine(input, string.Create(CultureInfo.InvariantCulture, $"{number++:D7}.csv")), row + "\n");
        }

        var text = new BenchmarkPipeline
        {
            Input = input,
            ParserParameters = BenchmarkPipeline.CsvParameters(BenchmarkInput.Columns, hasHeader: false),
            Experts = BenchmarkPipeline.FilterExpertsOfFiles,
        };
        var pipeline = text.Write(scratch.Folder);
        return MeasuredRun.OfPipeline(pipeline, scratch.At("data")).Print($"{reports:N0} small reports", reports, expected, scratch.At("data", "events.jsonl"));
    }

    // Each row as the event of twenty fields that it is. A repeated row stays the same event: it says its own time of observation.
    private static void WriteJson(string table, string feed)
    {
        using var rows = new StreamReader(table, Encoding.UTF8);
        using var file = new StreamWriter(feed, append: false, new UTF8Encoding(false)) { NewLine = "\n" };
        var reader = new CsvRows(rows);
        reader.Read();
        while (reader.Read())
        {
            var made = new Event();
            for (var i = 0; i < reader.Count; i++)
            {
                made.Add(BenchmarkInput.Columns[i], reader[i].ToString());
            }

            file.WriteLine(MessageExport.ToJson(made));
        }
    }
}
