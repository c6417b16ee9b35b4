// What the triggers of the real Functions host make of messages.
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using IntelMq.FunctionsHost.Transports;
using IntelMq.Pipeline;
using IntelMq.Runtime;

namespace IntelMq.FunctionsHost.Handler;

/// <summary>
/// The text and the metadata of each trigger, as the real extensions give them: a text is a JSON string in a JSON string, a list is the JSON of the list in a
/// string, an object is an object.
/// </summary>
internal static class TriggerEncodings
{
    private const string KafkaTrigger = "kafkaTrigger";

    /// <summary>The text that stands for a message: of Kafka an envelope around it.</summary>
    public static string TextOf(CompiledFunction function, ReceivedText message) =>
        function.Trigger.Type == KafkaTrigger && message is TransportMessage { } sent
            ? new KafkaEnvelope(Utf8(sent), sent.Key, TopicOf(sent), int.Parse(sent.Partition, CultureInfo.InvariantCulture), sent.Sequence, sent.Enqueued).Write()
            : Utf8(message);

    /// <summary>Adds what the trigger tells of the messages.</summary>
    public static void Describe(CompiledFunction function, IReadOnlyList<ReceivedText> messages, IDictionary<string, string> metadata)
    {
        switch (function.Trigger.Type)
        {
            case KafkaTrigger:
                Many(
                    messages,
                    metadata,
                    ("Key", message => message.Key),
                    ("Partition", message => int.Parse(message.Partition, CultureInfo.InvariantCulture)),
                    ("Topic", message => TopicOf(message)),
                    ("Timestamp", message => Time(message)),
                    ("Offset", message => message.Sequence),
                    ("Headers", _ => new JsonArray()));
                break;
            case "eventHubTrigger":
                Many(
                    messages,
                    metadata,
                    ("PartitionKey", message => message.Key),
                    ("Offset", message => message.Sequence.ToString(CultureInfo.InvariantCulture)),
                    ("SequenceNumber", message => message.Sequence),
                    ("EnqueuedTimeUtc", message => Time(message)),
                    ("Properties", _ => new JsonObject()),
                    ("SystemProperties", _ => new JsonObject()));
                metadata["PartitionContext"] = messages is [TransportMessage { Partition: var partition }, ..]
                    ? new JsonObject { ["PartitionId"] = partition, ["Owner"] = "", ["IsCheckpointingAfterInvocation"] = true }.ToJsonString() : "{}";
                break;
            case "serviceBusTrigger":
                One(
                    messages[0],
                    metadata,
                    ("DeliveryCount", message => message.Deliveries),
                    ("MessageId", message => message.Id),
                    ("SequenceNumber", message => (message as TransportMessage)?.Sequence ?? 0),
                    ("EnqueuedTimeUtc", Seconds));
                metadata["ApplicationProperties"] = metadata["UserProperties"] = metadata["MessageActions"] = metadata["MessageReceiver"] = "{}";
                break;
            case "rabbitMQTrigger":
                One(
                    messages[0],
                    metadata,
                    ("DeliveryTag", message => (message as TransportMessage)?.Sequence ?? 0),
                    ("Redelivered", message => message.Deliveries > 1),
                    ("Exchange", _ => ""),
                    ("RoutingKey", message => (message as TransportMessage)?.Queue.Entity ?? ""));
                metadata["BasicProperties"] = "{}";
                break;
            default:
                One(messages[0], metadata, ("DequeueCount", message => message.Deliveries), ("Id", message => message.Id));
                break;
        }

        if (function.Trigger.Many)
        {
            var earlier = Math.Max(0, messages.Max(message => message.Deliveries) - 1);
            metadata["RetryContext"] = new JsonObject { ["RetryCount"] = earlier, ["MaxRetryCount"] = -1, ["Exception"] = null, ["Instance"] = null, ["State"] = new JsonObject() }.ToJsonString();
        }
    }

    private static void One(ReceivedText message, IDictionary<string, string> metadata, params ReadOnlySpan<(string Name, Func<ReceivedText, JsonNode?> Value)> facts)
    {
        foreach (var (name, value) in facts)
        {
            metadata[name] = HostJson.Of(Json(value(message)));
        }
    }

    private static void Many(IReadOnlyList<ReceivedText> messages, IDictionary<string, string> metadata, params ReadOnlySpan<(string Name, Func<TransportMessage, JsonNode?> Value)> facts)
    {
        foreach (var (name, value) in facts)
        {
            metadata[name + "Array"] = HostJson.Of(Json(new JsonArray([.. messages.OfType<TransportMessage>().Select(value)])));
        }
    }

    private static string Utf8(ReceivedText message) => Encoding.UTF8.GetString(message.Text.Span);

    private static string TopicOf(TransportMessage message) => message.Poison ? message.Queue.Poison! : message.Queue.Entity;

    private static string Json(JsonNode? value) => value?.ToJsonString() ?? "null";

    private static string Time(TransportMessage message) => message.Enqueued.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    // Times of single messages are cut to whole seconds.
    private static JsonNode? Seconds(ReceivedText message) => (message as TransportMessage)?.Enqueued.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
}
