// What the bots of the benchmark pipeline cost, without a transport.
using System.Text;
using BenchmarkDotNet.Attributes;
using IntelMq.Bots;
using IntelMq.DataFormat;
using IntelMq.Experts;
using IntelMq.Parsers.GenericCsv;
using IntelMq.Runtime;
using IntelMq.Stores;
using Microsoft.Extensions.Logging.Abstractions;

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
        var path = Path.Combine(_folder, "feed.csv");
        new BenchmarkInput().Write(path, Rows);
        var report = new Report();
        report.SetRaw(await File.ReadAllBytesAsync(path));
        report.Meta.Id = MessageId.Version5(Guid.Empty, "report"u8);
        var frame = Encoding.UTF8.GetBytes(EnvelopeWriter.ToText(report));
        await using var parser = await StartAsync("parser_csv");
        var events = (await parser.InvokeAsync([new Delivery("report", frame, frame.Length)], CancellationToken.None)).Frames[0].Bytes.ToArray();
        _bot = await StartAsync(Bot);
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

    private Task<BotRunner> StartAsync(string bot)
    {
        (Bots.Bot, BotParameters) made = bot switch
        {
            "parser_csv" => (new GenericCsvParser(), new GenericCsvParameters { Columns = BenchmarkInput.Columns, SkipHeader = true }),
            "deduplicator" => (new DeduplicatorExpert(), new DeduplicatorParameters { FilterKeys = ["raw", "time.observation"] }),
            "taxonomy" => (new TaxonomyExpert(), new ExpertParameters()),
            "url2fqdn" => (new Url2FqdnExpert(), new Url2FqdnParameters()),
            _ => (new FilterExpert(), new FilterParameters { FilterKey = "source.geolocation.cc", FilterValue = BenchmarkInput.FilteredCountry, FilterAction = FilterAction.Drop }),
        };
        var state = new MemoryStateStore(TimeProvider.System);
        var context = new BotContext
        {
            BotId = bot,
            Log = NullLogger.Instance,
            State = state,
            Files = new LocalFileStore(_folder, _folder, _folder, state),
            Http = new HttpClients(TimeProvider.System),
            Dns = new DnsResolver(),
        };
        var settings = new BotSettings
        {
            BotId = bot,
            Module = bot,
            Instance = Guid.Empty,
            SourceQueue = "queue",
            EveryPathLeads = true,
            FrameLimit = int.MaxValue,
            ParserBudget = int.MaxValue,
        };
        return BotRunner.StartAsync(made.Item1, made.Item2, settings, context, new FileClaimCheckStore(_folder), CancellationToken.None);
    }
}
