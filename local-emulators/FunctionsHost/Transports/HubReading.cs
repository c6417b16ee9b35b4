// One hub, read by one trigger.
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Producer;
using IntelMq.Pipeline;

namespace IntelMq.FunctionsHost.Transports;

/// <summary>The partitions of a hub, looked at in turn. Thread-safe.</summary>
internal sealed class HubReading : IAsyncDisposable
{
    private readonly CompiledQueue _queue;
    private readonly EventHubConnection _connection;
    private readonly IReadOnlyList<PartitionReading> _partitions;
    private int _turn;

    private HubReading(CompiledQueue queue, EventHubConnection connection, EventHubProducerClient producer, IReadOnlyList<PartitionReading> partitions) =>
        (_queue, _connection, Producer, _partitions) = (queue, connection, producer, partitions);

    /// <summary>Sends to the hub.</summary>
    public EventHubProducerClient Producer { get; }

    /// <summary>Reads the positions.</summary>
    public static async Task<HubReading> OpenAsync(
        CompiledQueue queue, EventHubConnection connection, EventHubProducerClient producer, IEnumerable<string> ids, string folder, EventHubsTriggerOptions options, TimeProvider clock, CancellationToken cancellation)
    {
        var partitions = new List<PartitionReading>();
        foreach (var id in ids)
        {
            // A hub that was made anew counts from the beginning: a position behind its end is none of this hub.
            var position = new PositionFile(Path.Combine(folder, id));
            var last = (await producer.GetPartitionPropertiesAsync(id, cancellation)).LastEnqueuedSequenceNumber;
            if (position.Value > last)
            {
                position.Forget();
            }

            partitions.Add(new PartitionReading(queue, id, connection, position, options, clock));
        }

        return new HubReading(queue, connection, producer, partitions);
    }

    /// <summary>A batch of a partition that has none under way.</summary>
    public async ValueTask<IReadOnlyList<TransportMessage>> TakeAsync(int most, CancellationToken cancellation)
    {
        var first = Interlocked.Increment(ref _turn) & int.MaxValue;
        for (var i = 0; i < _partitions.Count; i++)
        {
            if (await _partitions[(first + i) % _partitions.Count].TakeAsync(most, cancellation) is { Count: > 0 } batch)
            {
                return batch;
            }
        }

        return [];
    }

    /// <summary>The events that are not done.</summary>
    public async ValueTask<long> DepthAsync(CancellationToken cancellation)
    {
        try
        {
            var depth = 0L;
            foreach (var partition in _partitions)
            {
                var properties = await Producer.GetPartitionPropertiesAsync(partition.Id, cancellation);
                if (!properties.IsEmpty)
                {
                    // What the retention removed is not there any more.
                    depth += properties.LastEnqueuedSequenceNumber - Math.Max(partition.Position, properties.BeginningSequenceNumber - 1);
                }
            }

            return depth;
        }
        catch (Exception error) when (BrokerFailure.Is(error, cancellation))
        {
            throw new TransportException($"The hub '{_queue.Entity}' cannot be looked at: {BrokerFailure.Sentence(error)}", error);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var partition in _partitions)
        {
            await partition.DisposeAsync();
        }

        await Producer.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
