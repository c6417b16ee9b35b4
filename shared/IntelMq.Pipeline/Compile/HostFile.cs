// host.json: what holds for all functions of the app.
using System.Text.Json.Nodes;

namespace IntelMq.Pipeline.Compile;

/// <summary>Makes host.json.</summary>
internal static class HostFile
{
    /// <summary>The file's name.</summary>
    public const string FileName = "host.json";

    /// <summary>How long one invocation may take; the host kills the handler, and all it is doing, after that.</summary>
    public const string FunctionTimeout = "00:10:00";

    /// <summary>The content for the transports in use.</summary>
    public static JsonObject Of(IEnumerable<string> transports, CompileOptions options)
    {
        var extensions = new JsonObject();
        foreach (var transport in transports)
        {
            var (name, section) = Section(Transport.All[transport]);
            extensions[name] = section;
        }

        var file = new JsonObject
        {
            ["version"] = "2.0",
            ["extensionBundle"] = new JsonObject { ["id"] = "Microsoft.Azure.Functions.ExtensionBundle", ["version"] = "[4.*, 5.0.0)" },
            ["customHandler"] = new JsonObject
            {
                ["description"] = new JsonObject
                {
                    ["defaultExecutablePath"] = options.Handler,
                    ["arguments"] = new JsonArray([.. options.HandlerArguments.Select(argument => JsonValue.Create(argument))]),
                },
                ["enableForwardingHttpRequest"] = false,
                ["initializationTimeout"] = "00:00:30",
            },
            ["functionTimeout"] = FunctionTimeout,
            ["extensions"] = extensions,

            // The sections above bound how many bytes of frames are in memory at once.
            ["concurrency"] = new JsonObject { ["dynamicConcurrencyEnabled"] = false, ["snapshotPersistenceEnabled"] = false },
            ["logging"] = new JsonObject
            {
                ["logLevel"] = new JsonObject { ["default"] = "Information", ["Host.Results"] = "Warning", ["Host.Aggregator"] = "Warning", ["Function"] = "Warning" },
                ["applicationInsights"] = new JsonObject
                {
                    ["samplingSettings"] = new JsonObject { ["isEnabled"] = true, ["excludedTypes"] = "Exception" },
                },
            },
        };
        if (options.Worker == WorkerFile.Isolated)
        {
            // It brings its extensions with it, and worker.config.json says how it is started.
            file.Remove("extensionBundle");
            file.Remove("customHandler");
        }

        return file;
    }

    /// <summary>The app settings that make an instance work on one message of a transport at a time.</summary>
    public static IEnumerable<(string Setting, string Value)> OneAtATime(string transport)
    {
        const string Prefix = "AzureFunctionsJobHost__extensions__";
        return transport switch
        {
            "storage-queue" => [(Prefix + "queues__batchSize", "1"), (Prefix + "queues__newBatchThreshold", "0")],
            "service-bus" => [(Prefix + "serviceBus__maxConcurrentCalls", "1")],
            "rabbitmq" => [(Prefix + "rabbitMQ__prefetchCount", "1")],

            // Their partitions are worked on one batch at a time: one partition is enough.
            _ => [],
        };
    }

    private static (string Name, JsonObject Section) Section(Transport transport) => transport.Name switch
    {
        "service-bus" => ("serviceBus", new JsonObject
        {
            ["autoCompleteMessages"] = true,
            ["maxConcurrentCalls"] = transport.Batch,
            ["prefetchCount"] = 0,
            ["maxAutoLockRenewalDuration"] = FunctionTimeout,
        }),
        "event-hubs" => ("eventHubs", new JsonObject
        {
            ["maxEventBatchSize"] = transport.Batch,
            ["batchCheckpointFrequency"] = 1,
            ["prefetchCount"] = transport.Batch,

            // A new hub may hold frames before its function first runs.
            ["initialOffsetOptions"] = new JsonObject { ["type"] = "fromStart" },
        }),
        "kafka" => ("kafka", new JsonObject
        {
            ["maxBatchSize"] = transport.Batch,
            ["subscriberIntervalInSeconds"] = 1,
            ["executorChannelCapacity"] = 1,
            ["autoOffsetReset"] = "Earliest",

            // The client's own buffer is a gibibyte by default.
            ["queuedMaxMessagesKbytes"] = 65536,

            // Longer than an invocation, else the group gives the partition away while it is worked on.
            ["maxPollIntervalMs"] = 900000,
        }),
        "rabbitmq" => ("rabbitMQ", new JsonObject { ["prefetchCount"] = transport.Batch }),
        _ => ("queues", new JsonObject
        {
            // Frames are text that is no base64.
            ["messageEncoding"] = "none",
            ["maxDequeueCount"] = 5,
            ["batchSize"] = transport.Batch,
            ["newBatchThreshold"] = transport.Batch / 2,
            ["visibilityTimeout"] = "00:00:30",
            ["maxPollingInterval"] = "00:00:02",
        }),
    };
}
