// idle [SECONDS]: what the whole pipeline holds and uses while there is nothing to do.
using System.Globalization;

namespace IntelMq.Benchmarks;

/// <summary>Starts <c>intelmq run</c> on an empty folder and reads its memory and CPU time.</summary>
internal static class Idle
{
    // Start and first run of the collector do not count as rest.
    private static readonly TimeSpan s_settled = TimeSpan.FromSeconds(5);

    /// <summary>The verb.</summary>
    public static async Task<int> RunAsync(int seconds)
    {
        using var scratch = Checkout.NewScratch();
        using var pipeline = RunningPipeline.Start(new BenchmarkPipeline { Input = scratch.Sub("input") }.Write(scratch.Folder), scratch.At("data"));
        await Task.Delay(s_settled);
        var before = ProcessFigures.CpuSeconds(pipeline.Id);
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"memory {ProcessFigures.Memory(pipeline.Id, "VmRSS") / 1024.0 / 1024:F0} MB, at the peak {ProcessFigures.Memory(pipeline.Id, "VmHWM") / 1024.0 / 1024:F0} MB; {ProcessFigures.CpuSeconds(pipeline.Id) - before:F2} CPU seconds in {seconds} s"));
        return await pipeline.EndAsync();
    }
}
