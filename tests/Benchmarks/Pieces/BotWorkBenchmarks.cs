// What the experts themselves do with an event, without reading and writing messages.
using BenchmarkDotNet.Attributes;
using IntelMq.Bots;
using IntelMq.DataFormat;
using IntelMq.Stores;

namespace IntelMq.Benchmarks;

/// <summary>
/// Gives experts events that were just read, as the runtime does. Experts change events, so each iteration begins with new ones; it is one pass over all.
/// </summary>
[InvocationCount(1)]
public class BotWorkBenchmarks
{
    private const int Events = 10_000;
    private const int Batch = 200;

    private readonly string _folder = Directory.CreateTempSubdirectory("intelmq-bench-").FullName;
    private readonly EnvelopeReader _reader = new(FieldCatalogue.Default);
    private readonly Nowhere _outbox = new();
    private readonly Dictionary<string, Bot> _bots = [];
    private readonly List<Event> _events = [];
    private EventBatch[] _batches = [];
    private byte[] _frame = [];

    /// <summary>Starts the experts.</summary>
    [GlobalSetup]
    public async Task SetupAsync()
    {
        _frame = await BenchmarkBots.EventsAsync(_folder, BenchmarkBots.Report(_folder, Events));
        foreach (var name in BenchmarkBots.Names)
        {
            _bots[name] = await BenchmarkBots.StartAloneAsync(name, _folder, new MemoryStateStore(TimeProvider.System));
        }
    }

    /// <summary>Reads the events anew and forgets what the deduplicator has seen.</summary>
    [IterationSetup]
    public void Read()
    {
        _events.Clear();
        var start = 0;
        for (; Frame.NextLine(_frame, ref start, out var length); start += length + 1)
        {
            _events.Add((Event)_reader.Read(_frame, start, length));
        }

        _batches = [.. _events.Chunk(Batch).Select(events => new EventBatch("batch", events))];
        _bots["deduplicator"] = BenchmarkBots.StartAloneAsync("deduplicator", _folder, new MemoryStateStore(TimeProvider.System)).GetAwaiter().GetResult();
    }

    /// <summary>The class by the type.</summary>
    [Benchmark(OperationsPerInvoke = Events, Description = "taxonomy alone (budget 1,000,000/s)")]
    public void Taxonomy() => Process("taxonomy");

    /// <summary>The domain name out of the URL.</summary>
    [Benchmark(OperationsPerInvoke = Events, Description = "url2fqdn alone (budget 1,000,000/s)")]
    public void Url2Fqdn() => Process("url2fqdn");

    /// <summary>Name, port, path and protocol out of the URL.</summary>
    [Benchmark(OperationsPerInvoke = Events, Description = "url alone (budget 1,000,000/s)")]
    public void UrlParts() => Process("url");

    /// <summary>One field compared.</summary>
    [Benchmark(OperationsPerInvoke = Events, Description = "filter alone (budget 1,000,000/s)")]
    public void Filter() => Process("filter");

    /// <summary>Hash and look-up in memory; a tenth of the events is known.</summary>
    [Benchmark(OperationsPerInvoke = Events, Description = "deduplicator alone, state in memory, new events (budget 1,000,000/s)")]
    public void Deduplicator()
    {
        var expert = (BatchExpertBot)_bots["deduplicator"];
        foreach (var batch in _batches)
        {
            expert.ProcessAsync(batch, _outbox, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        }
    }

    /// <summary>Removes the scratch folder.</summary>
    [GlobalCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    private void Process(string name)
    {
        var expert = (EventExpertBot)_bots[name];
        foreach (var item in _events)
        {
            expert.Process(item, _outbox);
        }
    }

    private sealed class Nowhere : IOutbox
    {
        public void Send(Event message, Event origin, string path = Paths.Default)
        {
        }
    }
}
