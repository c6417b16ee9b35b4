// The bots of the benchmark pipeline, started without a transport.
using System.Text;
using IntelMq.Bots;
using IntelMq.DataFormat;
using IntelMq.Experts;
using IntelMq.Parsers.GenericCsv;
using IntelMq.Runtime;
using IntelMq.Stores;
using Microsoft.Extensions.Logging.Abstractions;

namespace IntelMq.Benchmarks;

/// <summary>Starts bots of the benchmark pipeline and makes their messages.</summary>
internal static class BenchmarkBots
{
    /// <summary>A report of the benchmark's input, as a frame.</summary>
    public static byte[] Report(string folder, int rows)
    {
        var path = Path.Combine(folder, "feed.csv");
        new BenchmarkInput().Write(path, rows);
        var report = new Report();
        report.SetRaw(File.ReadAllBytes(path));
        report.Meta.Id = MessageId.Version5(Guid.Empty, "report"u8);
        return Encoding.UTF8.GetBytes(EnvelopeWriter.ToText(report));
    }

    /// <summary>The events that the parser makes of a report, as a frame.</summary>
    public static async Task<byte[]> EventsAsync(string folder, byte[] report)
    {
        await using var parser = await StartAsync("parser_csv", folder);
        return (await parser.InvokeAsync([new Delivery("report", report, report.Length)], CancellationToken.None)).Frames[0].Bytes.ToArray();
    }

    /// <summary>The bots that can be started.</summary>
    public static IReadOnlyList<string> Names { get; } = ["parser_csv", "deduplicator", "taxonomy", "url2fqdn", "url", "filter"];

    /// <summary>Starts a bot with the runtime around it.</summary>
    public static Task<BotRunner> StartAsync(string name, string folder)
    {
        var (bot, parameters) = Make(name);
        var settings = new BotSettings
        {
            BotId = name,
            Module = name,
            Instance = Guid.Empty,
            SourceQueue = "queue",
            EveryPathLeads = true,
            FrameLimit = int.MaxValue,
            ParserBudget = int.MaxValue,
        };
        return BotRunner.StartAsync(bot, parameters, settings, Context(name, folder, new MemoryStateStore(TimeProvider.System)), new FileClaimCheckStore(folder), CancellationToken.None);
    }

    /// <summary>Starts a bot alone.</summary>
    public static async Task<Bot> StartAloneAsync(string name, string folder, IStateStore state)
    {
        var (bot, parameters) = Make(name);
        await bot.StartAsync(Context(name, folder, state), parameters, CancellationToken.None);
        return bot;
    }

    private static (Bot Bot, BotParameters Parameters) Make(string name) => name switch
    {
        "parser_csv" => (new GenericCsvParser(), new GenericCsvParameters { Columns = BenchmarkInput.Columns, SkipHeader = true }),
        "deduplicator" => (new DeduplicatorExpert(), new DeduplicatorParameters { FilterKeys = ["raw", "time.observation"] }),
        "taxonomy" => (new TaxonomyExpert(), new ExpertParameters()),
        "url2fqdn" => (new Url2FqdnExpert(), new Url2FqdnParameters()),
        "url" => (new UrlExpert(), new UrlParameters()),
        _ => (new FilterExpert(), new FilterParameters { FilterKey = "source.geolocation.cc", FilterValue = BenchmarkInput.FilteredCountry, FilterAction = FilterAction.Drop }),
    };

    private static BotContext Context(string name, string folder, IStateStore state) => new()
    {
        BotId = name,
        Log = NullLogger.Instance,
        State = state,
        Files = new LocalFileStore(folder, folder, folder, state),
        Http = new HttpClients(TimeProvider.System),
        Dns = new DnsResolver(),
    };
}
