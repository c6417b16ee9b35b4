// A pipeline whose queues are carried by several transports.
using IntelMq.Pipeline;

namespace IntelMq.FunctionsHost.Transports;

/// <summary>
/// Hands each queue to its own transport. What goes elsewhere is sent first; the transport of the batch then sends the rest and acknowledges the batch, so that
/// a crash in between makes messages twice and never loses one.
/// </summary>
public sealed class MixedTransport(IReadOnlyDictionary<string, ITransport> transports) : ITransport
{
    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<TransportMessage>> ReceiveAsync(CompiledQueue queue, bool poison, int most, CancellationToken cancellation) =>
        Of(queue).ReceiveAsync(queue, poison, most, cancellation);

    /// <inheritdoc/>
    public async ValueTask CompleteAsync(IReadOnlyList<TransportMessage> done, IReadOnlyList<QueuedText> texts, CancellationToken cancellation)
    {
        var own = done is [var first, ..] ? first.Queue.Transport : null;
        foreach (var others in texts.Where(text => text.Queue.Transport != own).GroupBy(text => text.Queue.Transport))
        {
            await transports[others.Key].CompleteAsync([], others.ToArray(), cancellation);
        }

        if (own is not null)
        {
            await transports[own].CompleteAsync(done, texts.Where(text => text.Queue.Transport == own).ToArray(), cancellation);
        }
    }

    /// <inheritdoc/>
    public ValueTask AbandonAsync(IReadOnlyList<TransportMessage> batch, CancellationToken cancellation) => Of(batch[0].Queue).AbandonAsync(batch, cancellation);

    /// <inheritdoc/>
    public ValueTask<long> DepthAsync(CompiledQueue queue, bool poison, CancellationToken cancellation) => Of(queue).DepthAsync(queue, poison, cancellation);

    /// <inheritdoc/>
    public bool IsFull(CompiledQueue queue) => Of(queue).IsFull(queue);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var transport in transports.Values)
        {
            await transport.DisposeAsync();
        }
    }

    private ITransport Of(CompiledQueue queue) => transports[queue.Transport];
}
