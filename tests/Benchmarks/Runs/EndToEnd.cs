// end-to-end [ROWS] [TIMES]: the whole pipeline in a process of its own, measured from outside.
namespace IntelMq.Benchmarks;

/// <summary>Runs the filter pipeline (seven bots) over a generated feed and prints lines, rows/s, CPU per row and peak memory.</summary>
internal static class EndToEnd
{
    /// <summary>The verb.</summary>
    public static int Run(int rows, int times)
    {
        using var scratch = Checkout.NewScratch();
        var expected = Prepare(scratch.Folder, rows);
        Console.WriteLine(MeasuredRun.Heads);
        var good = true;
        for (var run = 1; run <= times; run++)
        {
            var data = scratch.Sub("data");
            good &= MeasuredRun.OfPipeline(scratch.At("runtime.yaml"), data).Print($"{rows:N0} rows, {run}", rows, expected, Path.Combine(data, "events.jsonl"));
            Directory.Delete(data, recursive: true);
        }

        return good ? 0 : 1;
    }

    /// <summary>Writes the feed and the pipeline file into a folder and gives the number of lines that come out.</summary>
    public static int Prepare(string folder, int rows)
    {
        var input = Directory.CreateDirectory(Path.Combine(folder, "input")).FullName;
        var expected = new BenchmarkInput().Write(Path.Combine(input, "feed.csv"), rows);
        new BenchmarkPipeline { Input = input }.Write(folder);
        Console.WriteLine($"{expected} lines expected of {rows} rows");
        return expected;
    }
}
