// Kafka as the trigger and the output binding use it: topics for queues, a consumer group per function, batches of one partition.
using System.Collections.Concurrent;
using System.Text;
using Confluent.Kafka;
using IntelMq.Pipeline;
using IntelMq.Runtime;

namespace IntelMq.FunctionsHost.Transports;

/// <summary>How Kafka is used.</summary>
public sealed record KafkaOptions
{
    /// <summary>The brokers, <c>HOST:PORT</c>, with commas between them.</summary>
    public required string Brokers { get; init; }

    /// <summary>
    /// The broker keeps so many bytes of a partition and drops what is older, read or not; what is sent waits for room. Null for brokers that keep everything
    /// until it is read.
    /// </summary>
    public int? PartitionRoom { get; init; }

    /// <summary>A batch that failed is tried again after this long at first, and twice as long each time up to <see cref="LongestPause"/>.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest pause between two tries.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A member of a group that was not heard of for so long is out, and its partitions go to others.</summary>
    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromSeconds(45);
}

/// <summary>
/// Kafka. The position of a group moves on after what was made of a batch is written; a batch that failed is tried again for ever, and nothing behind it in its
/// partition is looked at meanwhile. Messages with one key lie in one partition.
/// </summary>
public sealed class KafkaTransport : ITransport
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly KafkaOptions _options;
    private readonly TimeProvider _clock;
    private readonly IProducer<string?, byte[]> _producer;
    private readonly ConcurrentDictionary<string, Lazy<KafkaTopic>> _topics = new(StringComparer.Ordinal);
    private readonly Func<CompiledQueue, bool, string> _group;
    private readonly KafkaLag _lag;

    private KafkaTransport(CompiledApp app, KafkaOptions options, TimeProvider clock)
    {
        (_options, _clock) = (options, clock);
        var groups = app.Functions.Where(function => function.Trigger.Queue is not null)
            .ToDictionary(function => (function.Trigger.Queue!, function.Kind == FunctionKind.Poison), function => function.Name);

        // As function.json has it. A queue that nobody of this app reads has no group.
        _group = (queue, poison) => groups.GetValueOrDefault((queue.Name, poison), queue.Entity);
        _producer = new ProducerBuilder<string?, byte[]>(new ProducerConfig
        {
            BootstrapServers = options.Brokers,
            Acks = Acks.All,
            EnableIdempotence = true,
            LingerMs = 1,

            // A frame of the longest kind, in base64 and with what Kafka puts around it.
            MessageMaxBytes = 1_048_576,
            MessageTimeoutMs = (int)s_patience.TotalMilliseconds,
            Partitioner = Confluent.Kafka.Partitioner.ConsistentRandom,
            AllowAutoCreateTopics = true,
        }).SetLogHandler((_, _) => { }).Build();
        _lag = new KafkaLag(_producer.Handle);
    }

    /// <summary>Connects, and makes the topics that are missing.</summary>
    /// <exception cref="TransportException">The brokers cannot be reached, or topics are missing and cannot be made.</exception>
    public static async Task<KafkaTransport> OpenAsync(CompiledApp app, KafkaOptions options, TimeProvider clock, CancellationToken cancellation)
    {
        var transport = new KafkaTransport(app, options, clock);
        try
        {
            var topics = app.Queues.Where(queue => queue.Transport == "kafka").SelectMany(queue => new[] { queue.Entity, queue.Poison! }).ToArray();
            await KafkaTopics.MakeAsync(transport._producer.Handle, options.Brokers, topics, cancellation);
            if (options.PartitionRoom is not null)
            {
                foreach (var topic in app.Queues.Where(queue => queue.Transport == "kafka").Select(queue => transport.Of(queue, poison: false)))
                {
                    topic.CountLeft(await transport._lag.OfAsync(topic.Name, topic.Group));
                }
            }

            return transport;
        }
        catch
        {
            await transport.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<TransportMessage>> ReceiveAsync(CompiledQueue queue, bool poison, int most, CancellationToken cancellation)
    {
        var batch = Guard($"The topic '{TopicOf(queue, poison)}' cannot be read", () => Of(queue, poison).Take(most));
        return ValueTask.FromResult<IReadOnlyList<TransportMessage>>(batch.Messages.Select(message => new TransportMessage(
            queue, poison, message.TopicPartitionOffset.ToString(), message.Message.Value, batch.Tries == 0 ? 0 : batch.Tries + 1, batch)
        {
            Key = message.Message.Key,
            Partition = message.Partition.Value.ToString(System.Globalization.CultureInfo.InvariantCulture),
            Sequence = message.Offset.Value,
            Enqueued = new DateTimeOffset(message.Message.Timestamp.UtcDateTime, TimeSpan.Zero),
        }).ToArray());
    }

    /// <inheritdoc/>
    public async ValueTask CompleteAsync(IReadOnlyList<TransportMessage> done, IReadOnlyList<QueuedText> texts, CancellationToken cancellation)
    {
        try
        {
            var sent = new List<Task>();
            foreach (var text in texts)
            {
                // What is sent to the own queue cannot wait for room there: nobody else makes it.
                var isOwn = done is [{ Queue: var queue }, ..] && queue.Name == text.Queue.Name;
                sent.Add(await SendAsync(text, waits: !isOwn, cancellation));
            }

            await Task.WhenAll(sent);
        }
        catch (KafkaException error)
        {
            throw new TransportException($"Kafka does not take a message: {error.Error.Reason}", error);
        }

        if (done is [{ } first, ..])
        {
            Guard($"The position in the topic '{TopicOf(first.Queue, first.Poison)}' cannot be kept", () => Of(first.Queue, first.Poison).Complete((KafkaBatch)first.Receipt));
        }
    }

    /// <inheritdoc/>
    public ValueTask AbandonAsync(IReadOnlyList<TransportMessage> batch, CancellationToken cancellation)
    {
        var given = (KafkaBatch)batch[0].Receipt;
        var pause = _options.FirstPause * Math.Pow(2, Math.Min(given.Tries, 20));
        Of(batch[0].Queue, batch[0].Poison).GiveBack(given, _clock.GetUtcNow() + (pause < _options.LongestPause ? pause : _options.LongestPause));
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask<long> DepthAsync(CompiledQueue queue, bool poison, CancellationToken cancellation)
    {
        var topic = TopicOf(queue, poison);
        try
        {
            return (await _lag.OfAsync(topic, Of(queue, poison).Group).WaitAsync(cancellation)).Values.Sum();
        }
        catch (KafkaException error)
        {
            throw new TransportException($"The lag of the topic '{topic}' cannot be told: {error.Error.Reason}", error);
        }
    }

    /// <inheritdoc/>
    public bool IsFull(CompiledQueue queue) => _options.PartitionRoom is not null && !Of(queue, poison: false).HasRoom;

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        foreach (var topic in _topics.Values.Where(topic => topic.IsValueCreated))
        {
            topic.Value.Dispose();
        }

        _lag.Dispose();
        _producer.Dispose();
        return ValueTask.CompletedTask;
    }

    private static string TopicOf(CompiledQueue queue, bool poison) => poison ? queue.Poison! : queue.Entity;

    private static T Guard<T>(string what, Func<T> ask)
    {
        try
        {
            return ask();
        }
        catch (KafkaException error)
        {
            throw new TransportException($"{what}: {error.Error.Reason}", error);
        }
    }

    private static void Guard(string what, Action ask) => Guard(what, () =>
    {
        ask();
        return true;
    });

    private KafkaTopic Of(CompiledQueue queue, bool poison) => _topics.GetOrAdd(
        TopicOf(queue, poison),
        (topic, transport) => new Lazy<KafkaTopic>(() => new KafkaTopic(topic, transport._group(queue, poison), transport._options, queue.FrameLimit, transport._clock)),
        this).Value;

    // The output binding: an envelope gives the key, any other text is a message without one.
    private async Task<Task> SendAsync(QueuedText text, bool waits, CancellationToken cancellation)
    {
        var envelope = KafkaEnvelope.TryRead(Encoding.UTF8.GetBytes(text.Text));
        var message = new Message<string?, byte[]> { Key = envelope?.Key, Value = Encoding.UTF8.GetBytes(envelope?.Value ?? text.Text) };
        var topic = TopicOf(text.Queue, text.Poison);
        if (_options.PartitionRoom is null || text.Poison)
        {
            return _producer.ProduceAsync(topic, message, cancellation);
        }

        // One after the other: where a message will lie is known only when it lies there.
        await Of(text.Queue, poison: false).SendAsync(message.Value.Length, waits, async () => (await _producer.ProduceAsync(topic, message, cancellation)).Partition, cancellation);
        return Task.CompletedTask;
    }
}
