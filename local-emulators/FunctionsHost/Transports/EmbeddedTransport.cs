// The embedded store as a transport for functions.
using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using IntelMq.FunctionsHost.Embedded;
using IntelMq.Pipeline;
using IntelMq.Runtime;

namespace IntelMq.FunctionsHost.Transports;

/// <summary>Queues in the embedded store: a message is acknowledged and what was made of it is sent in one step.</summary>
public sealed class EmbeddedTransport : ITransport
{
    private readonly EmbeddedStore _store;
    private readonly EmbeddedState _noState;
    private readonly TimeProvider _clock;
    private readonly int _mostDeliveries;
    private readonly ConcurrentDictionary<long, int> _deliveries = new();

    /// <summary>Uses a store.</summary>
    /// <param name="store">The store; closed with the transport.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="mostDeliveries">A message that failed so often goes to the poison queue.</param>
    public EmbeddedTransport(EmbeddedStore store, TimeProvider clock, int mostDeliveries = 5)
    {
        (_store, _clock, _mostDeliveries) = (store, clock, mostDeliveries);
        _noState = store.StateOf("");
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<TransportMessage>> ReceiveAsync(CompiledQueue queue, bool poison, int most, CancellationToken cancellation)
    {
        var messages = new List<TransportMessage>();
        foreach (var frame in Of(queue, poison).Take(long.MaxValue, most, _clock.GetUtcNow().ToUnixTimeMilliseconds()))
        {
            var buffer = new byte[frame.Place.Length];
            _store.Read(frame, buffer);
            var deliveries = _deliveries.AddOrUpdate(frame.Id, 1, (_, before) => before + 1);
            messages.Add(new TransportMessage(queue, poison, frame.Id.ToString(CultureInfo.InvariantCulture), buffer, deliveries, frame));
        }

        return ValueTask.FromResult<IReadOnlyList<TransportMessage>>(messages);
    }

    /// <inheritdoc/>
    public ValueTask CompleteAsync(IReadOnlyList<TransportMessage> done, IReadOnlyList<QueuedText> texts, CancellationToken cancellation)
    {
        var frames = texts.Select(text => new OutgoingFrame(text.Poison ? PoisonName(text.Queue) : text.Queue.Name, Encoding.UTF8.GetBytes(text.Text), 1));
        if (done.Count == 0)
        {
            _store.Send(frames.ToArray());
        }
        else
        {
            Commit(done, frames);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask AbandonAsync(IReadOnlyList<TransportMessage> batch, CancellationToken cancellation)
    {
        foreach (var message in batch)
        {
            if (message.Deliveries >= _mostDeliveries && !message.Poison)
            {
                Commit([message], [new OutgoingFrame(PoisonName(message.Queue), message.Text, 1)]);
            }
            else
            {
                Of(message.Queue, message.Poison).PutBack([(QueuedFrame)message.Receipt]);
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<long> DepthAsync(CompiledQueue queue, bool poison, CancellationToken cancellation) => ValueTask.FromResult(Of(queue, poison).Frames);

    /// <inheritdoc/>
    public bool IsFull(CompiledQueue queue) => Of(queue, poison: false).IsFull;

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _noState.Dispose();
        _store.Dispose();
        return ValueTask.CompletedTask;
    }

    private static string PoisonName(CompiledQueue queue) => queue.Name + "-poison";

    private EmbeddedQueue Of(CompiledQueue queue, bool poison) => _store.Queue(poison ? PoisonName(queue) : queue.Name);

    private void Commit(IReadOnlyList<TransportMessage> done, IEnumerable<OutgoingFrame> frames)
    {
        var taken = done.Select(message => (QueuedFrame)message.Receipt).ToArray();
        var result = new InvocationResult();
        result.Frames.AddRange(frames);
        lock (_noState)
        {
            _store.Commit(new InvocationPart(Of(done[0].Queue, done[0].Poison), taken, result, _noState));
        }

        foreach (var frame in taken)
        {
            _deliveries.TryRemove(frame.Id, out _);
        }
    }
}
