// Event hubs as the Event Hubs trigger and output binding use them.
using System.Collections.Concurrent;
using System.Text;
using Azure.Identity;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Producer;
using IntelMq.Bots;
using IntelMq.Pipeline;

namespace IntelMq.FunctionsHost.Transports;

/// <summary>How the Event Hubs trigger treats events (function.json, <c>retry</c>; host.json, <c>extensions.eventHubs</c>).</summary>
public sealed record EventHubsTriggerOptions
{
    /// <summary>The consumer group.</summary>
    public string ConsumerGroup { get; init; } = "$Default";

    /// <summary>A batch that failed is given again after so long; each further time after twice that. As <c>retry</c> has it.</summary>
    public TimeSpan MinimumInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest pause.</summary>
    public TimeSpan MaximumInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Events that are fetched before they are asked for, per partition.</summary>
    public int Prefetch { get; init; } = 8;

    /// <summary>The client waits so long at the broker for an event before it asks anew. One that asked while its connection broke may notice it only then.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How the client tries again by itself.</summary>
    public EventHubsRetryOptions Retries { get; init; } = new()
    {
        MaximumRetries = 2,
        Delay = TimeSpan.FromMilliseconds(200),
        MaximumDelay = TimeSpan.FromSeconds(2),
        TryTimeout = TimeSpan.FromSeconds(10),
    };
}

/// <summary>
/// A batch is events of one partition, in order, and nothing more of that partition is given until it is done: then its position is written to a file of the
/// data folder. A host that was killed begins again behind the last position: at least once, and nothing lost. A batch that failed is given again and again,
/// with a pause; nothing is ever given up, so nothing is poison. The positions are those of one data folder: two runs with folders of their own get
/// everything, each.
/// </summary>
public sealed class EventHubsTransport : ITransport
{
    private readonly ConcurrentDictionary<string, HubReading> _hubs = new(StringComparer.Ordinal);
    private readonly NamespaceConnection _connection;
    private readonly string _positions;
    private readonly EventHubsTriggerOptions _options;
    private readonly TimeProvider _clock;
    private readonly Lazy<DefaultAzureCredential> _identity = new(() => new DefaultAzureCredential());

    private EventHubsTransport(NamespaceConnection connection, string positions, EventHubsTriggerOptions options, TimeProvider clock) =>
        (_connection, _positions, _options, _clock) = (connection, positions, options, clock);

    /// <summary>Connects, and looks whether all hubs are there.</summary>
    /// <param name="connection">The namespace.</param>
    /// <param name="queues">The queues of the app.</param>
    /// <param name="positions">The folder for positions; made where it is missing.</param>
    /// <param name="options">How events are treated.</param>
    /// <param name="clock">The clock of the pauses.</param>
    /// <param name="cancellation">Ends the looking.</param>
    /// <exception cref="BotConfigurationException">Hubs are missing, or the namespace cannot be reached.</exception>
    public static async Task<EventHubsTransport> OpenAsync(
        NamespaceConnection connection, IEnumerable<CompiledQueue> queues, string positions, EventHubsTriggerOptions options, TimeProvider clock, CancellationToken cancellation)
    {
        var transport = new EventHubsTransport(connection, positions, options, clock);
        try
        {
            var missing = new List<string>();
            foreach (var queue in queues)
            {
                if (!await transport.TryOpenAsync(queue, cancellation))
                {
                    missing.Add(queue.Entity);
                }
            }

            return missing.Count == 0 ? transport : throw new BotConfigurationException(
                $"The namespace '{connection.Name}' has no hub {string.Join(", ", missing.Select(name => $"'{name}'"))}. Make each with 'az eventhubs eventhub create --name NAME --namespace-name … --resource-group …'; "
                + "the emulator makes those that its Config.json names.");
        }
        catch (Exception error) when (BrokerFailure.Is(error, cancellation))
        {
            await transport.DisposeAsync();
            throw new BotConfigurationException($"The namespace '{connection.Name}' cannot be used: {BrokerFailure.Sentence(error)} Is it running, and has whoever is signed in the role 'Azure Event Hubs Data Owner'?");
        }
        catch (BotConfigurationException)
        {
            await transport.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<TransportMessage>> ReceiveAsync(CompiledQueue queue, bool poison, int most, CancellationToken cancellation) =>
        poison ? ValueTask.FromResult<IReadOnlyList<TransportMessage>>([]) : HubOf(queue).TakeAsync(most, cancellation);

    /// <inheritdoc/>
    public async ValueTask CompleteAsync(IReadOnlyList<TransportMessage> done, IReadOnlyList<QueuedText> texts, CancellationToken cancellation)
    {
        foreach (var text in texts)
        {
            await SendAsync(text, cancellation);
        }

        if (done.Count > 0)
        {
            ((PartitionReading)done[0].Receipt).Complete(done);
        }
    }

    /// <inheritdoc/>
    public ValueTask AbandonAsync(IReadOnlyList<TransportMessage> batch, CancellationToken cancellation)
    {
        if (batch.Count > 0)
        {
            ((PartitionReading)batch[0].Receipt).Abandon(batch);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>The events behind the positions of all partitions: exact, up to what is being sent while it looks.</summary>
    public ValueTask<long> DepthAsync(CompiledQueue queue, bool poison, CancellationToken cancellation) =>
        poison ? ValueTask.FromResult(0L) : HubOf(queue).DepthAsync(cancellation);

    /// <inheritdoc/>
    public bool IsFull(CompiledQueue queue) => false;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var hub in _hubs.Values)
        {
            await hub.DisposeAsync();
        }

        _hubs.Clear();
    }

    private HubReading HubOf(CompiledQueue queue) =>
        _hubs.GetValueOrDefault(queue.Entity) ?? throw new InvalidOperationException($"The hub '{queue.Entity}' was not opened.");

    private async Task<bool> TryOpenAsync(CompiledQueue queue, CancellationToken cancellation)
    {
        var settings = new EventHubConnectionOptions();
        var connection = _connection.EmulatorText is { } text
            ? new EventHubConnection(text, queue.Entity, settings)
            : new EventHubConnection(_connection.Name, queue.Entity, _identity.Value, settings);
        var producer = new EventHubProducerClient(connection, new EventHubProducerClientOptions { RetryOptions = _options.Retries });
        try
        {
            var partitions = (await producer.GetEventHubPropertiesAsync(cancellation)).PartitionIds;
            var folder = Path.Combine([_positions, .. new[] { _connection.Name, queue.Entity, _options.ConsumerGroup }.Select(name => name.Replace(':', '_'))]);
            _hubs[queue.Entity] = await HubReading.OpenAsync(queue, connection, producer, partitions, folder, _options, _clock, cancellation);
            return true;
        }
        catch (EventHubsException error) when (error.Reason == EventHubsException.FailureReason.ResourceNotFound)
        {
            await producer.DisposeAsync();
            await connection.DisposeAsync();
            return false;
        }
    }

    private async Task SendAsync(QueuedText text, CancellationToken cancellation)
    {
        if (text.Poison)
        {
            throw new NotSupportedException("Event Hubs has no place for what was given up: nothing is.");
        }

        try
        {
            // Each on its own: those beside each other go to the partitions in turn.
            await HubOf(text.Queue).Producer.SendAsync([new EventData(Encoding.UTF8.GetBytes(text.Text))], cancellation);
        }
        catch (Exception error) when (BrokerFailure.Is(error, cancellation))
        {
            throw new TransportException($"The hub '{text.Queue.Entity}' cannot be written to: {BrokerFailure.Sentence(error)}", error);
        }
    }
}
