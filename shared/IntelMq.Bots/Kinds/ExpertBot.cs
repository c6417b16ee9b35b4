// Bots that change, enrich, drop or route events.
using IntelMq.DataFormat;

namespace IntelMq.Bots;

/// <summary>A bot that changes, enriches, drops or routes events.</summary>
public abstract class ExpertBot : Bot
{
    /// <inheritdoc/>
    public sealed override BotKind Kind => BotKind.Expert;
}

/// <summary>An expert that looks at one event at a time and waits for nothing.</summary>
public abstract class EventExpertBot : ExpertBot
{
    /// <summary>Handles one event: changes it and sends it on, or does not send it, which drops it.</summary>
    public abstract void Process(Event input, IOutbox outbox);
}

/// <summary>An expert that looks at the events of a frame together: one look-up for all of them.</summary>
public abstract class BatchExpertBot : ExpertBot
{
    /// <summary>Handles the events: sends on what goes on; what is not sent is dropped. Single failures: <see cref="EventBatch.Fail"/>.</summary>
    public abstract ValueTask ProcessAsync(EventBatch batch, IOutbox outbox, CancellationToken cancellation);
}

/// <summary>Base class of experts that look at one event at a time.</summary>
/// <typeparam name="TParameters">The parameters record.</typeparam>
public abstract class EventExpertBot<TParameters> : EventExpertBot
    where TParameters : ExpertParameters, new()
{
    /// <summary>The parameters.</summary>
    protected TParameters Parameters { get; private set; } = new();

    /// <inheritdoc/>
    public sealed override BotParameters CommonParameters => Parameters;

    private protected sealed override void Accept(BotParameters parameters) => Parameters = (TParameters)parameters;
}

/// <summary>Base class of experts that look at the events of a frame together.</summary>
/// <typeparam name="TParameters">The parameters record.</typeparam>
public abstract class BatchExpertBot<TParameters> : BatchExpertBot
    where TParameters : ExpertParameters, new()
{
    /// <summary>The parameters.</summary>
    protected TParameters Parameters { get; private set; } = new();

    /// <inheritdoc/>
    public sealed override BotParameters CommonParameters => Parameters;

    private protected sealed override void Accept(BotParameters parameters) => Parameters = (TParameters)parameters;
}
