// What all bots have in common.
using IntelMq.DataFormat;

namespace IntelMq.Bots;

/// <summary>
/// A bot. It is made once per instance and used by one invocation at a time. Bots are pure: input in, result out; no queue, no clock but
/// <see cref="BotContext.Clock"/>, no mutable static state.
/// </summary>
public abstract class Bot
{
    private BotContext? _context;

    /// <summary>The kind.</summary>
    public abstract BotKind Kind { get; }

    /// <summary>The services that the bot may use.</summary>
    protected BotContext Context => _context ?? throw new InvalidOperationException("The bot was not started.");

    /// <summary>The parameters as every bot has them.</summary>
    public abstract BotParameters CommonParameters { get; }

    /// <summary>Starts the bot with its services and parameters. Called once, by the runtime.</summary>
    /// <exception cref="BotConfigurationException">The bot cannot work with its configuration.</exception>
    public ValueTask StartAsync(BotContext context, BotParameters parameters, CancellationToken cancellation)
    {
        _context = context;
        Accept(parameters);
        return StartAsync(cancellation);
    }

    /// <summary>Prepares the bot: opens files, compiles patterns, checks what the binder cannot check.</summary>
    protected virtual ValueTask StartAsync(CancellationToken cancellation) => ValueTask.CompletedTask;

    /// <summary>Ends the bot: closes what it opened.</summary>
    public virtual ValueTask StopAsync(CancellationToken cancellation) => ValueTask.CompletedTask;

    private protected abstract void Accept(BotParameters parameters);
}

/// <summary>The events of one frame, as batch experts and outputs get them.</summary>
/// <param name="id">The same when the same events come again after a crash.</param>
/// <param name="events">The events, in order.</param>
public sealed class EventBatch(string id, IReadOnlyList<Event> events)
{
    private readonly Dictionary<Event, Exception> _failures = new(ReferenceEqualityComparer.Instance);

    /// <summary>Identifies the batch: the same when the same events come again after a crash.</summary>
    public string Id { get; } = id;

    /// <summary>The events, in order.</summary>
    public IReadOnlyList<Event> Events { get; } = events;

    /// <summary>What failed, by event.</summary>
    public IReadOnlyDictionary<Event, Exception> Failures => _failures;

    /// <summary>Says that one event failed; the others go on.</summary>
    public void Fail(Event failed, Exception reason) => _failures[failed] = reason;
}

/// <summary>Where bots put what they send. Sending takes a snapshot: later changes of the message do not matter.</summary>
public interface IOutbox
{
    /// <summary>Sends an event that was made from <paramref name="origin"/> (or is it, changed).</summary>
    void Send(Event message, Event origin, string path = Paths.Default);
}

/// <summary>The names of paths.</summary>
public static class Paths
{
    /// <summary>The path of everything that is not sent elsewhere.</summary>
    public const string Default = "_default";

    /// <summary>The path of messages that failed.</summary>
    public const string OnError = "_on_error";
}
