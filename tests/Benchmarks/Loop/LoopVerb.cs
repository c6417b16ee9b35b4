// loop [ROWS] [TIMES] [--check]: the pipeline against one loop by hand that does the same work.
using System.Globalization;

namespace IntelMq.Benchmarks;

/// <summary>Runs both in turn, each in a process of its own, and prints the ratio. With <c>--check</c> the lines are compared, not only their number.</summary>
internal static class LoopVerb
{
    /// <summary>The verb that runs the loop itself in this process.</summary>
    public const string Alone = "loop-alone";

    /// <summary>The verb.</summary>
    public static int Run(int rows, int times, bool check)
    {
        using var scratch = Checkout.NewScratch();
        var expected = EndToEnd.Prepare(scratch.Folder, rows);
        var (data, byHand) = (scratch.At("data"), scratch.At("by-hand.jsonl"));
        Console.WriteLine(MeasuredRun.Heads);
        var (ratios, cpuRatios, good) = (new List<double>(), new List<double>(), true);
        for (var run = 1; run <= times; run++)
        {
            Directory.CreateDirectory(data);
            var pipeline = MeasuredRun.OfPipeline(scratch.At("runtime.yaml"), data);
            good &= pipeline.Print($"pipeline, {run}", rows, expected, Path.Combine(data, "events.jsonl"));

            // As the command is set: instrumented code pays only in runs of minutes.
            var loop = MeasuredRun.Of([typeof(LoopVerb).Assembly.Location, Alone, scratch.At("input", "feed.csv"), byHand], ("DOTNET_TieredPGO", "0"));
            good &= loop.Print($"loop by hand, {run}", rows, expected, byHand);
            good &= !check || SameLines(Path.Combine(data, "events.jsonl"), byHand);
            ratios.Add(pipeline.Seconds / loop.Seconds);
            cpuRatios.Add(pipeline.Cpu / loop.Cpu);
            Directory.Delete(data, recursive: true);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"The pipeline takes {Medians.Of(ratios):F2} times as long as the loop and {Medians.Of(cpuRatios):F2} times its CPU (medians)."));
        return good ? 0 : 1;
    }

    /// <summary>Runs the loop and says how many rows failed.</summary>
    public static int RunAlone(string feed, string output)
    {
        var (lines, failed) = SingleLoop.Run(feed, output, TimeProvider.System.GetUtcNow());
        Console.WriteLine($"{lines} lines, {failed} rows failed");
        return 0;
    }

    // The pipeline may write its lines in another order.
    private static bool SameLines(string one, string other)
    {
        var same = WithoutObservation(one).SequenceEqual(WithoutObservation(other));
        Console.WriteLine(same ? "The lines are the same, apart from time.observation." : "The lines are not the same.");
        return same;
    }

    private static List<string> WithoutObservation(string path)
    {
        const string Field = "\"time.observation\": \"";
        return [.. File.ReadLines(path).Select(line => line.IndexOf(Field, StringComparison.Ordinal) is >= 0 and var at ? line.Remove(at, Field.Length + 26) : line).Order(StringComparer.Ordinal)];
    }
}
