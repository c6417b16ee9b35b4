// One pipeline over every transport and every way to call functions: the same events, also when processes are killed.
using System.Diagnostics;
using System.Globalization;
using IntelMq.Benchmarks;
using IntelMq.DataFormat;

namespace IntelMq.EndToEnd.Tests;

/// <summary>The pipeline of the benchmark over {sqlite, storage-queue, kafka} × {in process, http}. More rows and kills: tests/long.sh.</summary>
public sealed class TransportTests
{
    private static readonly int s_rows = FromEnvironment("INTELMQ_TEST_TRANSPORT_ROWS", 3000);
    private static readonly int s_kills = FromEnvironment("INTELMQ_TEST_TRANSPORT_KILLS", 1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("sqlite", "http", false)]
    [InlineData("storage-queue", "in-process", false)]
    [InlineData("storage-queue", "http", false)]
    [InlineData("kafka", "in-process", false)]
    [InlineData("kafka", "http", false)]
    [InlineData("sqlite", "in-process", true)]
    [InlineData("sqlite", "http", true)]
    [InlineData("storage-queue", "http", true)]
    [InlineData("kafka", "http", true)]
    public async Task The_events_are_those_of_the_embedded_run(string transport, string invoke, bool fuse)
    {
        using var command = new Command();
        var (pipeline, wanted) = await UndisturbedAsync(command, transport, fuse);
        var run = (await command.RunAsync(["run", pipeline, "--once", "--data", "run", "--transport", transport, "--invoke", invoke, "--json"])).MustEndWith(0);
        Assert.Equal(wanted, OutputLines.Read(command.InFolder("run", "events.jsonl")));
        Assert.Empty(Directory.EnumerateFiles(command.InFolder("run", invoke == "http" || transport != "sqlite" ? "app/claims" : "claims")));
        if (transport == "sqlite")
        {
            // Here no message comes twice: every bot has the figures of its own, fused or not.
            var bots = JsonText.TryParse(run.Output)!.Value.AsMap()!["bots"].AsList().Select(bot => bot.AsMap()!).ToArray();
            Assert.Equal(["parser", "dedup", "taxonomy", "url2fqdn", "filter", "output"], bots.Skip(1).Select(bot => bot["bot"].AsText()));
            Assert.Equal(s_rows, bots[1]["out"].AsInteger());
            Assert.Equal(bots.Skip(1).SkipLast(1).Select(bot => bot["out"]), bots.Skip(2).Select(bot => bot["in"]));
            Assert.Equal(wanted.Count, bots[^2]["out"].AsInteger());
        }
    }

    [Theory]
    [InlineData("sqlite", "http")]
    [InlineData("storage-queue", "in-process")]
    [InlineData("storage-queue", "http")]
    [InlineData("storage-queue", "http", true)]
    [InlineData("kafka", "in-process")]
    [InlineData("kafka", "http")]
    public async Task A_host_that_is_killed_and_started_again_gives_the_same_events(string transport, string invoke, bool fuse = false)
    {
        using var command = new Command();
        var (pipeline, wanted) = await UndisturbedAsync(command, transport, fuse);
        var random = new Random(7);
        for (var kills = 0; kills < s_kills; kills++)
        {
            using var process = Start(command, pipeline, transport, invoke);
            await WhenWritingAsync(process, command.InFolder("run"), random);
            process.Kill();
            await process.WaitForExitAsync(Cancellation);
        }

        (await command.RunAsync(["run", pipeline, "--once", "--data", "run", "--transport", transport, "--invoke", invoke])).MustEndWith(0);
        Assert.Equal(wanted, OutputLines.Read(command.InFolder("run", "events.jsonl")));
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("storage-queue")]
    [InlineData("kafka")]
    [InlineData("sqlite", true)]
    public async Task An_app_that_is_killed_is_started_again_and_the_events_are_the_same(string transport, bool fuse = false)
    {
        using var command = new Command();
        var (pipeline, wanted) = await UndisturbedAsync(command, transport, fuse);
        var random = new Random(8);
        using var process = Start(command, pipeline, transport, "http");
        var killed = 0;
        while (killed < s_kills && !process.HasExited)
        {
            // An app that is killed again and again before it answers counts as one that cannot start.
            await WhenWritingAsync(process, command.InFolder("run"), random, killed == 0 ? 0 : 1000);
            if (ChildWith(process.Id, "IntelMq.App.dll") is { } app)
            {
                using var child = Process.GetProcessById(app);
                child.Kill();
                killed++;
            }
        }

        await process.WaitForExitAsync(Cancellation);
        Assert.Equal(0, process.ExitCode);
        Assert.True(killed > 0, "No app was killed.");
        Assert.Equal(wanted, OutputLines.Read(command.InFolder("run", "events.jsonl")));
    }

    [Theory]
    [InlineData("in-process", false)]
    [InlineData("http", true)]
    public async Task Two_transports_carry_one_pipeline(string invoke, bool kill)
    {
        using var command = new Command();
        var (pipeline, wanted) = await UndisturbedAsync(command, "storage-queue");
        var text = File.ReadAllText(pipeline);
        var mixed = command.Write("mixed.yaml", text.Replace("\ntaxonomy:\n", "\ntaxonomy:\n  transport: kafka\n", StringComparison.Ordinal).Replace("\nfilter:\n", "\nfilter:\n  transport: kafka\n", StringComparison.Ordinal));
        Assert.NotEqual(text, File.ReadAllText(mixed));
        if (kill)
        {
            using var process = Start(command, mixed, "storage-queue", invoke);
            await WhenWritingAsync(process, command.InFolder("run"), new Random(10));
            process.Kill();
            await process.WaitForExitAsync(Cancellation);
        }

        (await command.RunAsync(["run", mixed, "--once", "--data", "run", "--transport", "storage-queue", "--invoke", invoke])).MustEndWith(0);
        Assert.Equal(wanted, OutputLines.Read(command.InFolder("run", "events.jsonl")));
        Assert.True(Directory.Exists(command.InFolder("run", "kafka")) && Directory.Exists(command.InFolder("run", "azurite")));
    }

    [Fact]
    public async Task An_app_whose_host_is_killed_ends()
    {
        using var command = new Command();
        var (pipeline, _) = await UndisturbedAsync(command);
        using var process = Start(command, pipeline, "sqlite", "http");
        await WhenWritingAsync(process, command.InFolder("run"), new Random(9));
        var app = ChildWith(process.Id, "IntelMq.App.dll");
        process.Kill();
        await process.WaitForExitAsync(Cancellation);
        Assert.NotNull(app);
        var patience = Stopwatch.StartNew();
        while (Directory.Exists($"/proc/{app}") && patience.Elapsed < TimeSpan.FromMinutes(1))
        {
            await Task.Delay(50, Cancellation);
        }

        Assert.False(Directory.Exists($"/proc/{app}"), "The app is still there.");
    }

    internal static async Task<(string Pipeline, List<string> Wanted)> UndisturbedAsync(Command command, string transport = "sqlite", bool fuse = false)
    {
        Command.SkipWithoutNode(transport);
        Directory.CreateDirectory(command.InFolder("input"));
        var expected = new BenchmarkInput().Write(command.InFolder("input", "feed.csv"), s_rows);
        var pipeline = command.Write("runtime.yaml", FilterPipeline.Text(command.InFolder("input")));
        (await command.RunAsync(["run", pipeline, "--once", "--data", "undisturbed"])).MustEndWith(0);
        var wanted = OutputLines.Read(command.InFolder("undisturbed", "events.jsonl"));
        Assert.Equal(expected, wanted.Count);
        return (command.Write("disturbed.yaml", FilterPipeline.Text(command.InFolder("input"), fuse)), wanted);
    }

    internal static Process Start(Command command, string pipeline, string transport, string invoke, params string[] further)
    {
        var process = command.Start(["run", pipeline, "--once", "--data", "run", "--transport", transport, "--invoke", invoke, .. further]);
        _ = process.StandardOutput.ReadToEndAsync(Cancellation);
        _ = process.StandardError.ReadToEndAsync(Cancellation);
        return process;
    }

    // Waits until the bots are at work: the app's file is there and grows. Where exactly the kill falls does not matter for the result.
    internal static async Task WhenWritingAsync(Process process, string folder, Random random, int least = 0)
    {
        var file = Path.Combine(folder, "app", "app.db-wal");
        while (!process.HasExited && !(File.Exists(file) && new FileInfo(file).Length > 100_000))
        {
            await Task.Delay(5, Cancellation);
        }

        await Task.WhenAny(process.WaitForExitAsync(Cancellation), Task.Delay(least + random.Next(0, 400), Cancellation));
    }

    internal static int? ChildWith(int parent, string argument)
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            try
            {
                if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                    && File.ReadAllText(Path.Combine(folder, "cmdline")).Contains(argument, StringComparison.Ordinal)
                    && File.ReadAllText(Path.Combine(folder, "stat")).Split(") ")[^1].Split(' ')[1] == parent.ToString(CultureInfo.InvariantCulture))
                {
                    return id;
                }
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // It ended while we looked.
            }
        }

        return null;
    }

    private static int FromEnvironment(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}
