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
    private readonly Dictionary<string, Func<FunctionCall, CancellationToken, Task<FunctionAnswer>>> _functions = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Makes the functions; the bots start with their first call.</summary>
    /// <exception cref="BotConfigurationException">A function serves a bot that the pipeline does not have, or a hook does not exist.</exception>
    public FunctionApp(CompiledApp app, Pipeline.Pipeline pipeline, BotCatalogue catalogue, FunctionServices services)
    {
        (_app, _services) = (app, services);
        _notes = new AppNotes(services);
        _suspects = new Suspects(_notes);
        _texts = new FrameTexts(app, services.Claims);
        var bots = HostedPipeline.BotsOf(pipeline, catalogue).ToDictionary(bot => bot.Settings.BotId, StringComparer.Ordinal);
        foreach (var function in app.Functions)
        {
            _functions[function.Name] = Make(function, bots, pipeline);
        }
    }

    /// <summary>What the app was compiled to.</summary>
    public CompiledApp App => _app;

    /// <summary>Calls a function.</summary>
    /// <exception cref="UnknownCallException">There is no such function.</exception>
    public Task<FunctionAnswer> CallAsync(FunctionCall call, CancellationToken cancellation) =>
        _functions.TryGetValue(call.Function, out var function) ? function(call, cancellation)
            : throw new UnknownCallException($"There is no function '{call.Function}' in this app. Compile the pipeline again with 'intelmq compile'.");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var pool in _pools.Values)
        {
            await pool.DisposeAsync();
        }

        _suspects.Dispose();
    }

    private Func<FunctionCall, CancellationToken, Task<FunctionAnswer>> Make(CompiledFunction function, Dictionary<string, HostedBot> bots, Pipeline.Pipeline pipeline)
    {
        switch (function.Kind)
        {
            case FunctionKind.Work:
                return new WorkFunction(function, PoolOf(function, bots, pipeline), _texts, _services, _suspects).CallAsync;
            case FunctionKind.Collect:
                return new CollectFunction(function, PoolOf(function, bots, pipeline), _texts, _services, _notes).CallAsync;
            case FunctionKind.Poison:
                return new PoisonFunction(function, PoolOf(function, bots, pipeline).Settings, _services, _suspects).CallAsync;
            case FunctionKind.Park:
                var park = new ParkFunction(function, _texts, _services);
                return (_, cancellation) => park.CallAsync(cancellation);
            default:
                return async (_, cancellation) =>
                {
                    await _services.Purge(cancellation);
                    return new FunctionAnswer();
                };
        }
    }

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
            };
            _pools[function.Bot] = pool = new BotPool(bot with { Settings = settings }, instance, pipeline, _services);
        }

        return pool;
    }
}
