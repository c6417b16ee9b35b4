// A collector of the catalogue, started for a test with parameters as a pipeline file gives them.
using IntelMq.Bots;
using IntelMq.DataFormat;
using IntelMq.Runtime;
using IntelMq.Stores;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace IntelMq.Collectors.Tests;

/// <summary>Runs a collector and gathers its reports. What an earlier run collected can be told.</summary>
internal sealed class RunningCollector : IAsyncDisposable, ICollectedReports
{
    private static readonly BotCatalogue s_catalogue = BotCatalogue.Scan([typeof(FileCollector).Assembly]);

    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("collector-");
    private readonly List<(string Source, Report Report)> _collected = [];
    private readonly FileClaimCheckStore _claims;
    private BotRunner? _runner;

    private RunningCollector() => _claims = new FileClaimCheckStore(Path.Combine(_scratch.FullName, "claims"));

    /// <summary>Whether everything counts as collected by an earlier run.</summary>
    public bool AllIsCollected { get; set; }

    /// <summary>The sources of the last run.</summary>
    public IEnumerable<string> Sources => _collected.Select(report => report.Source);

    /// <summary>The sources that were looked up.</summary>
    public List<string> Asked { get; } = [];

    /// <summary>Starts the collector of a module name behind <c>intelmq.bots.collectors.</c>.</summary>
    /// <exception cref="BotConfigurationException">The parameters are refused, by the binder or by the bot.</exception>
    public static async Task<RunningCollector> StartAsync(string name, string parameters, IHttpClients http, FakeTimeProvider? clock = null, string folder = ".")
    {
        clock ??= new FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        Assert.True(s_catalogue.TryGet("intelmq.bots.collectors." + name, out var descriptor));
        var bound = ParameterBinder.Bind(descriptor, JsonText.TryParse(parameters)!.Value.AsMap()!.ToDictionary(item => item.Key, item => item.Value));
        if (bound.Parameters is null)
        {
            throw new BotConfigurationException(bound.Problems.Select(problem => problem.Message).ToArray());
        }

        var running = new RunningCollector();
        var state = new MemoryStateStore(clock);
        var context = new BotContext
        {
            BotId = "collector",
            Fields = FieldCatalogue.Default.With(clock),
            Clock = clock,
            Log = NullLogger.Instance,
            State = state,
            Files = new LocalFileStore(folder, folder, Path.Combine(running._scratch.FullName, "journal"), state),
            Http = http,
            Dns = RecordedAnswers.Parse("[]"u8),
        };
        var settings = new BotSettings
        {
            BotId = "collector",
            Module = descriptor.Id,
            Instance = MessageId.Version5(Guid.Empty, "collector tests"u8),
            EveryPathLeads = true,
        };
        running._runner = await BotRunner.StartAsync(descriptor.Create(), bound.Parameters, settings, context, running._claims, TestContext.Current.CancellationToken);
        return running;
    }

    /// <summary>Runs once and gives the raw data of the reports as text.</summary>
    public async Task<string[]> RunAsync() => [.. (await ReportsAsync()).Select(report => RawData.DecodeText(RawData.Decode(report[Fields.Raw])!))];

    /// <summary>Runs once and gives the reports, with their raw data.</summary>
    public async Task<IReadOnlyList<Report>> ReportsAsync()
    {
        _collected.Clear();
        Asked.Clear();
        var now = _runner!.Context.Clock.GetUtcNow();
        await _runner.CollectAsync(new CollectorRun("run", now), this, TestContext.Current.CancellationToken);
        return _collected.Select(report => report.Report).ToArray();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _runner!.DisposeAsync();
        _scratch.Delete(recursive: true);
    }

    ValueTask<bool> ICollectedReports.IsCollectedAsync(string occurrence, string source, CancellationToken cancellation)
    {
        Asked.Add(source);
        return ValueTask.FromResult(AllIsCollected);
    }

    async ValueTask ICollectedReports.QueueAsync(string occurrence, CollectedFrames collected, CancellationToken cancellation)
    {
        var line = collected.Frames.Single().Bytes.ToArray().AsSpan().TrimEnd((byte)'\n').ToArray();
        var report = (Report)new EnvelopeReader(FieldCatalogue.Default).Read(line);
        if (collected.Claim is { } claim)
        {
            await using var stream = await _claims.OpenReadAsync(claim, cancellation);
            var bytes = new byte[claim.Length];
            await stream.ReadExactlyAsync(bytes, cancellation);
            report.SetRaw(bytes);
        }

        _collected.Add((collected.Source, report));
    }
}
