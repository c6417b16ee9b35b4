// kill -9 at random moments: nothing lost, nothing invented.
using System.Globalization;
using IntelMq.Benchmarks;

namespace IntelMq.EndToEnd.Tests;

/// <summary>Kills the run again and again and compares what arrived with an undisturbed run. More rows and kills: tests/long.sh.</summary>
public sealed class KillTests
{
    private static readonly int s_rows = FromEnvironment("INTELMQ_TEST_ROWS", 20_000);
    private static readonly int s_kills = FromEnvironment("INTELMQ_TEST_KILLS", 4);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_run_that_is_killed_and_started_again_gives_the_same_lines(bool fuse)
    {
        using var command = new Command();
        var expected = new BenchmarkInput().Write(Prepare(command), s_rows);
        var pipeline = command.Write("runtime.yaml", FilterPipeline.Text(command.InFolder("input")));
        var undisturbed = System.Diagnostics.Stopwatch.StartNew();
        (await command.RunAsync(["run", pipeline, "--once", "--data", "undisturbed"])).MustEndWith(0);
        undisturbed.Stop();
        var wanted = OutputLines.Read(command.InFolder("undisturbed", "events.jsonl"));
        Assert.Equal(expected, wanted.Count);

        // Fused, the lines must be those of the bots alone.
        var killed = command.Write("killed.yaml", FilterPipeline.Text(command.InFolder("input"), fuse));

        var random = new Random(20240601);
        var kills = 0;
        while (true)
        {
            using var process = command.Start("run", killed, "--once", "--data", "killed");
            _ = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            _ = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            if (kills >= s_kills)
            {
                await process.WaitForExitAsync(TestContext.Current.CancellationToken);
                Assert.Equal(0, process.ExitCode);
                break;
            }

            // Where the kill falls does not matter for the result; this makes most fall into the work and leaves enough of it for all of them.
            var moment = TimeSpan.FromMilliseconds(random.Next(200, 500 + (int)(undisturbed.ElapsedMilliseconds / s_kills)));
            var ended = process.WaitForExitAsync(TestContext.Current.CancellationToken);
            if (await Task.WhenAny(ended, Task.Delay(moment, TestContext.Current.CancellationToken)) == ended)
            {
                break;
            }

            process.Kill();
            await ended;
            kills++;
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"{kills} kills, {wanted.Count} lines");
        Assert.True(kills > 0, "No run was killed.");
        Assert.Equal(wanted, OutputLines.Read(command.InFolder("killed", "events.jsonl")));
        Assert.Empty(Directory.EnumerateFiles(command.InFolder("killed", "claims")));
    }

    private static string Prepare(Command command)
    {
        Directory.CreateDirectory(command.InFolder("input"));
        return command.InFolder("input", "feed.csv");
    }

    private static int FromEnvironment(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}
