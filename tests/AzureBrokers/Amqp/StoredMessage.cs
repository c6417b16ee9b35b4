// What a broker keeps of a message.
using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Framing;

namespace IntelMq.AzureBrokers;

/// <summary>A message without what is told of its delivery.</summary>
internal sealed record StoredMessage(byte[] Body, MessageId? Id, string? ContentType, string? PartitionKey, IReadOnlyDictionary<string, object> Application)
{
    // Several messages in one: each data section holds an encoded message.
    private const uint BatchFormat = 0x80013700;
    private const string PartitionKeyName = "x-opt-partition-key";

    /// <summary>Reads what came in one transfer: one message, or a batch of them.</summary>
    public static IReadOnlyList<StoredMessage> Read(AmqpMessage message) => message.MessageFormat == BatchFormat
        ? message.DataBody.Select(data =>
        {
            using var inner = AmqpMessage.CreateAmqpStreamMessage(new BufferListStream([(ArraySegment<byte>)data.Value]), true);
            return One(inner);
        }).ToArray()
        : [One(message)];

    /// <summary>A message to be sent, with annotations of the broker.</summary>
    public AmqpMessage Write(IReadOnlyDictionary<string, object> annotations, uint deliveries = 0)
    {
        var message = AmqpMessage.Create(new Data { Value = new ArraySegment<byte>(Body) });
        message.Header.DeliveryCount = deliveries;
        message.Properties.MessageId = Id;
        message.Properties.ContentType = ContentType is null ? default : ContentType;
        foreach (var (name, value) in annotations)
        {
            message.MessageAnnotations.Map[name] = value;
        }

        if (PartitionKey is not null)
        {
            message.MessageAnnotations.Map[PartitionKeyName] = PartitionKey;
        }

        foreach (var (name, value) in Application)
        {
            message.ApplicationProperties.Map[name] = value;
        }

        return message;
    }

    private static StoredMessage One(AmqpMessage message)
    {
        var key = message.Sections.HasFlag(SectionFlag.MessageAnnotations) && message.MessageAnnotations.Map.TryGetValue<string>(PartitionKeyName, out var found) ? found : null;
        var application = message.Sections.HasFlag(SectionFlag.ApplicationProperties)
            ? message.ApplicationProperties.Map.ToDictionary(item => item.Key.ToString(), item => item.Value, StringComparer.Ordinal) : [];
        var properties = message.Sections.HasFlag(SectionFlag.Properties) ? message.Properties : null;
        return new StoredMessage(BodyOf(message), properties?.MessageId, properties?.ContentType.Value, key, application);
    }

    private static byte[] BodyOf(AmqpMessage message) =>
        message.BodyType == SectionFlag.Data ? message.DataBody.SelectMany(data => (ArraySegment<byte>)data.Value).ToArray() : [];
}
