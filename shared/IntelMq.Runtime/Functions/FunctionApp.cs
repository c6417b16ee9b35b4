// All functions of a compiled pipeline.
using IntelMq.Bots;
using IntelMq.Pipeline;
using Microsoft.Extensions.Logging;

namespace IntelMq.Runtime;

/// <summary>
/// A compiled pipeline at work: one call in, one answer out, identical under every host. Calls may come beside each other. The host writes the
/// answer's texts to the queues before it acknowledges the messages of the call; a call that throws is repeated by the broker.
/// </summary>
public sealed class FunctionApp : IAsyncDisposable
{
    // What an invocation of a parser makes at most, and what it reads of a large report: both in bytes, both small enough that many run beside each other.
    private const int ParserBudget = 2 * 1024 * 1024;
    private const long SliceLength = 4 * 1024 * 1024;

    private readonly CompiledApp _app;
    private readonly FunctionServices _services;
    private readonly AppNotes _notes;
    private readonly Suspects _suspects;
    private readonly FrameTexts _texts;
    private readonly Dictionary<string, BotPool> _pools = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Callable> _functions = new(StringComparer.OrdinalIgnoreCase);
    private readonly QueueLook _look;
    private readonly QueueGauges? _gauges;

    /// <summary>Makes the functions; the bots start with their first call.</summary>
    /// <param name="app">What the pipeline was compiled to.</param>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="catalogue">The bots and hooks.</param>
    /// <param name="services">What the functions use.</param>
    /// <param name="serves">The functions that are called here, where others are called elsewhere; null for all.</param>
    /// <exception cref="BotConfigurationException">A function serves a bot that the pipeline does not have, or a hook does not exist.</exception>
    public FunctionApp(CompiledApp app, Pipeline.Pipeline pipeline, BotCatalogue catalogue, FunctionServices services, IReadOnlySet<string>? serves = null)
    {
        (_app, _services) = (app, services);
        _notes = new AppNotes(services);
        _suspects = new Suspects(_notes);
        _texts = new FrameTexts(app, services.Claims);
        _look = new QueueLook(app, services, services.Logs.CreateLogger(Telemetry.Name));
        var bots = HostedPipeline.BotsOf(pipeline, catalogue).ToDictionary(bot => bot.Settings.BotId, StringComparer.Ordinal);
        foreach (var function in app.Functions)
        {
            _functions[function.Name] = new Callable(function, Make(function, bots, pipeline), services.Logs.CreateLogger(function.Bot ?? function.Name));
        }

        // Who may look at all queues is the one that serves them all.
        _gauges = serves is null || app.Functions.Any(function => function.Kind == FunctionKind.Park && serves.Contains(function.Name)) ? new QueueGauges(_look, services) : null;
    }

    /// <summary>What the app was compiled to.</summary>
    public CompiledApp App => _app;

    /// <summary>Calls a function.</summary>
    /// <exception cref="UnknownCallException">There is no such function.</exception>
    public async Task<FunctionAnswer> CallAsync(FunctionCall call, CancellationToken cancellation)
    {
        if (!_functions.TryGetValue(call.Function, out var function))
        {
            throw new UnknownCallException($"There is no function '{call.Function}' in this app. Compile the pipeline again with 'intelmq compile'.");
        }

        var begun = _services.Clock.GetTimestamp();
        var answer = await function.Call(call, cancellation);
        var duration = _services.Clock.GetElapsedTime(begun);
        Tell(function.Log, function.Function.Name, answer.Counts, answer.Size, duration);
        foreach (var member in answer.Members)
        {
            var log = _services.Logs.CreateLogger(member.Bot);
            using var scope = InvocationScope.BeginMember(log, member.Bot);
            Tell(log, function.Function.Name, member.Counts, 0, member.Duration);
        }

        return answer;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var pool in _pools.Values)
        {
            await pool.DisposeAsync();
        }

        _suspects.Dispose();
        _gauges?.Dispose();
    }

    // One line per call; a call that found nothing to do is not worth one.
    private static void Tell(ILogger log, string function, InvocationCounts counts, long size, TimeSpan duration)
    {
        var isIdle = size == 0 && counts is { In: 0, Out: 0, Dropped: 0, DeadLettered: 0, Parked: 0, Retries: 0 };
        log.Log(
            isIdle ? LogLevel.Debug : LogLevel.Information,
            "{Function}: {In} in, {Out} out, {Dropped} dropped, {DeadLettered} dead-lettered, {Parked} parked, {Retries} tried again, {Seconds} s.",
            function,
            counts.In,
            counts.Out,
            counts.Dropped,
            counts.DeadLettered,
            counts.Parked,
            counts.Retries,
            Math.Round(duration.TotalSeconds, 3));
    }

    private Func<FunctionCall, CancellationToken, Task<FunctionAnswer>> Make(CompiledFunction function, Dictionary<string, HostedBot> bots, Pipeline.Pipeline pipeline)
    {
        switch (function.Kind)
        {
            case FunctionKind.Work:
                return new WorkFunction(function, ChainOf(function, bots, pipeline), _texts, _services, _suspects).CallAsync;
            case FunctionKind.Collect:
                return new CollectFunction(function, PoolOf(function, bots, pipeline), _texts, _services, _notes).CallAsync;
            case FunctionKind.Poison:
                return new PoisonFunction(function, PoolOf(function, bots, pipeline).Settings, _services, _suspects).CallAsync;
            case FunctionKind.Park:
                var park = new ParkFunction(function, _texts, _services, new QueueReport(_look, _services, _services.Logs.CreateLogger(function.Name)));
                return (_, cancellation) => park.CallAsync(cancellation);
            case FunctionKind.Status:
                return new StatusFunction(_look, _services).CallAsync;
            default:
                return async (_, cancellation) =>
                {
                    await _services.Purge(cancellation);
                    return new FunctionAnswer();
                };
        }
    }

    // The names of the semantic conventions for messaging where they have one.
    private string SystemOf(CompiledFunction function)
    {
        var queue = function.Trigger.Queue ?? function.Outputs.Keys.FirstOrDefault();
        return _app.Queues.FirstOrDefault(candidate => candidate.Name == queue)?.Transport switch
        {
            "service-bus" => "servicebus",
            "event-hubs" => "eventhubs",
            "storage-queue" => "azure_storage_queue",
            { } other => other,
            null => _app.Transport,
        };
    }

    private BotPool[] ChainOf(CompiledFunction function, Dictionary<string, HostedBot> bots, Pipeline.Pipeline pipeline) =>
    [
        PoolOf(function, bots, pipeline),
        .. (function.Chain ?? []).Skip(1).Select(id => _app.Functions.FirstOrDefault(other => other.RunsBot && other.Bot == id) is { } other
            ? PoolOf(other, bots, pipeline)
            : throw new BotConfigurationException($"The function '{function.Name}' runs the bot '{id}' too, which has no function of its own. Compile the pipeline again with 'intelmq compile'.")),
    ];

    private BotPool PoolOf(CompiledFunction function, Dictionary<string, HostedBot> bots, Pipeline.Pipeline pipeline)
    {
        if (function.Bot is null || !bots.TryGetValue(function.Bot, out var bot) || pipeline.Find(function.Bot) is not { } instance)
        {
            throw new BotConfigurationException($"The function '{function.Name}' serves the bot '{function.Bot}', which the pipeline does not have. Compile the pipeline again with 'intelmq compile'.");
        }

        if (!_pools.TryGetValue(function.Bot, out var pool))
        {
            // What the bot sends is cut to the transport's measure later; an output that may get a message twice remembers what it wrote.
            var settings = bot.Settings with
            {
                FrameLimit = _texts.FrameLimitFor(bot.Settings.Destinations.Values.SelectMany(queues => queues)),
                MayComeTwice = true,
                ParserBudget = ParserBudget,
                SliceLength = SliceLength,
                MessagingSystem = SystemOf(function),
            };
            _pools[function.Bot] = pool = new BotPool(bot with { Settings = settings }, instance, pipeline, _services);
        }

        return pool;
    }

    private sealed record Callable(CompiledFunction Function, Func<FunctionCall, CancellationToken, Task<FunctionAnswer>> Call, ILogger Log);
}
