// startup [TIMES] [BUILD …]: how soon the function app answers, by the way it is built.
using System.Diagnostics;
using System.Globalization;

namespace IntelMq.Benchmarks;

/// <summary>
/// Builds the app in several ways and an empty slim ASP.NET app, starts all of them in turn so often, and prints medians and their ratio to the empty app's
/// first answer. State lies in SQLite, as in a local run: what storage accounts take is not in it.
/// </summary>
internal static class StartupVerb
{
    /// <summary>The verb.</summary>
    public static async Task<int> RunAsync(int times, string[] only)
    {
        using var scratch = Checkout.NewScratch();
        var folder = Compile(scratch);
        List<AppBuild> builds = [AppBuild.Empty, .. AppBuild.All.Where(build => only.Length == 0 || only.Contains(build.Name))];
        var starts = new Dictionary<AppBuild, List<AppStart>>();
        var works = new HashSet<AppBuild>();
        foreach (var build in builds)
        {
            // The first start is not counted: files come from the disk, and what does not work is told once.
            if (build.Publish() && await WorksAsync(build, build == AppBuild.Empty ? null : folder, scratch.Sub("data")) is { } handles && (handles || build == AppBuild.Empty))
            {
                starts[build] = [];
                _ = handles && works.Add(build);
            }

            Tell(build);
        }

        for (var time = 0; time < times; time++)
        {
            foreach (var (build, list) in starts)
            {
                var data = scratch.Sub($"data-{time}-{build.Name.Length}");
                list.Add(await AppStart.MeasureAsync(build.Program, build == AppBuild.Empty ? null : folder, data, works.Contains(build)));
            }
        }

        Print(starts);
        return works.Count > 0 ? 0 : 1;
    }

    private static string Compile(Scratch scratch)
    {
        var folder = scratch.At("compiled");
        var pipeline = new BenchmarkPipeline { Input = scratch.Sub("input") }.Write(scratch.Folder);
        var run = MeasuredRun.Of([Checkout.Command, "compile", pipeline, "--out", folder, "--transport", "sqlite"]);
        return run.ExitCode == 0 ? folder : throw new InvalidOperationException(run.Output);
    }

    // Whether it handles events; null where it does not even answer.
    private static async Task<bool?> WorksAsync(AppBuild build, string? folder, string data)
    {
        bool? works = null;
        foreach (var withEvent in folder is null ? [false] : (bool[])[false, true])
        {
            try
            {
                await AppStart.MeasureAsync(build.Program, folder, data, withEvent);
                works = withEvent;
            }
            catch (InvalidOperationException error)
            {
                Console.WriteLine($"{build.Name} {(withEvent ? "handles no event" : "does not answer")}: {error.Message}");
            }
        }

        return works;
    }

    // What the compiler says about code that it cannot see through is why a build does not work.
    private static void Tell(AppBuild build)
    {
        var problems = build.Said.Split('\n').Where(line => line.Contains(": warning IL", StringComparison.Ordinal) || line.Contains("error", StringComparison.Ordinal)).Distinct().ToArray();
        if (problems.Length > 0)
        {
            Console.WriteLine($"{build.Name}: {problems.Length} warnings and errors, {problems.Count(line => line.Contains("IntelMq", StringComparison.Ordinal))} about this project's code. The first:");
            Console.WriteLine(string.Join('\n', problems.Take(5).Select(line => "  " + line.Trim())));
        }
    }

    private static void Print(Dictionary<AppBuild, List<AppStart>> starts)
    {
        var empty = Medians.Of(starts[AppBuild.Empty].Select(start => start.FirstAnswer));
        Console.WriteLine("| build | first answer ms | × empty | first event ms | × empty | CPU ms | memory MB | on disk MB |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|");
        foreach (var (build, list) in starts)
        {
            var answer = Medians.Of(list.Select(start => start.FirstAnswer));
            var handled = list[0].FirstEvent is null ? "– | –" : Of(Medians.Of(list.Select(start => start.FirstEvent!.Value)));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {build.Name} | {Of(answer)} | {handled} | {Medians.Of(list.Select(start => start.Cpu)):F0} | {Medians.Of(list.Select(start => (double)start.MemoryBytes)) / 1024 / 1024:F0} | {build.Size / 1024.0 / 1024:F1} |"));
        }

        string Of(double milliseconds) => string.Create(CultureInfo.InvariantCulture, $"{milliseconds:F0} | {milliseconds / empty:F2}");
    }
}
