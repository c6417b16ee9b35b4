// Bots that hand events on to other systems.
namespace IntelMq.Bots;

/// <summary>A bot that hands events on to other systems.</summary>
public abstract class OutputBot : Bot
{
    /// <inheritdoc/>
    public sealed override BotKind Kind => BotKind.Output;

    /// <summary>
    /// Hands the events on. Returning means that the sink has them; single failures: <see cref="EventBatch.Fail"/>.
    /// The same events may come again after a crash, with the same ids and the same batch id.
    /// </summary>
    /// <exception cref="TransientException">The sink is down; the events are kept and come again.</exception>
    public abstract ValueTask WriteAsync(EventBatch batch, CancellationToken cancellation);
}

/// <summary>Base class of outputs.</summary>
/// <typeparam name="TParameters">The parameters record.</typeparam>
public abstract class OutputBot<TParameters> : OutputBot
    where TParameters : OutputParameters, new()
{
    /// <summary>The parameters.</summary>
    protected TParameters Parameters { get; private set; } = new();

    /// <inheritdoc/>
    public sealed override BotParameters CommonParameters => Parameters;

    private protected sealed override void Accept(BotParameters parameters) => Parameters = (TParameters)parameters;
}
