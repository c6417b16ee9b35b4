// An output or a collector, started for a test with parameters as a pipeline file gives them, that talks to a real broker.
using IntelMq.Bots;
using IntelMq.Collectors;
using IntelMq.DataFormat;
using IntelMq.Outputs;
using IntelMq.Runtime;
using IntelMq.Servers.Tests;
using IntelMq.Stores;
using Microsoft.Extensions.Logging.Abstractions;

[assembly: AssemblyFixture(typeof(LocalRedis))]
[assembly: AssemblyFixture(typeof(LocalRabbitMq))]

namespace IntelMq.Brokers.Tests;

/// <summary>Runs a bot through the same invocation as in a pipeline, and gathers what a collector queues.</summary>
internal sealed class RunningBot : IAsyncDisposable, ICollectedReports
{
    private static readonly BotCatalogue s_catalogue = BotCatalogue.Scan([typeof(FileCollector).Assembly, typeof(FileOutput).Assembly]);

    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("broker-bot-");
    private readonly HashSet<string> _sources = [];
    private BotRunner? _runner;
    private int _frames;

    /// <summary>What was queued, in order.</summary>
    public List<Message> Queued { get; } = [];

    /// <summary>How many messages each call queued.</summary>
    public List<long> Batches { get; } = [];

    /// <summary>The messages that are none.</summary>
    public List<DeadLetter> DeadLetters { get; } = [];

    /// <summary>Called before something is queued; what it throws is a crash before, null none.</summary>
    public Action? BeforeQueued { get; set; }

    /// <summary>Called after something was queued; what it throws is a crash after, null none.</summary>
    public Action? AfterQueued { get; set; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Starts the bot of a module.</summary>
    /// <exception cref="BotConfigurationException">The parameters are refused.</exception>
    public static async Task<RunningBot> StartAsync(string module, params (string Key, Value Value)[] parameters)
    {
        Assert.True(s_catalogue.TryGet(module, out var descriptor));
        var bound = ParameterBinder.Bind(descriptor, parameters.ToDictionary(item => item.Key, item => item.Value));
        if (bound.Parameters is null)
        {
            throw new BotConfigurationException(bound.Problems.Select(problem => problem.Message).ToArray());
        }

        var running = new RunningBot();
        var state = new MemoryStateStore(TimeProvider.System);
        var context = new BotContext
        {
            BotId = "bridge",
            Log = NullLogger.Instance,
            State = state,
            Files = new LocalFileStore("/", running._scratch.FullName, Path.Combine(running._scratch.FullName, "journal"), state),
            Http = RecordedAnswers.Parse("[]"u8),
            Dns = RecordedAnswers.Parse("[]"u8),
        };
        var settings = new BotSettings
        {
            BotId = "bridge",
            Module = module,
            Instance = MessageId.Version5(Guid.Empty, "broker tests"u8),
            SourceQueue = descriptor.Kind == BotKind.Collector ? null : "bridge-queue",
            Destinations = new Dictionary<string, IReadOnlyList<string>> { [Paths.Default] = ["next-queue", "other-queue"] },
        };
        var claims = new FileClaimCheckStore(Path.Combine(running._scratch.FullName, "claims"));
        running._runner = await BotRunner.StartAsync(descriptor.Create(), bound.Parameters, settings, context, claims, Cancellation);
        return running;
    }

    /// <summary>Gives an output messages as one frame.</summary>
    public Task<InvocationResult> SendAsync(params string[] messages)
    {
        var frame = System.Text.Encoding.UTF8.GetBytes(string.Join('\n', messages));
        return _runner!.InvokeAsync([new Delivery($"frame-{_frames++}", frame, frame.Length)], Cancellation);
    }

    /// <summary>Runs a collector once.</summary>
    public Task<InvocationCounts> CollectAsync(string occurrence = "run") => _runner!.CollectAsync(new CollectorRun(occurrence, DateTimeOffset.UnixEpoch), this, Cancellation);

    /// <summary>What was queued, as IntelMQ writes it.</summary>
    public string[] Texts() => Queued.Select(FlatMessage.ToText).ToArray();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _runner!.DisposeAsync();
        _scratch.Delete(recursive: true);
    }

    ValueTask<bool> ICollectedReports.IsCollectedAsync(string occurrence, string source, CancellationToken cancellation) =>
        ValueTask.FromResult(_sources.Contains($"{occurrence}|{source}"));

    ValueTask ICollectedReports.QueueAsync(string occurrence, CollectedFrames collected, CancellationToken cancellation)
    {
        BeforeQueued?.Invoke();
        foreach (var frame in collected.Frames.Where(frame => frame.Queue == "next-queue"))
        {
            var bytes = frame.Bytes.ToArray();
            var start = 0;
            for (; Frame.NextLine(bytes, ref start, out var length); start += length + 1)
            {
                Queued.Add(new EnvelopeReader(FieldCatalogue.Default).Read(bytes, start, length));
            }
        }

        Batches.Add(collected.Messages);
        DeadLetters.AddRange(collected.DeadLetters);
        _sources.Add($"{occurrence}|{collected.Source}");
        AfterQueued?.Invoke();
        return ValueTask.CompletedTask;
    }
}
