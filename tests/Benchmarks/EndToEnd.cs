// The end-to-end benchmark: the command in a process of its own, measured from outside.
using System.Diagnostics;
using System.Globalization;

namespace IntelMq.Benchmarks;

/// <summary>Runs the filter pipeline (seven bots) over a generated feed and prints lines, rows/s, CPU per row and peak memory.</summary>
internal static class EndToEnd
{
    private const double BaselineRows = 466;
    private const double BaselineCpu = 3.66;

    public static int Run(int rows, int times, string? folder)
    {
        var root = folder ?? Directory.CreateTempSubdirectory("intelmq-bench-").FullName;
        var input = Directory.CreateDirectory(Path.Combine(root, "input")).FullName;
        Console.WriteLine($"Making {rows:N0} rows …");
        var expected = new BenchmarkInput().Write(Path.Combine(input, "feed.csv"), rows);
        var pipeline = Path.Combine(root, "runtime.yaml");
        File.WriteAllText(pipeline, PipelineText(input));
        Console.WriteLine($"{"run",3} {"lines",10} {"seconds",8} {"rows/s",9} {"CPU ms/row",11} {"peak MB",8} {"x rows/s",9} {"x CPU",7}");
        var good = true;
        for (var run = 1; run <= times; run++)
        {
            var data = Path.Combine(root, $"data-{run}");
            good &= RunOnce(run, rows, expected, pipeline, data);
            Directory.Delete(data, recursive: true);
        }

        if (folder is null)
        {
            Directory.Delete(root, recursive: true);
        }

        return good ? 0 : 1;
    }

    /// <summary>Writes the feed and the pipeline file into a folder, for runs that are measured in another way.</summary>
    public static int Prepare(string folder, int rows)
    {
        var input = Directory.CreateDirectory(Path.Combine(folder, "input")).FullName;
        Console.WriteLine($"{new BenchmarkInput().Write(Path.Combine(input, "feed.csv"), rows)} lines expected");
        File.WriteAllText(Path.Combine(folder, "runtime.yaml"), PipelineText(input));
        return 0;
    }

    private static bool RunOnce(int run, int rows, int expected, string pipeline, string data)
    {
        var begun = Stopwatch.GetTimestamp();
        var cpuBefore = ChildrenCpu.Total();
        using var process = Process.Start(new ProcessStartInfo("dotnet", [CommandPath(), "run", pipeline, "--once", "--data", data, "--json"])
        {
            RedirectStandardOutput = true,
        })!;
        var summary = process.StandardOutput.ReadToEndAsync();
        long peak = 0;
        while (!process.WaitForExit(20))
        {
            peak = Math.Max(peak, PeakMemory(process.Id));
        }

        var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        var cpu = (ChildrenCpu.Total() - cpuBefore).TotalMilliseconds / rows;
        var output = Path.Combine(data, "events.jsonl");
        var lines = File.Exists(output) ? File.ReadLines(output).Count() : 0;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{run,3} {lines,10:N0} {seconds,8:F2} {rows / seconds,9:N0} {cpu,11:F4} {peak / 1024.0 / 1024,8:F0} {rows / seconds / BaselineRows,9:F1} {BaselineCpu / cpu,7:F1}"));
        if (process.ExitCode != 0 || lines != expected)
        {
            Console.Error.WriteLine($"The run ended with {process.ExitCode} and {lines} lines; {expected} were expected. {summary.Result}");
            return false;
        }

        return true;
    }

    /// <summary>The command that was built with this project.</summary>
    private static string CommandPath()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "IntelMq.Functions.sln")))
        {
            root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("The benchmark runs from a checkout of the project.");
        }

        return Path.Combine(root, "local-emulators", "Cli", "bin", "Release", "net10.0", "intelmq.dll");
    }

    private static long PeakMemory(int process)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line.AsSpan(6).Trim().TrimEnd("kB").Trim(), CultureInfo.InvariantCulture) * 1024;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static string PipelineText(string input) => $"""
        collector:
          module: intelmq.bots.collectors.file.collector_file
          parameters:
            path: "{input}"
            postfix: ".csv"
            name: "Bench Feed"
            provider: "Bench"
            destination_queues: [parser-queue]
        parser:
          module: intelmq.bots.parsers.generic.parser_csv
          parameters:
            columns: [{string.Join(", ", BenchmarkInput.Columns)}]
            skip_header: true
            destination_queues: [dedup-queue]
        dedup:
          module: intelmq.bots.experts.deduplicator.expert
          parameters:
            filter_keys: "raw,time.observation"
            filter_type: "blacklist"
            destination_queues: [taxonomy-queue]
        taxonomy:
          module: intelmq.bots.experts.taxonomy.expert
          parameters:
            destination_queues: [url2fqdn-queue]
        url2fqdn:
          module: intelmq.bots.experts.url2fqdn.expert
          parameters:
            destination_queues: [filter-queue]
        filter:
          module: intelmq.bots.experts.filter.expert
          parameters:
            filter_key: "source.geolocation.cc"
            filter_value: "{BenchmarkInput.FilteredCountry}"
            filter_action: "drop"
            destination_queues: [output-queue]
        output:
          module: intelmq.bots.outputs.file.output
          parameters:
            file: events.jsonl
        """;
}
