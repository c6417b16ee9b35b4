// trickle [SECONDS]: an event per second, and what the pipeline uses meanwhile.
using System.Globalization;

namespace IntelMq.Benchmarks;

/// <summary>
/// Runs <c>intelmq run</c> with a file collector that looks every second and deletes what it took, and puts a file with one row into its folder every second.
/// </summary>
internal static class Trickle
{
    private static readonly TimeSpan s_settled = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>The verb.</summary>
    public static async Task<int> RunAsync(int seconds)
    {
        using var scratch = Checkout.NewScratch();
        var (input, feed) = (scratch.Sub("input"), scratch.At("feed.csv"));
        var expected = new BenchmarkInput().Write(feed, seconds);
        var text = new BenchmarkPipeline
        {
            Input = input,
            Collector = "postfix: .csv, rate_limit: 1, delete_file: true",
            ParserParameters = BenchmarkPipeline.CsvParameters(BenchmarkInput.Columns, hasHeader: false),
            Experts = BenchmarkPipeline.FilterExpertsOfFiles,
        };
        using var pipeline = RunningPipeline.Start(text.Write(scratch.Folder), scratch.At("data"));
        await Task.Delay(s_settled);
        var before = ProcessFigures.CpuSeconds(pipeline.Id);
        var number = 0;
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        foreach (var row in File.ReadLines(feed).Skip(1))
        {
            await timer.WaitForNextTickAsync();

            // Whole at once: a collector must not see half a row.
            var path = Path.Combine(input, number++.ToString(CultureInfo.InvariantCulture));
            await File.WriteAllTextAsync(path, row + "\n");
            File.Move(path, path + ".csv");
        }

        var cpu = ProcessFigures.CpuSeconds(pipeline.Id) - before;
        var lines = await LinesAsync(scratch.At("data", "events.jsonl"), expected);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{seconds} events in {seconds} s, {lines} lines of {expected}: {cpu:F2} CPU seconds, {100 * cpu / seconds:F2} % of one core, memory {ProcessFigures.Memory(pipeline.Id, "VmRSS") / 1024.0 / 1024:F0} MB, at the peak {ProcessFigures.Memory(pipeline.Id, "VmHWM") / 1024.0 / 1024:F0} MB"));
        return await pipeline.EndAsync() + (lines == expected ? 0 : 1);
    }

    private static async Task<int> LinesAsync(string output, int expected)
    {
        var lines = 0;
        for (var waited = TimeSpan.Zero; lines < expected && waited < s_patience; waited += TimeSpan.FromSeconds(1))
        {
            await Task.Delay(TimeSpan.FromSeconds(1));
            lines = File.Exists(output) ? File.ReadLines(output).Count() : 0;
        }

        return lines;
    }
}
