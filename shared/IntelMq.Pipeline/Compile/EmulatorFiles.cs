// emulators/*.json: the queues and hubs that the Docker emulators of Service Bus and Event Hubs make when they start.
using System.Globalization;
using System.Text.Json.Nodes;

namespace IntelMq.Pipeline.Compile;

/// <summary>
/// Makes the configuration files of the two emulators; local-emulators/compose.yaml hands them over. The names of the namespaces are fixed by the emulators.
/// </summary>
internal static class EmulatorFiles
{
    /// <summary>The folder that holds them.</summary>
    public const string Folder = "emulators/";

    /// <summary>A message goes to the dead-letter queue after so many deliveries, as on Storage queues.</summary>
    private const int MostDeliveries = 5;

    // The host renews it while a function works; after a crash the message comes again when it ends.
    private const string LockDuration = "PT1M";

    // The longest that this emulator allows; the service keeps messages until they are handled.
    private const string TimeToLive = "PT1H";

    private const int MostPartitions = 32;

    // What the emulators hold: they do not start with more.
    private static readonly Dictionary<string, (string Name, int Most, string What)> s_emulators = new(StringComparer.Ordinal)
    {
        ["service-bus"] = ("servicebus.json", 50, "queues"),
        ["event-hubs"] = ("eventhubs.json", 10, "hubs"),
    };

    /// <summary>The files of the transports in use, by path.</summary>
    public static IEnumerable<(string Path, JsonObject Content)> Of(IEnumerable<string> transports, Pipeline pipeline, CompiledApp app) =>
        transports.Where(s_emulators.ContainsKey).Select(transport =>
        {
            var queues = app.Queues.Where(queue => queue.Transport == transport).ToArray();
            return (Folder + s_emulators[transport].Name, transport == "service-bus" ? ServiceBus(queues) : EventHubs(queues, pipeline, app));
        });

    /// <summary>What to know before an emulator is started: which file it reads, and whether it can hold the queues.</summary>
    public static IEnumerable<string> Notes(IEnumerable<string> transports, CompiledApp app)
    {
        foreach (var transport in transports.Where(s_emulators.ContainsKey))
        {
            var (name, most, what) = s_emulators[transport];
            var count = app.Queues.Count(queue => queue.Transport == transport);
            yield return count > most
                ? string.Create(CultureInfo.InvariantCulture, $"The emulator of `{transport}` holds {most} {what}; this pipeline has {count}, so it runs in Azure only.")
                : $"The emulator of `{transport}` makes the {what} of `{Folder}{name}` when it starts.";
        }
    }

    private static JsonObject ServiceBus(IEnumerable<CompiledQueue> queues) => new()
    {
        ["UserConfig"] = new JsonObject
        {
            ["Namespaces"] = new JsonArray(new JsonObject
            {
                ["Name"] = "sbemulatorns",
                ["Queues"] = new JsonArray([.. queues.Select(queue => new JsonObject
                {
                    ["Name"] = queue.Entity,
                    ["Properties"] = new JsonObject
                    {
                        ["DeadLetteringOnMessageExpiration"] = true,
                        ["DefaultMessageTimeToLive"] = TimeToLive,
                        ["LockDuration"] = LockDuration,
                        ["MaxDeliveryCount"] = MostDeliveries,
                        ["RequiresDuplicateDetection"] = false,
                        ["RequiresSession"] = false,
                    },
                })]),
                ["Topics"] = new JsonArray(),
            }),
            ["Logging"] = new JsonObject { ["Type"] = "Console" },
        },
    };

    // The group that functions read with, $Default, is in every hub. The emulator wants another one beside it.
    private static JsonObject EventHubs(IEnumerable<CompiledQueue> queues, Pipeline pipeline, CompiledApp app) => new()
    {
        ["UserConfig"] = new JsonObject
        {
            ["NamespaceConfig"] = new JsonArray(new JsonObject
            {
                ["Type"] = "EventHub",
                ["Name"] = "emulatorNs1",
                ["Entities"] = new JsonArray([.. queues.Select(queue => new JsonObject
                {
                    ["Name"] = queue.Entity,
                    ["PartitionCount"] = Math.Min(Partitions.Of(queue, pipeline, app), MostPartitions).ToString(CultureInfo.InvariantCulture),
                    ["ConsumerGroups"] = new JsonArray(new JsonObject { ["Name"] = "look" }),
                })]),
            }),
            ["LoggingConfig"] = new JsonObject { ["Type"] = "Console" },
        },
    };
}
