// A pipeline that is run undisturbed first and disturbed then.
using System.Diagnostics;
using IntelMq.Benchmarks;
using IntelMq.DataFormat;

namespace IntelMq.EndToEnd.Tests.Transports;

/// <summary>The pipeline of the benchmark with the lines that it has to give.</summary>
internal sealed class KilledRun : IDisposable
{
    private readonly Command _command;
    private readonly string _pipeline;
    private readonly string[] _ignored;

    private KilledRun(Command command, string pipeline, List<string> wanted, string[] ignored) =>
        (_command, _pipeline, Wanted, _ignored) = (command, pipeline, wanted, ignored);

    /// <summary>The lines that an undisturbed run gave.</summary>
    public List<string> Wanted { get; }

    /// <summary>How many events were parked by the last run.</summary>
    public long Parked { get; private set; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Runs the pipeline undisturbed, over the embedded transport.</summary>
    /// <param name="rows">How many rows the feed has.</param>
    /// <param name="isBusy">Whether the disturbed run asks a service that is down at first.</param>
    public static async Task<KilledRun> PrepareAsync(int rows, bool isBusy = false)
    {
        var command = new Command { BotsFolder = Command.InCheckout("tests", "PluginBot", "bin", "Release", "net10.0") };
        Directory.CreateDirectory(command.InFolder("input"));
        new BenchmarkInput().Write(command.InFolder("input", "feed.csv"), rows);
        var text = FilterPipeline.Text(command.InFolder("input"));
        (await command.RunAsync(["run", command.Write("undisturbed.yaml", text), "--once", "--data", "undisturbed"])).MustEndWith(0);
        var pipeline = command.Write("runtime.yaml", isBusy ? text.Replace("intelmq.bots.experts.taxonomy.expert", "acme.bots.experts.busy.expert", StringComparison.Ordinal) : text);
        string[] ignored = isBusy ? ["classification.taxonomy"] : [];
        var wanted = OutputLines.Read(command.InFolder("undisturbed", "events.jsonl"), ignored);
        Assert.NotEmpty(wanted);
        return new KilledRun(command, pipeline, wanted, ignored);
    }

    /// <summary>Starts the run and kills it in the middle.</summary>
    public async Task KillAsync(params string[] arguments)
    {
        using var process = _command.Start(["run", _pipeline, "--once", "--data", "run", .. arguments]);
        _ = process.StandardOutput.ReadToEndAsync(Cancellation);
        _ = process.StandardError.ReadToEndAsync(Cancellation);
        await WhenWritingAsync(process);
        process.Kill();
        await process.WaitForExitAsync(Cancellation);
    }

    /// <summary>Runs to the end and gives the lines.</summary>
    public async Task<List<string>> FinishAsync(params string[] arguments)
    {
        var run = (await _command.RunAsync(["run", _pipeline, "--once", "--data", "run", "--json", .. arguments])).MustEndWith(0);
        Parked = JsonText.TryParse(run.Output)!.Value.AsMap()!["bots"].AsList().Sum(bot => bot.AsMap()!["parked"].AsInteger() ?? 0);
        return OutputLines.Read(_command.InFolder("run", "events.jsonl"), _ignored);
    }

    /// <inheritdoc/>
    public void Dispose() => _command.Dispose();

    // The app's own file grows as soon as a bot works.
    private async Task WhenWritingAsync(Process process)
    {
        var file = _command.InFolder("run", "app", "app.db-wal");
        while (!process.HasExited && !(File.Exists(file) && new FileInfo(file).Length > 50_000))
        {
            await Task.Delay(5, Cancellation);
        }
    }
}
