// The transports that can run here, each with the broker that it needs.
using IntelMq.Azure;
using IntelMq.FunctionsHost.Embedded;
using IntelMq.FunctionsHost.Emulators;
using IntelMq.FunctionsHost.Running;
using IntelMq.FunctionsHost.Transports;
using IntelMq.Pipeline;
using IntelMq.Servers.Tests;

namespace IntelMq.EndToEnd.Tests.Transports;

/// <summary>A transport under test: a broker that lives as long as this object, and hosts that come and go.</summary>
internal sealed class TransportSubject : IAsyncDisposable
{
    private object? _broker;
    private readonly Command _command = new();
    private readonly string _path;

    private TransportSubject(string name)
    {
        Name = name;
        (_path, App) = (_command.InFolder("runtime.yaml"), Compile(_command, name).App);
    }

    /// <summary>The transports, in the order of the table.</summary>
    public static IReadOnlyList<string> Names { get; } = ["sqlite", "storage-queue", "service-bus", "event-hubs", "kafka", "rabbitmq"];

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>How the command is told of the broker; null where it needs none or starts its own.</summary>
    public string? Connection { get; private set; }

    /// <summary>The pipeline of the benchmark, compiled for the transport: six queues.</summary>
    public CompiledApp App { get; }

    /// <summary>Whether the trigger brings many messages at once.</summary>
    public bool IsMany => App.Functions.First(function => function.Kind == FunctionKind.Work).Trigger.Many;

    /// <summary>Starts the broker; skips the test where it cannot run.</summary>
    public static async Task<TransportSubject> StartAsync(string name, LocalRabbitMq rabbit, CancellationToken cancellation)
    {
        Command.SkipWithoutNode(name);
        var subject = new TransportSubject(name);
        switch (name)
        {
            case "storage-queue":
                var azurite = await Azurite.StartAsync(null, cancellation);
                (subject._broker, subject.Connection) = (azurite, azurite.ConnectionString);
                break;
            case "service-bus" or "event-hubs":
                var process = await BrokerProcess.StartAsync(name, subject._path);
                (subject._broker, subject.Connection) = (process, process.ConnectionString);
                break;
            case "kafka":
                // Its file lies where nobody else looks, and nothing is left in it that anybody waits for. The command starts another one.
                var kafka = await KafkaEmulator.StartAsync(subject._command.InFolder("kafka"), cancellation);
                kafka.IsEmpty = true;
                subject._broker = kafka;
                break;
            case "rabbitmq":
                await rabbit.StartAsync();
                subject.Connection = rabbit.Address.ToString();
                break;
        }

        return subject;
    }

    /// <summary>Takes another broker where the one that is there keeps what was read: a run with a folder of its own would read it all again.</summary>
    public async Task RenewAsync()
    {
        if (_broker is BrokerProcess old && Name == "event-hubs")
        {
            old.Dispose();
            var renewed = await BrokerProcess.StartAsync(Name, _path);
            (_broker, Connection) = (renewed, renewed.ConnectionString);
        }
    }

    /// <summary>A broker that runs already; it is disposed with the subject.</summary>
    public static TransportSubject Over(string name, string connection, IAsyncDisposable broker) => new(name) { Connection = connection, _broker = broker };

    /// <summary>Compiles the pipeline of the benchmark for a transport, in a command's folder.</summary>
    public static CompiledFolder Compile(Command command, string name)
    {
        Directory.CreateDirectory(command.InFolder("input"));
        var path = command.Write("runtime.yaml", FilterPipeline.Text(command.InFolder("input")));
        return AppCompiler.Compile(FilterPipeline.Load(path), path, new CompileOptions { Transport = name, LocalPaths = true, HostingPlan = "premium", Authentication = "connection-string" });
    }

    /// <summary>The queue of a name.</summary>
    public CompiledQueue Queue(string name) => App.Queues.Single(queue => queue.Name == name);

    /// <summary>A host's side of the transport.</summary>
    public async Task<ITransport> OpenAsync(CancellationToken cancellation) => Name switch
    {
        "sqlite" => new EmbeddedTransport(EmbeddedStore.Open(_command.InFolder("data"), TimeProvider.System), TimeProvider.System),
        "storage-queue" => new StorageQueueTransport(
            new StorageClients(StorageSettings.Emulator(Connection!), TimeProvider.System).Queues, FunctionRunOptions.OwnEmulator, TimeProvider.System),
        "service-bus" => await ServiceBusTransport.OpenAsync(NamespaceConnection.Read(Connection, Name), App.Queues, new ServiceBusTriggerOptions(), TimeProvider.System, cancellation),
        "event-hubs" => await EventHubsTransport.OpenAsync(NamespaceConnection.Read(Connection, Name), App.Queues, _command.InFolder("positions"), new EventHubsTriggerOptions(), TimeProvider.System, cancellation),
        "rabbitmq" => new RabbitMqTransport(new Uri(Connection!)),
        _ => await KafkaTransport.OpenAsync(App, new KafkaOptions { Brokers = Connection ?? ((KafkaEmulator)_broker!).Brokers, FirstPause = TimeSpan.FromMilliseconds(200) }, TimeProvider.System, cancellation),
    };

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_broker is IAsyncDisposable broker)
        {
            await broker.DisposeAsync();
        }

        (_broker as IDisposable)?.Dispose();
        _command.Dispose();
    }
}
