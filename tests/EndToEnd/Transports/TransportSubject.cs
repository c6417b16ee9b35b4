// The transports that can run here, each with the broker that it needs.
using IntelMq.Azure;
using IntelMq.FunctionsHost.Embedded;
using IntelMq.FunctionsHost.Emulators;
using IntelMq.FunctionsHost.Running;
using IntelMq.FunctionsHost.Transports;
using IntelMq.Pipeline;

namespace IntelMq.EndToEnd.Tests.Transports;

/// <summary>A transport under test: a broker that lives as long as this object, and hosts that come and go.</summary>
internal sealed class TransportSubject : IAsyncDisposable
{
    private readonly IAsyncDisposable? _broker;
    private readonly Command _command = new();

    private TransportSubject(string name, string? connection, IAsyncDisposable? broker)
    {
        (Name, Connection, _broker) = (name, connection, broker);
        App = Compile(_command, name).App;
    }

    /// <summary>The transports, in the order of the table.</summary>
    public static IReadOnlyList<string> Names { get; } = ["sqlite", "storage-queue", "kafka"];

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>How the command is told of the broker; null where it needs none or starts its own.</summary>
    public string? Connection { get; }

    /// <summary>The pipeline of the benchmark, compiled for the transport: six queues.</summary>
    public CompiledApp App { get; }

    /// <summary>Whether the trigger brings many messages at once.</summary>
    public bool IsMany => App.Functions.First(function => function.Kind == FunctionKind.Work).Trigger.Many;

    /// <summary>Starts the broker; skips the test where it cannot run.</summary>
    public static async Task<TransportSubject> StartAsync(string name, CancellationToken cancellation)
    {
        Command.SkipWithoutNode(name);
        switch (name)
        {
            case "storage-queue":
                var azurite = await Azurite.StartAsync(null, cancellation);
                return new TransportSubject(name, azurite.ConnectionString, azurite);
            case "kafka":
                // Its file lies where nobody else looks, and nothing is left in it that anybody waits for.
                var kafka = await KafkaEmulator.StartAsync(Directory.CreateTempSubdirectory("intelmq-kafka-").FullName, cancellation);
                kafka.IsEmpty = true;
                return new TransportSubject(name, null, kafka);
            default:
                return new TransportSubject(name, null, null);
        }
    }

    /// <summary>A broker that runs already; it is disposed with the subject.</summary>
    public static TransportSubject Over(string name, string connection, IAsyncDisposable broker) => new(name, connection, broker);

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
        _ => await KafkaTransport.OpenAsync(App, new KafkaOptions { Brokers = Connection ?? ((KafkaEmulator)_broker!).Brokers, FirstPause = TimeSpan.FromMilliseconds(200) }, TimeProvider.System, cancellation),
    };

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_broker is not null)
        {
            await _broker.DisposeAsync();
        }

        _command.Dispose();
    }
}
