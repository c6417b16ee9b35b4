// One invocation of a bot and of those that are fused behind it.
using IntelMq.Pipeline;
using Microsoft.Extensions.Logging;

namespace IntelMq.Runtime;

/// <summary>
/// Lets the bots of a chain work, each with what the one before it sent to its queue. It ends at a bot that cannot work: what was meant for that one stays
/// among the frames to send, and its own function does with it what is to be done. The bots are held until the end, for their frames must be kept first.
/// </summary>
internal sealed class ChainInvocation(IReadOnlyList<BotPool> pools, FunctionServices services) : IDisposable
{
    private readonly List<(BotPool Pool, PooledBot Bot)> _held = [];

    /// <summary>What came of each bot that has done its work, the first one's first.</summary>
    public List<ChainPart> Parts { get; } = [];

    /// <summary>Why the first bot takes no more work: then there are no parts.</summary>
    public string? StopReason { get; private set; }

    /// <summary>Runs the bots.</summary>
    /// <param name="deliveries">What the first bot gets.</param>
    /// <param name="alone">Only the first bot works.</param>
    /// <param name="cancellation">Breaks off.</param>
    /// <exception cref="BotConfigurationException">The first bot cannot work with its configuration.</exception>
    public async Task RunAsync(IReadOnlyList<Delivery> deliveries, bool alone, CancellationToken cancellation)
    {
        var head = await InvokeAsync(pools[0], deliveries, cancellation);
        if (head.Result.StopReason is { } reason)
        {
            StopReason = reason;
            return;
        }

        Parts.Add(head);
        for (var i = 1; i < pools.Count && !alone; i++)
        {
            var queue = pools[i].Settings.SourceQueue!;
            var handed = Handover.Deliveries(Parts[^1].Result, queue, deliveries[0].TransportId);
            if (handed.Length == 0 || await TryInvokeAsync(pools[i], handed, cancellation) is not { } part)
            {
                return;
            }

            Handover.Done(Parts[^1].Result, queue);
            Parts.Add(part);
        }
    }

    /// <summary>Makes the state of all bots durable.</summary>
    public async Task CommitAsync(CancellationToken cancellation)
    {
        foreach (var part in Parts)
        {
            await part.Bot.CommitAsync(cancellation);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (pool, bot) in _held)
        {
            pool.GiveBack(bot);
        }
    }

    private async Task<ChainPart> InvokeAsync(BotPool pool, IReadOnlyList<Delivery> deliveries, CancellationToken cancellation)
    {
        var bot = await pool.TakeAsync(cancellation);
        _held.Add((pool, bot));
        var begun = services.Clock.GetTimestamp();
        var result = await bot.Runner.InvokeAsync(deliveries, cancellation);
        if (result.StopReason is not null)
        {
            bot.Discard();
        }

        return new ChainPart(pool, bot, result, services.Clock.GetElapsedTime(begun));
    }

    private async Task<ChainPart?> TryInvokeAsync(BotPool pool, IReadOnlyList<Delivery> deliveries, CancellationToken cancellation)
    {
        var log = services.Logs.CreateLogger(pool.Settings.BotId);
        using var scope = InvocationScope.BeginMember(log, pool.Settings.BotId);
        string problem;
        try
        {
            var part = await InvokeAsync(pool, deliveries, cancellation);
            if (part.Result.StopReason is not { } reason)
            {
                return part;
            }

            problem = reason;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // Whatever it is, it is the business of the bot's own function; what the bots before it did counts.
        catch (Exception error)
#pragma warning restore CA1031
        {
            problem = error.Message;
        }

        log.LogWarning("{Bot} did not take what '{Before}' handed over; it goes to the queue '{Queue}': {Error}", pool.Settings.BotId, Parts[^1].Pool.Settings.BotId, pool.Settings.SourceQueue, problem);
        return null;
    }
}

/// <summary>What came of one bot of a chain.</summary>
/// <param name="Pool">The bot's pool.</param>
/// <param name="Bot">The bot, held until the frames of the result are kept.</param>
/// <param name="Result">What it gave.</param>
/// <param name="Duration">How long it worked.</param>
internal sealed record ChainPart(BotPool Pool, PooledBot Bot, InvocationResult Result, TimeSpan Duration);
