// What carries messages between functions.
using IntelMq.Pipeline;

namespace IntelMq.FunctionsHost.Transports;

/// <summary>
/// Queues as the triggers and output bindings of the Functions host see them. A message that was received is hidden until it is completed or abandoned,
/// and comes again when neither happens.
/// </summary>
public interface ITransport : IAsyncDisposable
{
    /// <summary>Receives messages of a queue, none if it is empty.</summary>
    ValueTask<IReadOnlyList<TransportMessage>> ReceiveAsync(CompiledQueue queue, bool poison, int most, CancellationToken cancellation);

    /// <summary>Sends texts, and then acknowledges the message they were made from; null where they come from a timer.</summary>
    ValueTask CompleteAsync(TransportMessage? done, IReadOnlyList<QueuedText> texts, CancellationToken cancellation);

    /// <summary>Gives a message back after a failure, or gives it up after too many deliveries.</summary>
    ValueTask AbandonAsync(TransportMessage message, CancellationToken cancellation);

    /// <summary>The messages of a queue, hidden ones included.</summary>
    ValueTask<long> DepthAsync(CompiledQueue queue, bool poison, CancellationToken cancellation);

    /// <summary>Whether senders to a queue should hold back.</summary>
    bool IsFull(CompiledQueue queue);
}

/// <summary>A text for a queue.</summary>
public readonly record struct QueuedText(CompiledQueue Queue, string Text);

/// <summary>A message that was received.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="Poison">Whether it lay in the queue's poison queue.</param>
/// <param name="Id">The broker's name for it; the same when it comes again.</param>
/// <param name="Text">The text, UTF-8.</param>
/// <param name="Deliveries">How often it was delivered, this time included.</param>
/// <param name="Receipt">What the transport needs to complete it.</param>
public sealed record TransportMessage(CompiledQueue Queue, bool Poison, string Id, ReadOnlyMemory<byte> Text, int Deliveries, object Receipt);
