// One topic as one consumer group reads it.
using Confluent.Kafka;

namespace IntelMq.FunctionsHost.Transports;

/// <summary>Messages of one partition, in order.</summary>
/// <param name="Assignment">During which assignment of partitions they were taken.</param>
/// <param name="Messages">The messages.</param>
/// <param name="Tries">How often they were tried before.</param>
internal sealed record KafkaBatch(int Assignment, IReadOnlyList<ConsumeResult<string?, byte[]>> Messages, int Tries);

/// <summary>Reads a topic for a group, one batch of each partition at a time, and knows how much of it nobody has read yet. Thread-safe.</summary>
internal sealed class KafkaTopic : IDisposable
{
    // Messages that wait here per partition before the client is told to fetch no more of it.
    private const int MostWaiting = 32;

    private readonly TimeProvider _clock;
    private readonly int? _room;
    private readonly int _frameLimit;
    private readonly Lock _lock = new();
    private readonly IConsumer<string?, byte[]> _consumer;
    private readonly Dictionary<Partition, KafkaPartition> _partitions = [];
    private readonly Dictionary<int, long> _unread = [];
    private readonly Dictionary<int, long> _left = [];
    private readonly SemaphoreSlim _sending = new(1);
    private int _assignment;
    private bool _isJoined;

    public KafkaTopic(string topic, string group, KafkaOptions options, int frameLimit, TimeProvider clock)
    {
        (Name, Group, _clock, _room, _frameLimit) = (topic, group, clock, options.PartitionRoom, frameLimit);
        _consumer = new ConsumerBuilder<string?, byte[]>(new ConsumerConfig
        {
            BootstrapServers = options.Brokers,
            GroupId = group,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,
            AllowAutoCreateTopics = true,
            SessionTimeoutMs = (int)options.SessionTimeout.TotalMilliseconds,
            HeartbeatIntervalMs = (int)(options.SessionTimeout / 10).TotalMilliseconds,
            MaxPollIntervalMs = 900_000,
            QueuedMaxMessagesKbytes = 16_384,
            FetchMaxBytes = 16 * 1024 * 1024,
            FetchWaitMaxMs = 100,
        })
            .SetLogHandler((_, _) => { })
            .SetPartitionsAssignedHandler((_, partitions) => Assign(partitions))
            .SetPartitionsRevokedHandler((_, partitions) => Forget(partitions))
            .SetPartitionsLostHandler((_, partitions) => Forget(partitions))
            .Build();
    }

    /// <summary>Whether every partition has room for another message.</summary>
    public bool HasRoom
    {
        get
        {
            lock (_lock)
            {
                return _unread.Values.All(bytes => bytes < _room);
            }
        }
    }

    /// <summary>The next batch; none if nothing is there or all that is there waits for one that is under way.</summary>
    public KafkaBatch Take(int most)
    {
        lock (_lock)
        {
            Join();
            Fetch();
            var now = _clock.GetUtcNow();
            foreach (var (number, partition) in _partitions)
            {
                if (!partition.IsUnderWay && partition.NotBefore <= now && Take(number, partition, most) is { } batch)
                {
                    partition.IsUnderWay = true;
                    return batch;
                }
            }

            return new KafkaBatch(_assignment, [], 0);
        }
    }

    /// <summary>Moves the group's position behind a batch.</summary>
    public void Complete(KafkaBatch batch)
    {
        lock (_lock)
        {
            if (batch.Assignment != _assignment || batch.Messages is not [.., var last])
            {
                // The partition is another member's by now, who gets the batch too: it is handled twice, which the ids show.
                return;
            }

            _consumer.Commit([new TopicPartitionOffset(last.TopicPartition, last.Offset + 1)]);
            _partitions[last.Partition].IsUnderWay = false;
            CountRead(last.Partition.Value, batch);
        }
    }

    /// <summary>Takes a batch back, to be given again at a time and before anything behind it.</summary>
    public void GiveBack(KafkaBatch batch, DateTimeOffset due)
    {
        lock (_lock)
        {
            if (batch.Assignment == _assignment && _partitions.TryGetValue(batch.Messages[0].Partition, out var partition))
            {
                (partition.Again, partition.NotBefore, partition.IsUnderWay) = (batch with { Tries = batch.Tries + 1 }, due, false);
            }
        }
    }

    /// <summary>The topic.</summary>
    public string Name { get; }

    /// <summary>The group that reads here.</summary>
    public string Group { get; }

    /// <summary>Counts what a host before this one left unread: as frames of the longest kind, since nobody knows.</summary>
    public void CountLeft(IReadOnlyDictionary<int, long> lags)
    {
        lock (_lock)
        {
            foreach (var (partition, lag) in lags)
            {
                (_left[partition], _unread[partition]) = (lag, lag * _frameLimit);
            }
        }
    }

    /// <summary>Sends a message when there is room for it, and counts it as unread.</summary>
    public async Task SendAsync(int length, bool waits, Func<Task<Partition>> send, CancellationToken cancellation)
    {
        while (!await TrySendAsync(length, waits, send, cancellation))
        {
            // Real time on purpose: whoever reads the topic makes room, and needs no clock for it.
            await Task.Delay(5, cancellation);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            // Says goodbye to the group, so that others need not wait for the session to end.
            _consumer.Close();
            _consumer.Dispose();
        }

        _sending.Dispose();
    }

    // Who waits holds up nobody: a reader of the topic may have to send to it before it can go on.
    private async Task<bool> TrySendAsync(int length, bool waits, Func<Task<Partition>> send, CancellationToken cancellation)
    {
        await _sending.WaitAsync(cancellation);
        try
        {
            if (waits && !HasRoom)
            {
                return false;
            }

            var partition = await send();
            lock (_lock)
            {
                _unread[partition.Value] = _unread.GetValueOrDefault(partition.Value) + length;
            }

            return true;
        }
        finally
        {
            _sending.Release();
        }
    }

    // What was counted as a frame of the longest kind leaves as one, however long it was.
    private void CountRead(int partition, KafkaBatch batch)
    {
        if (!_unread.TryGetValue(partition, out var bytes))
        {
            return;
        }

        var left = (int)Math.Min(_left.GetValueOrDefault(partition), batch.Messages.Count);
        _left[partition] = _left.GetValueOrDefault(partition) - left;
        _unread[partition] = Math.Max(0, bytes - ((long)left * _frameLimit) - batch.Messages.Skip(left).Sum(message => (long)message.Message.Value.Length));
    }

    private void Fetch()
    {
        for (var polled = 0; polled < MostWaiting && _consumer.Consume(TimeSpan.Zero) is { } message; polled++)
        {
            var partition = _partitions[message.Partition];
            partition.Waiting.Enqueue(message);
            if (partition.Waiting.Count >= MostWaiting && !partition.IsPaused)
            {
                partition.IsPaused = true;
                _consumer.Pause([message.TopicPartition]);
            }
        }
    }

    private KafkaBatch? Take(Partition number, KafkaPartition partition, int most)
    {
        if (partition.Again is { } again)
        {
            partition.Again = null;
            return again;
        }

        var messages = new List<ConsumeResult<string?, byte[]>>();
        while (messages.Count < most && partition.Waiting.TryDequeue(out var message))
        {
            messages.Add(message);
        }

        if (partition.IsPaused && partition.Waiting.Count == 0)
        {
            partition.IsPaused = false;
            _consumer.Resume([new TopicPartition(Name, number)]);
        }

        return messages.Count > 0 ? new KafkaBatch(_assignment, messages, 0) : null;
    }

    private void Join()
    {
        if (!_isJoined)
        {
            _consumer.Subscribe(Name);
            _isJoined = true;
        }
    }

    // Both are called from within Consume, that is under the lock.
    private void Assign(List<TopicPartition> partitions)
    {
        foreach (var partition in partitions)
        {
            _partitions[partition.Partition] = new KafkaPartition();
        }
    }

    private void Forget(List<TopicPartitionOffset> partitions)
    {
        _assignment++;
        foreach (var partition in partitions)
        {
            _partitions.Remove(partition.Partition);
        }
    }

    /// <summary>A partition that this member reads.</summary>
    private sealed class KafkaPartition
    {
        public Queue<ConsumeResult<string?, byte[]>> Waiting { get; } = [];

        public bool IsPaused { get; set; }

        public bool IsUnderWay { get; set; }

        public KafkaBatch? Again { get; set; }

        public DateTimeOffset NotBefore { get; set; } = DateTimeOffset.MinValue;
    }
}
