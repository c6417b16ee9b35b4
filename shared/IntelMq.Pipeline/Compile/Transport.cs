// What the compiler knows of each transport.
using System.Globalization;

namespace IntelMq.Pipeline.Compile;

/// <summary>A transport: its limits and what its messages arrive through.</summary>
/// <param name="Name">The name in pipeline files and on the command line.</param>
/// <param name="TriggerType">The host's name of its trigger.</param>
/// <param name="OutputType">The host's name of its output binding.</param>
/// <param name="FrameLimit">The longest frame, in bytes of text.</param>
/// <param name="Batch">How many frames are under way at once in one instance.</param>
/// <param name="Many">Whether one call brings a batch.</param>
/// <param name="Poison">Whether messages that the broker gave up on lie somewhere to be fetched.</param>
internal sealed record Transport(string Name, string TriggerType, string OutputType, int FrameLimit, int Batch, bool Many, bool Poison)
{
    /// <summary>The transport of an app that names none.</summary>
    public const string Default = "storage-queue";

    /// <summary>The local one.</summary>
    public const string Sqlite = "sqlite";

    /// <summary>The frames of one call or one prefetch together stay below this, in bytes.</summary>
    public const int LargestBatch = 8_000_000;

    // A Storage queue message holds 64 KiB; of Service Bus' 256 KiB and the mebibyte of the others the headers take some.
    private const int KiB = 1024;

    /// <summary>All transports, by name.</summary>
    public static IReadOnlyDictionary<string, Transport> All { get; } = new Transport[]
    {
        new(Sqlite, "queueTrigger", "queue", 256 * KiB, 16, Many: false, Poison: true),
        new("storage-queue", "queueTrigger", "queue", 48 * KiB, 16, Many: false, Poison: true),
        new("service-bus", "serviceBusTrigger", "serviceBus", 192 * KiB, 16, Many: false, Poison: true),

        // These two move on after a failed batch unless the function retries for ever, so nothing is ever given up on.
        new("event-hubs", "eventHubTrigger", "eventHub", 900 * KiB, 8, Many: true, Poison: false),
        new("kafka", "kafkaTrigger", "kafka", 900 * KiB, 8, Many: true, Poison: true),
        new("rabbitmq", "rabbitMQTrigger", "rabbitMQ", 900 * KiB, 8, Many: false, Poison: true),
    }.ToDictionary(transport => transport.Name, StringComparer.Ordinal);
}

/// <summary>The names of the app settings that hold connections.</summary>
internal static class Connections
{
    /// <summary>The account of the app itself: state, dead letters, parked frames, claim checks. It is opened by the app, not by the host.</summary>
    public const string Storage = "IntelMqStorage";

    public const string Queues = "IntelMqQueues";
    public const string ServiceBus = "IntelMqServiceBus";
    public const string EventHubs = "IntelMqEventHubs";
    public const string KafkaBrokers = "IntelMqKafkaBrokers";
    public const string KafkaUsername = "IntelMqKafkaUsername";
    public const string KafkaPassword = "IntelMqKafkaPassword";
    public const string RabbitMq = "IntelMqRabbitMq";

    /// <summary>The settings of a transport in Azure: the name and what stands there.</summary>
    public static IEnumerable<(string Setting, string Meaning)> Settings(string transport, string authentication) => (transport, authentication) switch
    {
        ("storage-queue", "identity") => Identity(Queues, "queueServiceUri", "the queue endpoint of the storage account: https://ACCOUNT.queue.core.windows.net"),
        ("service-bus", "identity") =>
        [
            .. Identity(ServiceBus, "fullyQualifiedNamespace", "the namespace: NAME.servicebus.windows.net"),
            ($"{ServiceBus}__resourceId", "the namespace's resource id, to report how full its queues are (needs the role 'Reader' on it); may be left out"),
        ],
        ("event-hubs", "identity") => Identity(EventHubs, "fullyQualifiedNamespace", "the namespace: NAME.servicebus.windows.net"),
        ("kafka", _) => [(KafkaBrokers, "the brokers: HOST:PORT,HOST:PORT")],
        ("storage-queue", _) => [(Queues, "the connection string of the storage account")],
        ("service-bus", _) => [(ServiceBus, "the connection string of the namespace")],
        ("event-hubs", _) => [(EventHubs, "the connection string of the namespace")],
        _ => [],
    };

    /// <summary>The secrets of a transport.</summary>
    public static IEnumerable<CompiledSecret> Secrets(string transport, string authentication) => (transport, authentication) switch
    {
        ("kafka", "identity") =>
        [
            new CompiledSecret(KafkaUsername, transport, "username", "The user at the Kafka brokers."),
            new CompiledSecret(KafkaPassword, transport, "password", "The password at the Kafka brokers."),
        ],
        ("rabbitmq", _) => [new CompiledSecret(RabbitMq, transport, "connectionString", "The URI of the broker with user and password: amqps://USER:PASSWORD@HOST:5671/VHOST.")],
        _ => [],
    };

    /// <summary>The settings of a transport on a developer's machine: the ports of local-emulators/compose.yaml.</summary>
    public static IEnumerable<(string Setting, string Value)> Local(string transport) => transport switch
    {
        "storage-queue" => [(Queues, LocalSettings.DevelopmentStorage)],
        "service-bus" => [(ServiceBus, Emulator(5673))],
        "event-hubs" => [(EventHubs, Emulator(5674))],
        "kafka" => [(KafkaBrokers, "localhost:9092")],
        "rabbitmq" => [(RabbitMq, "amqp://localhost:5672")],
        _ => [],
    };

    // No secret: both emulators take these words and no others. RabbitMQ has 5672, where they would listen too.
    private static string Emulator(int port) =>
        string.Create(CultureInfo.InvariantCulture, $"Endpoint=sb://localhost:{port};SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=SAS_KEY_VALUE;UseDevelopmentEmulator=true;");

    private static (string, string)[] Identity(string name, string property, string meaning) =>
        [($"{name}__{property}", meaning), ($"{name}__credential", "managedidentity"), ($"{name}__clientId", "the client id, for a user-assigned identity only")];
}
