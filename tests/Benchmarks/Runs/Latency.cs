// latency [EVENTS]: one event alone through the six bots behind the collector.
using System.Diagnostics;
using System.Globalization;
using System.Text;
using IntelMq.Bots;
using IntelMq.DataFormat;
using IntelMq.FunctionsHost.Running;
using IntelMq.Pipeline;
using IntelMq.Runtime;
using Microsoft.Extensions.Logging.Abstractions;

namespace IntelMq.Benchmarks;

/// <summary>
/// Hosts the pipeline in this process, as <c>intelmq run</c> does, and hands over one report at a time: durably into the parser's queue, as the baseline
/// pushed it into Redis, because a collector's polling says nothing about the pipeline. The clock runs from before that until the line is in the output
/// file, and the next report waits for it. Each event is one that the deduplicator has not seen.
/// </summary>
internal static class Latency
{
    // As for the baseline.
    private const int Dropped = 5;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>The verb.</summary>
    public static async Task<int> RunAsync(int events)
    {
        using var scratch = Checkout.NewScratch();
        var rows = Rows(scratch, events);
        await using var host = await OpenAsync(scratch);
        using var ending = new CancellationTokenSource();
        var running = host.RunAsync(ending.Token);
        var milliseconds = new List<double>();
        var output = scratch.At("data", "events.jsonl");
        for (var i = 0; i < rows.Count; i++)
        {
            // The bots have gone to sleep by then.
            await Task.Delay(20, CancellationToken.None);
            milliseconds.Add(await OneAsync(host, output, rows[i], i));
        }

        await ending.CancelAsync();
        var summary = await running;
        var counted = milliseconds.Skip(Dropped).ToArray();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{counted.Length} events: min {counted.Min():F2} ms, median {Medians.Of(counted):F2} ms, p95 {Medians.At(counted, 0.95):F2} ms, max {counted.Max():F2} ms (the first {Dropped} left out, the very first {milliseconds[0]:F1} ms)"));
        return summary.Problems.Count;
    }

    private static async Task<LocalHost> OpenAsync(Scratch scratch)
    {
        var catalogue = BotCatalogue.Scan([typeof(Collectors.FileCollector).Assembly, typeof(Parsers.JsonParser).Assembly, typeof(Experts.TaxonomyExpert).Assembly, typeof(Outputs.FileOutput).Assembly]);
        var path = new BenchmarkPipeline { Input = scratch.Sub("empty"), ParserParameters = BenchmarkPipeline.CsvParameters(BenchmarkInput.Columns, hasHeader: false) }.Write(scratch.Folder);
        var loaded = PipelineFile.Load(path, catalogue, new Dictionary<string, string>(), MissingSecrets.Refuse);
        var pipeline = loaded.Pipeline ?? throw new InvalidOperationException(string.Join('\n', loaded.Problems));
        var options = new LocalHostOptions
        {
            Bots = HostedPipeline.BotsOf(pipeline, catalogue),
            DataFolder = scratch.Sub("data"),
            InputFolder = pipeline.Directory,
            Fields = pipeline.Fields,
            Logs = NullLoggerFactory.Instance,
        };
        return await LocalHost.OpenAsync(options, CancellationToken.None);
    }

    // Rows that pass deduplicator and filter.
    private static List<string> Rows(Scratch scratch, int events)
    {
        var path = scratch.At("rows.csv");
        new BenchmarkInput().Write(path, (events * 2) + 100);
        return [.. File.ReadLines(path).Skip(1).Where((row, i) => i % 10 != 9 && !row.Contains($",{BenchmarkInput.FilteredCountry},", StringComparison.Ordinal)).Take(events)];
    }

    private static async Task<double> OneAsync(LocalHost host, string output, string row, int number)
    {
        var report = new Report();
        report[Fields.Feed.Name] = "Bench Feed";
        report[Fields.Feed.Provider] = "Bench";
        report[Fields.Time.Observation] = TimeProvider.System.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'+00:00'", CultureInfo.InvariantCulture);
        report.SetRaw(Encoding.UTF8.GetBytes(row + "\n"));
        report.Meta.Id = MessageId.Version5(Guid.Empty, Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture)));
        var frame = Encoding.UTF8.GetBytes(EnvelopeWriter.ToText(report) + "\n");
        var before = LengthOf(output);
        var begun = Stopwatch.GetTimestamp();
        host.Store.Send([new OutgoingFrame("parser-queue", frame, 1)]);
        while (LengthOf(output) == before)
        {
            if (Stopwatch.GetElapsedTime(begun) > s_patience)
            {
                throw new InvalidOperationException($"The event {number} did not arrive: {string.Join(", ", host.Figures().Select(figure => $"{figure.BotId} {figure.Problem}"))}");
            }

            // Gives the core away where a bot wants it, and costs nothing else.
            Thread.Yield();
        }

        var milliseconds = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;

        // The line is written before the output's commit: the next event must not meet it.
        while (host.Figures()[^1].Counts.In <= number)
        {
            await Task.Delay(1, CancellationToken.None);
        }

        return milliseconds;
    }

    private static long LengthOf(string file) => new FileInfo(file) is { Exists: true } found ? found.Length : 0;
}
