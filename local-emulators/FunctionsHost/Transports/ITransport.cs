// What carries messages between functions.
using IntelMq.Pipeline;
using IntelMq.Runtime;

namespace IntelMq.FunctionsHost.Transports;

/// <summary>
/// Queues as the triggers and output bindings of the Functions host see them. A batch that was received is hidden until it is completed or abandoned,
/// and comes again when neither happens. Whatever a transport cannot do right now is a <see cref="TransportException"/>.
/// </summary>
public interface ITransport : IAsyncDisposable
{
    /// <summary>
    /// Receives a batch for one call: messages of a queue, in order, none if nothing is there. A broker with partitions gives messages of one of them, and
    /// nothing more of it until the batch is completed.
    /// </summary>
    ValueTask<IReadOnlyList<TransportMessage>> ReceiveAsync(CompiledQueue queue, bool poison, int most, CancellationToken cancellation);

    /// <summary>Sends texts, and then acknowledges the batch they were made from; empty where they come from a timer.</summary>
    ValueTask CompleteAsync(IReadOnlyList<TransportMessage> done, IReadOnlyList<QueuedText> texts, CancellationToken cancellation);

    /// <summary>Gives a batch back after a failure, or gives it up after too many deliveries.</summary>
    ValueTask AbandonAsync(IReadOnlyList<TransportMessage> batch, CancellationToken cancellation);

    /// <summary>The messages of a queue, hidden ones included.</summary>
    ValueTask<long> DepthAsync(CompiledQueue queue, bool poison, CancellationToken cancellation);

    /// <summary>Whether senders to a queue should hold back.</summary>
    bool IsFull(CompiledQueue queue);
}

/// <summary>A text for a queue, or for the place of what was given up there.</summary>
public readonly record struct QueuedText(CompiledQueue Queue, string Text, bool Poison = false);

/// <summary>A message that was received.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="Poison">Whether it lay in the queue's poison queue.</param>
/// <param name="Id">The broker's name for it; the same when it comes again.</param>
/// <param name="Text">The text, UTF-8.</param>
/// <param name="Deliveries">How often it was delivered, this time included; zero where the broker does not tell and it was not tried before by this host.</param>
/// <param name="Receipt">What the transport needs to complete it.</param>
public sealed record TransportMessage(CompiledQueue Queue, bool Poison, string Id, ReadOnlyMemory<byte> Text, int Deliveries, object Receipt)
    : ReceivedText(Id, Text, Deliveries)
{
    /// <summary>The partition; empty where there are none.</summary>
    public string Partition { get; init; } = "";

    /// <summary>The number in the queue or partition.</summary>
    public long Sequence { get; init; }

    /// <summary>When the broker got it.</summary>
    public DateTimeOffset Enqueued { get; init; }
}

/// <summary>The broker cannot be asked or does not do what it is asked for; it is tried again, and messages come again.</summary>
public sealed class TransportException(string message, Exception inner) : Exception(message, inner);
