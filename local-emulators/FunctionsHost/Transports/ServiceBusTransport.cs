// Queues of Service Bus as the Service Bus trigger and output binding use them.
using System.Collections.Concurrent;
using System.Text;
using Azure;
using Azure.Identity;
using Azure.Messaging.ServiceBus;
using Azure.Messaging.ServiceBus.Administration;
using IntelMq.Bots;
using IntelMq.Pipeline;

namespace IntelMq.FunctionsHost.Transports;

/// <summary>How the Service Bus trigger treats messages (host.json, <c>extensions.serviceBus</c>).</summary>
public sealed record ServiceBusTriggerOptions
{
    /// <summary>The lock of a message is renewed for so long while it is handled; then it comes again. As host.json has it.</summary>
    public TimeSpan MaxAutoLockRenewalDuration { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The client waits so long at the broker for a message before it asks anew. One that asked while its connection broke may notice it only then.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How the client tries again by itself.</summary>
    public ServiceBusRetryOptions Retries { get; init; } = new()
    {
        MaxRetries = 2,
        Delay = TimeSpan.FromMilliseconds(200),
        MaxDelay = TimeSpan.FromSeconds(2),
        TryTimeout = TimeSpan.FromSeconds(10),
    };
}

/// <summary>
/// Messages are peeked and locked; what a function made is sent before its message is completed: a crash between the two makes messages twice, and never
/// loses one. The broker counts the deliveries and moves what failed too often to the queue's dead-letter queue, which is where poison lies.
/// </summary>
public sealed class ServiceBusTransport : ITransport
{
    // What is counted by peeking is fetched: no more than this.
    private const int MostCounted = 64;

    private readonly ServiceBusClient _client;
    private readonly ServiceBusAdministrationClient? _administration;
    private readonly ServiceBusTriggerOptions _options;
    private readonly TimeProvider _clock;
    private readonly ConcurrentDictionary<string, ServiceBusSender> _senders = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Queue, bool Poison), Lazy<ServiceBusReading>> _readings = new();
    private bool _mayAdministrate = true;

    private ServiceBusTransport(ServiceBusClient client, ServiceBusAdministrationClient? administration, ServiceBusTriggerOptions options, TimeProvider clock) =>
        (_client, _administration, _options, _clock) = (client, administration, options, clock);

    /// <summary>Connects, and looks whether all queues are there.</summary>
    /// <param name="connection">The namespace.</param>
    /// <param name="queues">The queues of the app.</param>
    /// <param name="options">How messages are treated.</param>
    /// <param name="clock">The clock by which locks are renewed.</param>
    /// <param name="cancellation">Ends the looking.</param>
    /// <exception cref="BotConfigurationException">Queues are missing, or the namespace cannot be reached.</exception>
    public static async Task<ServiceBusTransport> OpenAsync(
        NamespaceConnection connection, IEnumerable<CompiledQueue> queues, ServiceBusTriggerOptions options, TimeProvider clock, CancellationToken cancellation)
    {
        var settings = new ServiceBusClientOptions { RetryOptions = options.Retries };
        var transport = connection.EmulatorText is { } text
            ? new ServiceBusTransport(new ServiceBusClient(text, settings), null, options, clock)
            : Real(connection.Name, settings, options, clock);
        try
        {
            var missing = new List<string>();
            foreach (var queue in queues.Select(queue => queue.Entity))
            {
                if (!await transport.ExistsAsync(queue, cancellation))
                {
                    missing.Add(queue);
                }
            }

            return missing.Count == 0 ? transport : throw new BotConfigurationException(
                $"The namespace '{connection.Name}' has no queue {string.Join(", ", missing.Select(name => $"'{name}'"))}. Make each with 'az servicebus queue create --name NAME --namespace-name … --resource-group …'; "
                + "the emulator makes those that its Config.json names.");
        }
        catch (Exception error) when (BrokerFailure.Is(error, cancellation))
        {
            await transport.DisposeAsync();
            throw new BotConfigurationException($"The namespace '{connection.Name}' cannot be used: {BrokerFailure.Sentence(error)} Is it running, and has whoever is signed in the role 'Azure Service Bus Data Owner'?");
        }
        catch (BotConfigurationException)
        {
            await transport.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<TransportMessage>> ReceiveAsync(CompiledQueue queue, bool poison, int most, CancellationToken cancellation) =>
        ReadingOf(queue, poison).TakeAsync(most, cancellation);

    /// <inheritdoc/>
    public async ValueTask CompleteAsync(IReadOnlyList<TransportMessage> done, IReadOnlyList<QueuedText> texts, CancellationToken cancellation)
    {
        foreach (var text in texts)
        {
            await SendAsync(text, cancellation);
        }

        foreach (var message in done)
        {
            await ((ServiceBusLease)message.Receipt).CompleteAsync(cancellation);
        }
    }

    /// <inheritdoc/>
    public async ValueTask AbandonAsync(IReadOnlyList<TransportMessage> batch, CancellationToken cancellation)
    {
        foreach (var message in batch)
        {
            await ((ServiceBusLease)message.Receipt).AbandonAsync(cancellation);
        }
    }

    /// <summary>
    /// The messages of a queue, locked ones included. Whether there is one is exact: it is peeked. How many there are is the service's own count, which may
    /// be some seconds old; without the right to ask for it (and at an emulator) up to 64 are counted by peeking, and 64 stands for more.
    /// </summary>
    public async ValueTask<long> DepthAsync(CompiledQueue queue, bool poison, CancellationToken cancellation)
    {
        var peeked = await ReadingOf(queue, poison).PeekAsync(_administration is null || !_mayAdministrate ? MostCounted : 1, cancellation);
        if (peeked == 0 || _administration is null || !_mayAdministrate)
        {
            return peeked;
        }

        try
        {
            var counts = (await _administration.GetQueueRuntimePropertiesAsync(queue.Entity, cancellation)).Value;
            return Math.Max(peeked, poison ? counts.DeadLetterMessageCount : counts.ActiveMessageCount);
        }
        catch (Exception error) when (error is RequestFailedException || BrokerFailure.Is(error, cancellation))
        {
            _mayAdministrate = error is not UnauthorizedAccessException;
            return peeked;
        }
    }

    /// <inheritdoc/>
    public bool IsFull(CompiledQueue queue) => false;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var reading in _readings.Values)
        {
            await reading.Value.DisposeAsync();
        }

        _readings.Clear();
        await _client.DisposeAsync();
    }

    private static ServiceBusTransport Real(string name, ServiceBusClientOptions settings, ServiceBusTriggerOptions options, TimeProvider clock)
    {
        var identity = new DefaultAzureCredential();
        return new ServiceBusTransport(new ServiceBusClient(name, identity, settings), new ServiceBusAdministrationClient(name, identity), options, clock);
    }

    private ServiceBusReading ReadingOf(CompiledQueue queue, bool poison) => _readings.GetOrAdd((queue.Entity, poison), _ => new Lazy<ServiceBusReading>(() =>
        new ServiceBusReading(
            queue, poison, _client.CreateReceiver(queue.Entity, new ServiceBusReceiverOptions { SubQueue = poison ? SubQueue.DeadLetter : SubQueue.None }), _options, _clock))).Value;

    private async Task<bool> ExistsAsync(string queue, CancellationToken cancellation)
    {
        try
        {
            await using var receiver = _client.CreateReceiver(queue);
            await receiver.PeekMessageAsync(1, cancellation);
            return true;
        }
        catch (ServiceBusException error) when (error.Reason == ServiceBusFailureReason.MessagingEntityNotFound)
        {
            return false;
        }
    }

    private async Task SendAsync(QueuedText text, CancellationToken cancellation)
    {
        if (text.Poison)
        {
            throw new NotSupportedException("Nobody writes to a dead-letter queue of Service Bus: the broker moves messages there.");
        }

        var name = text.Queue.Entity;
        try
        {
            var sender = _senders.GetOrAdd(name, _client.CreateSender);
            await sender.SendMessageAsync(new ServiceBusMessage(Encoding.UTF8.GetBytes(text.Text)) { ContentType = "text/plain" }, cancellation);
        }
        catch (Exception error) when (BrokerFailure.Is(error, cancellation))
        {
            throw new TransportException($"The queue '{name}' cannot be written to: {BrokerFailure.Sentence(error)}", error);
        }
    }
}
