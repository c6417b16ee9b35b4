// Starts what carries the queues of a run.
using IntelMq.Azure;
using IntelMq.Bots;
using IntelMq.FunctionsHost.Embedded;
using IntelMq.FunctionsHost.Emulators;
using IntelMq.FunctionsHost.Transports;
using IntelMq.Pipeline;

namespace IntelMq.FunctionsHost.Running;

/// <summary>The transports of a run and the emulators that were started for them.</summary>
internal sealed class RunTransports : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _started = [];
    private KafkaEmulator? _kafka;

    /// <summary>Connects to the transports that the queues of an app name, and starts emulators where no connection is given.</summary>
    /// <exception cref="BotConfigurationException">A broker cannot be used; the sentence tells why.</exception>
    public async Task<ITransport> OpenAsync(CompiledApp app, FunctionRunOptions options, CancellationToken cancellation)
    {
        var transports = new Dictionary<string, ITransport>(StringComparer.Ordinal);
        foreach (var name in app.Queues.Select(queue => queue.Transport).Append(app.Transport).Distinct())
        {
            try
            {
                transports[name] = await OpenAsync(name, app, options, cancellation);
            }
            catch (TransportException error)
            {
                throw new BotConfigurationException(error.Message);
            }
        }

        return transports.Count == 1 ? transports.Values.Single() : new MixedTransport(transports);
    }

    /// <summary>Told when all queues are empty: what keeps messages in memory only may end.</summary>
    public void Emptied()
    {
        if (_kafka is not null)
        {
            _kafka.IsEmpty = true;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var started in Enumerable.Reverse(_started))
        {
            await started.DisposeAsync();
        }
    }

    private async Task<ITransport> OpenAsync(string name, CompiledApp app, FunctionRunOptions options, CancellationToken cancellation)
    {
        var connection = options.Connections.GetValueOrDefault(name);
        switch (name)
        {
            case "sqlite":
                return new EmbeddedTransport(EmbeddedStore.Open(options.DataFolder, options.Clock), options.Clock);
            case "storage-queue":
                if (connection is null)
                {
                    var azurite = Started(await Azurite.StartAsync(Path.Combine(options.DataFolder, "azurite"), cancellation));
                    connection = azurite.ConnectionString;
                }

                var clients = new StorageClients(StorageSettings.Emulator(connection, "--connection"), options.Clock);
                return new StorageQueueTransport(clients.Queues, options.Queues, options.Clock);
            case "kafka":
                var kafka = connection is null ? await OwnKafkaAsync(options, cancellation) : new KafkaOptions { Brokers = connection };
                return await KafkaTransport.OpenAsync(app, kafka, options.Clock, cancellation);
            case "service-bus":
                return await ServiceBusTransport.OpenAsync(NamespaceConnection.Read(connection, name), QueuesOf(app, name), options.ServiceBus, options.Clock, cancellation);
            case "event-hubs":
                var positions = Path.Combine(options.DataFolder, "app", "positions");
                return await EventHubsTransport.OpenAsync(NamespaceConnection.Read(connection, name), QueuesOf(app, name), positions, options.EventHubs, options.Clock, cancellation);
            default:
                return Uri.TryCreate(connection, UriKind.Absolute, out var broker) && broker.Scheme is "amqp" or "amqps"
                    ? new RabbitMqTransport(broker)
                    : throw new BotConfigurationException("RabbitMQ needs the address of a broker: --connection amqp://USER:PASSWORD@HOST:5672/VHOST.");
        }
    }

    private static CompiledQueue[] QueuesOf(CompiledApp app, string transport) => app.Queues.Where(queue => queue.Transport == transport).ToArray();

    // Nobody else is in its groups: whoever does not answer is dead, and its messages come again within seconds.
    private async Task<KafkaOptions> OwnKafkaAsync(FunctionRunOptions options, CancellationToken cancellation)
    {
        _kafka = Started(await KafkaEmulator.StartAsync(Path.Combine(options.DataFolder, "kafka"), cancellation));
        return new KafkaOptions { Brokers = _kafka.Brokers, PartitionRoom = KafkaEmulator.PartitionRoom, FirstPause = TimeSpan.FromSeconds(1), SessionTimeout = TimeSpan.FromSeconds(3) };
    }

    private T Started<T>(T started)
        where T : IAsyncDisposable
    {
        _started.Add(started);
        return started;
    }
}
