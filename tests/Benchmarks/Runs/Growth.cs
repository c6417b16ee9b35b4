// growth [ROWS]: how cost grows with rows, bots and the size of events.
using System.Globalization;

namespace IntelMq.Benchmarks;

/// <summary>Three points each, everything else as in the benchmark; the best of two runs each.</summary>
internal static class Growth
{
    private const int Narrow = 6;
    private const int Added = 40;

    // What the experts look at, and few others.
    private static readonly int[] s_narrow = [0, 1, 5, 7, 11, 19];

    /// <summary>The verb.</summary>
    public static int Run(int rows)
    {
        Console.WriteLine(MeasuredRun.Heads);
        var good = true;
        foreach (var count in (int[])[rows / 5, rows, rows * 5])
        {
            good &= Measure($"{count:N0} rows", count, new BenchmarkInput(), BenchmarkInput.Columns, BenchmarkPipeline.FilterExperts, all: false);
        }

        foreach (var experts in (int[])[2, 4, 8])
        {
            good &= Measure($"{experts} experts", rows, new BenchmarkInput(), BenchmarkInput.Columns, BenchmarkPipeline.Chain(experts), all: true);
        }

        var few = new BenchmarkInput { Reshape = cells => [.. s_narrow.Select(cell => cells[cell])] };
        good &= Measure($"{Narrow} fields", rows, few, [.. s_narrow.Select(cell => BenchmarkInput.Columns[cell])], BenchmarkPipeline.FilterExperts, all: false);
        good &= Measure("20 fields", rows, new BenchmarkInput(), BenchmarkInput.Columns, BenchmarkPipeline.FilterExperts, all: false);
        var names = Enumerable.Range(0, Added).Select(i => string.Create(CultureInfo.InvariantCulture, $"extra.added_{i:D2}")).ToArray();
        var many = new BenchmarkInput { Reshape = cells => [.. cells, .. names.Select((_, i) => string.Create(CultureInfo.InvariantCulture, $"value {i} of {cells[1]}"))] };
        good &= Measure($"{20 + Added} fields", rows, many, [.. BenchmarkInput.Columns, .. names], BenchmarkPipeline.FilterExperts, all: false);
        return good ? 0 : 1;
    }

    private static bool Measure(string name, int rows, BenchmarkInput feed, string[] columns, (string Id, string Module, string Parameters)[] experts, bool all)
    {
        using var scratch = Checkout.NewScratch();
        var input = scratch.Sub("input");
        var expected = feed.Write(Path.Combine(input, "feed.csv"), rows);
        var pipeline = new BenchmarkPipeline { Input = input, ParserParameters = BenchmarkPipeline.CsvParameters(columns), Experts = experts }.Write(scratch.Folder);
        var runs = Enumerable.Range(0, 2).Select(run => (Run: MeasuredRun.OfPipeline(pipeline, scratch.At($"data-{run}")), Output: scratch.At($"data-{run}", "events.jsonl"))).ToArray();
        var best = runs.MinBy(run => run.Run.Cpu);
        return best.Run.Print(name, rows, all ? rows : expected, best.Output);
    }
}
