// One partition of a hub, read by one trigger.
using System.Globalization;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Consumer;
using Azure.Messaging.EventHubs.Primitives;
using IntelMq.Pipeline;

namespace IntelMq.FunctionsHost.Transports;

/// <summary>
/// Gives one batch at a time. Asks the broker once and lets it wait: whoever looks in the meantime is told at once that nothing is there. Thread-safe.
/// </summary>
internal sealed class PartitionReading(CompiledQueue queue, string id, EventHubConnection connection, PositionFile position, EventHubsTriggerOptions options, TimeProvider clock) : IAsyncDisposable
{
    // An event that lies there already comes within this time.
    private static readonly TimeSpan s_firstLook = TimeSpan.FromMilliseconds(200);

    private readonly SemaphoreSlim _gate = new(1);
    private readonly CancellationTokenSource _ending = new();
    private readonly Lock _batches = new();
    private readonly Queue<EventData> _ready = new();
    private PartitionReceiver? _receiver;
    private Task<IReadOnlyList<EventData>>? _asked;
    private bool _mayBeMore = true;
    private bool _isUnderWay;
    private Failed? _failed;
    private long _taken = position.Value;

    /// <summary>The partition.</summary>
    public string Id => id;

    /// <summary>The number of the last event that is done; -1 for none.</summary>
    public long Position => position.Value;

    /// <summary>The next batch; none while one is under way, or before one that failed is due.</summary>
    public async ValueTask<IReadOnlyList<TransportMessage>> TakeAsync(int most, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            lock (_batches)
            {
                if (_isUnderWay)
                {
                    return [];
                }

                if (_failed is { } failed)
                {
                    _isUnderWay = clock.GetUtcNow() >= failed.Due;
                    return _isUnderWay ? failed.Batch : [];
                }
            }

            await FetchAsync(cancellation);
            var batch = new List<TransportMessage>();
            while (batch.Count < most && _ready.TryDequeue(out var next))
            {
                batch.Add(Taken(next));
            }

            lock (_batches)
            {
                _isUnderWay = batch.Count > 0;
            }

            return batch;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>A batch is done.</summary>
    public void Complete(IReadOnlyList<TransportMessage> batch)
    {
        lock (_batches)
        {
            position.Write(Math.Max(position.Value, batch.Max(message => message.Sequence)));
            (_isUnderWay, _failed) = (false, null);
        }
    }

    /// <summary>A batch failed: it comes again after a pause, and nothing of the partition goes past it.</summary>
    public void Abandon(IReadOnlyList<TransportMessage> batch)
    {
        lock (_batches)
        {
            // Tries are counted from one, and the first delivery is told as none.
            var tries = (_failed?.Tries ?? 0) + 1;
            var pause = TimeSpan.FromTicks((long)Math.Min(options.MinimumInterval.Ticks * Math.Pow(2, Math.Min(tries - 1, 30)), options.MaximumInterval.Ticks));
            _failed = new Failed([.. batch.Select(message => message with { Deliveries = tries + 1 })], tries, clock.GetUtcNow() + pause);
            _isUnderWay = false;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        if (_asked is { } asked)
        {
            // What it brings is behind the position.
            await asked.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        if (_receiver is not null)
        {
            await _receiver.DisposeAsync();
        }

        _ending.Dispose();
        _gate.Dispose();
    }

    private async Task FetchAsync(CancellationToken cancellation)
    {
        if (_ready.Count > 0)
        {
            return;
        }

        if (_asked is null)
        {
            _asked = AskAsync();
            await Task.WhenAny(_asked, _mayBeMore ? Task.Delay(s_firstLook, cancellation) : Task.CompletedTask);
        }

        if (_asked.IsCompleted)
        {
            var answer = _asked;
            _asked = null;
            foreach (var next in await answer)
            {
                _ready.Enqueue(next);
                _taken = next.SequenceNumber;
            }

            _mayBeMore = _ready.Count > 0;
        }
    }

    private async Task<IReadOnlyList<EventData>> AskAsync()
    {
        try
        {
            _receiver ??= new PartitionReceiver(
                options.ConsumerGroup,
                id,
                _taken < 0 ? EventPosition.Earliest : EventPosition.FromSequenceNumber(_taken, isInclusive: false),
                connection,
                new PartitionReceiverOptions { PrefetchCount = options.Prefetch, RetryOptions = options.Retries });
            return [.. await _receiver.ReceiveBatchAsync(options.Prefetch, options.LongestWait, _ending.Token)];
        }
        catch (Exception error) when (BrokerFailure.Is(error, _ending.Token))
        {
            // The next receiver begins behind what this one gave.
            var broken = _receiver;
            _receiver = null;
            if (broken is not null)
            {
                await broken.DisposeAsync();
            }

            throw new TransportException($"The partition {id} of the hub '{queue.Entity}' cannot be read: {BrokerFailure.Sentence(error)}", error);
        }
    }

    private TransportMessage Taken(EventData data) =>
        new(queue, false, string.Create(CultureInfo.InvariantCulture, $"{id}/{data.SequenceNumber}"), data.EventBody.ToMemory(), 0, this)
        {
            Key = data.PartitionKey,
            Partition = id,
            Sequence = data.SequenceNumber,
            Enqueued = data.EnqueuedTime,
        };

    private sealed record Failed(IReadOnlyList<TransportMessage> Batch, int Tries, DateTimeOffset Due);
}
