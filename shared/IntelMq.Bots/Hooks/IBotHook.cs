// Hooks: code that looks at, changes or replaces what happens in the runtime.
using IntelMq.DataFormat;

namespace IntelMq.Bots;

/// <summary>What a hook does. It decides what its errors mean.</summary>
public enum HookKind
{
    /// <summary>Looks on. Its errors are counted and logged and change nothing.</summary>
    Observe,

    /// <summary>Changes messages. Its errors are errors of the message.</summary>
    Transform,

    /// <summary>Takes over processing. Its errors are errors of the message.</summary>
    Replace,
}

/// <summary>The moments at which hooks are called.</summary>
public enum HookPhase
{
    /// <summary>The bot starts.</summary>
    Starting,

    /// <summary>A message came from the queue.</summary>
    MessageReceived,

    /// <summary>The bot is about to get the message. A <see cref="HookKind.Replace"/> hook can take it over here.</summary>
    BeforeProcess,

    /// <summary>The bot has handled the message.</summary>
    AfterProcess,

    /// <summary>A parser made an event; it is about to be completed and sent.</summary>
    EventValidating,

    /// <summary>A message is about to be sent to a path. Cancelling drops it.</summary>
    Sending,

    /// <summary>The messages of the invocation are queued durably.</summary>
    Sent,

    /// <summary>A message failed.</summary>
    Error,

    /// <summary>A message is about to become a dead letter.</summary>
    DeadLettering,

    /// <summary>A queue passed its limit, or fell below it again.</summary>
    OverloadChanged,
}

/// <summary>A hook. Hooks are named in the pipeline file (<c>global: hooks:</c>) and run in the order given there.</summary>
public interface IBotHook
{
    /// <summary>What the hook does.</summary>
    HookKind Kind { get; }

    /// <summary>The moments at which it wants to be called.</summary>
    IReadOnlySet<HookPhase> Phases { get; }

    /// <summary>Takes the parameters that the pipeline file gives the hook. Called once, before anything else.</summary>
    /// <exception cref="BotConfigurationException">A parameter is unknown or unfit.</exception>
    void Configure(ValueMap parameters)
    {
        if (parameters.Count > 0)
        {
            throw new BotConfigurationException($"The hook '{GetType().Name}' takes no parameters; remove {string.Join(", ", parameters.Select(item => $"'{item.Key}'"))}.");
        }
    }

    /// <summary>Called at one of its moments. Called for every message: it must be quick.</summary>
    void On(HookPhase phase, HookCall call);
}

/// <summary>What a hook is told and what it can do.</summary>
public sealed class HookCall
{
    /// <summary>The id of the bot instance.</summary>
    public required string BotId { get; init; }

    /// <summary>The message; null where the moment has none.</summary>
    public Message? Message { get; set; }

    /// <summary>The path the message is sent to.</summary>
    public string? Path { get; set; }

    /// <summary>What failed.</summary>
    public Exception? Error { get; init; }

    /// <summary>How many messages this concerns (<see cref="HookPhase.Sent"/>) or wait in the queue (<see cref="HookPhase.OverloadChanged"/>).</summary>
    public long Count { get; init; }

    /// <summary>The queue (<see cref="HookPhase.OverloadChanged"/>).</summary>
    public string? Queue { get; init; }

    /// <summary>Set by a hook at <see cref="HookPhase.Sending"/> to drop the message, or at <see cref="HookPhase.BeforeProcess"/> to keep it from the bot.</summary>
    public bool Cancel { get; set; }

    /// <summary>Where a replacing hook sends messages instead of the bot; set at <see cref="HookPhase.BeforeProcess"/> of experts.</summary>
    public IOutbox? Outbox { get; init; }
}
