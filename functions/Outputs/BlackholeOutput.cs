// Nowhere.
using IntelMq.Bots;

namespace IntelMq.Outputs;

/// <summary>Takes events and does nothing with them.</summary>
[Bot("intelmq.bots.outputs.blackhole.output", "Discards all events.", Guarantee = OutputGuarantee.Exact)]
public sealed class BlackholeOutput : OutputBot<OutputParameters>
{
    /// <inheritdoc/>
    public override ValueTask WriteAsync(EventBatch batch, CancellationToken cancellation) => ValueTask.CompletedTask;
}
