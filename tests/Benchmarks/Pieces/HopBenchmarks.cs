// What whole invocations of the benchmark pipeline's bots cost, without a transport.
using BenchmarkDotNet.Attributes;
using IntelMq.Runtime;

namespace IntelMq.Benchmarks;

/// <summary>One invocation of a bot over a thousand rows or events: reading, working, writing. The figures are per row or event.</summary>
public class HopBenchmarks
{
    private const int Rows = 1000;

    private readonly string _folder = Directory.CreateTempSubdirectory("intelmq-bench-").FullName;
    private readonly Dictionary<string, (BotRunner Bot, Delivery[] Deliveries)> _bots = [];

    /// <summary>Starts the bots and makes their messages.</summary>
    [GlobalSetup]
    public async Task SetupAsync()
    {
        var report = BenchmarkBots.Report(_folder, Rows);
        var events = await BenchmarkBots.EventsAsync(_folder, report);
        foreach (var bot in BenchmarkBots.Names)
        {
            var frame = bot == "parser_csv" ? report : events;
            _bots[bot] = (await BenchmarkBots.StartAsync(bot, _folder), [new Delivery("1", frame, frame.Length)]);
        }
    }

    /// <summary>CSV to events.</summary>
    [Benchmark(OperationsPerInvoke = Rows, Description = "CSV parser, a row of 20 columns to an event (budget 300,000/s)")]
    public Task<InvocationResult> Parser() => InvokeAsync("parser_csv");

    /// <summary>A hop through the taxonomy expert.</summary>
    [Benchmark(OperationsPerInvoke = Rows, Description = "hop through taxonomy: read, work, write (budget 3 µs)")]
    public Task<InvocationResult> Taxonomy() => InvokeAsync("taxonomy");

    /// <summary>A hop through url2fqdn.</summary>
    [Benchmark(OperationsPerInvoke = Rows, Description = "hop through url2fqdn (budget 3 µs)")]
    public Task<InvocationResult> Url2Fqdn() => InvokeAsync("url2fqdn");

    /// <summary>A hop through the url expert.</summary>
    [Benchmark(OperationsPerInvoke = Rows, Description = "hop through url (budget 3 µs)")]
    public Task<InvocationResult> UrlParts() => InvokeAsync("url");

    /// <summary>A hop through the filter.</summary>
    [Benchmark(OperationsPerInvoke = Rows, Description = "hop through filter (budget 3 µs)")]
    public Task<InvocationResult> Filter() => InvokeAsync("filter");

    /// <summary>A hop through the deduplicator, whose events are all known: what it remembers does not grow.</summary>
    [Benchmark(OperationsPerInvoke = Rows, Description = "hop through deduplicator, state in memory, known events (budget 3 µs)")]
    public Task<InvocationResult> Deduplicator() => InvokeAsync("deduplicator");

    /// <summary>Ends the bots.</summary>
    [GlobalCleanup]
    public async Task CleanupAsync()
    {
        foreach (var (bot, _) in _bots.Values)
        {
            await bot.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private Task<InvocationResult> InvokeAsync(string name)
    {
        var (bot, deliveries) = _bots[name];
        return bot.InvokeAsync(deliveries, CancellationToken.None);
    }
}
