// What the bots of the benchmark pipeline cost, without a transport.
using BenchmarkDotNet.Attributes;
using IntelMq.Runtime;

namespace IntelMq.Benchmarks;

/// <summary>One invocation of a bot over a thousand rows or events: reading, working, writing.</summary>
[MemoryDiagnoser]
public class BotBenchmarks
{
    private const int Rows = 1000;

    private readonly string _folder = Directory.CreateTempSubdirectory("intelmq-bench-").FullName;
    private BotRunner? _bot;
    private Delivery? _delivery;

    /// <summary>The bot.</summary>
    [Params("parser_csv", "deduplicator", "taxonomy", "url2fqdn", "filter")]
    public string Bot { get; set; } = "";

    /// <summary>Starts the bot and makes its messages.</summary>
    [GlobalSetup]
    public async Task SetupAsync()
    {
        var frame = BenchmarkBots.Report(_folder, Rows);
        var events = await BenchmarkBots.EventsAsync(_folder, frame);
        _bot = await BenchmarkBots.StartAsync(Bot, _folder);
        _delivery = Bot == "parser_csv" ? new Delivery("report", frame, frame.Length) : new Delivery("events", events, events.Length);
    }

    /// <summary>One invocation.</summary>
    [Benchmark(OperationsPerInvoke = Rows)]
    public Task<InvocationResult> Invoke() => _bot!.InvokeAsync([_delivery!], CancellationToken.None);

    /// <summary>Ends the bot.</summary>
    [GlobalCleanup]
    public async Task CleanupAsync()
    {
        await _bot!.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
