// A process measured from outside.
using System.Diagnostics;
using System.Globalization;

namespace IntelMq.Benchmarks;

/// <summary>What a process took, from its start to its end.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">What it wrote to stdout.</param>
/// <param name="Seconds">How long it ran.</param>
/// <param name="Cpu">The CPU time of it and its children.</param>
/// <param name="PeakBytes">The most memory it held (resident set).</param>
internal sealed record MeasuredRun(int ExitCode, string Output, double Seconds, TimeSpan Cpu, long PeakBytes)
{
    private const double BaselineRows = 466;
    private const double BaselineCpu = 3.66;

    /// <summary>The heads of the columns that <see cref="Row"/> prints.</summary>
    public static string Heads { get; } = $"{"run",-24} {"lines",10} {"seconds",8} {"rows/s",9} {"CPU ms/row",11} {"peak MB",8} {"x rows/s",9} {"x CPU",7}";

    /// <summary>Runs a pipeline once with the command.</summary>
    public static MeasuredRun OfPipeline(string pipeline, string data) => Of([Checkout.Command, "run", pipeline, "--once", "--data", data, "--json"]);

    /// <summary>Runs a .NET program to its end.</summary>
    public static MeasuredRun Of(string[] arguments, params (string Name, string Value)[] variables)
    {
        var begun = Stopwatch.GetTimestamp();
        var cpuBefore = ChildrenCpu.Total();
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true };
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        long peak = 0;
        while (!process.WaitForExit(20))
        {
            peak = Math.Max(peak, ProcessFigures.Memory(process.Id, "VmHWM"));
        }

        var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        return new MeasuredRun(process.ExitCode, output.Result, seconds, ChildrenCpu.Total() - cpuBefore, peak);
    }

    /// <summary>The figures per row, against those of IntelMQ.</summary>
    public string Row(string name, int rows, int lines)
    {
        var cpu = Cpu.TotalMilliseconds / rows;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-24} {lines,10:N0} {Seconds,8:F2} {rows / Seconds,9:N0} {cpu,11:F4} {PeakBytes / 1024.0 / 1024,8:F0} {rows / Seconds / BaselineRows,9:F1} {BaselineCpu / cpu,7:F1}");
    }

    /// <summary>Prints the figures of a pipeline's run and says whether it wrote the expected lines.</summary>
    public bool Print(string name, int rows, int expected, string outputFile)
    {
        var lines = File.Exists(outputFile) ? File.ReadLines(outputFile).Count() : 0;
        Console.WriteLine(Row(name, rows, lines));
        if (ExitCode == 0 && lines == expected)
        {
            return true;
        }

        Console.Error.WriteLine($"The run ended with {ExitCode} and {lines} lines; {expected} were expected. {Output}");
        return false;
    }
}

/// <summary>What Linux tells about a process that runs.</summary>
internal static class ProcessFigures
{
    // The unit of times in /proc, on every machine that .NET runs on.
    private const double TicksPerSecond = 100;

    /// <summary>A line of /proc/PID/status in bytes: VmRSS now, VmHWM at the peak; 0 where the process is gone.</summary>
    public static long Memory(int process, string line)
    {
        try
        {
            var found = File.ReadLines($"/proc/{process}/status").FirstOrDefault(text => text.StartsWith(line + ":", StringComparison.Ordinal));
            return found is null ? 0 : long.Parse(found.AsSpan(line.Length + 1).Trim().TrimEnd("kB").Trim(), CultureInfo.InvariantCulture) * 1024;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    /// <summary>The CPU time until now, user and system, in steps of 10 ms.</summary>
    public static double CpuSeconds(int process)
    {
        // The second field, the name, may hold blanks and brackets; user and system time are the fields 14 and 15.
        var stat = File.ReadAllText($"/proc/{process}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
    }
}
