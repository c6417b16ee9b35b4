// Reads one message of a call: by the trigger's rules, whichever way the host brought it.
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using IntelMq.Pipeline;
using IntelMq.Runtime;

namespace IntelMq.App;

/// <summary>What is the same over both contracts of the host: the names of messages, how often they came, and Kafka's envelopes.</summary>
internal static class HostMessage
{
    /// <summary>A message.</summary>
    /// <param name="function">The function that gets it.</param>
    /// <param name="text">Its text.</param>
    /// <param name="metadata">What the host says about the call.</param>
    /// <param name="index">The place in a batch; -1 where the trigger brings one message.</param>
    /// <exception cref="UnknownCallException">The trigger's type is none that the app knows.</exception>
    public static ReceivedText Read(CompiledFunction function, ReadOnlyMemory<byte> text, HostMetadata metadata, int index) => function.Trigger.Type switch
    {
        "kafkaTrigger" => Kafka(text, Tries(metadata)),
        "queueTrigger" => Named(metadata.Text("Id", index), text, metadata.Number("DequeueCount", index) ?? 0),
        "serviceBusTrigger" => Named(metadata.Text("SequenceNumber", index), text, metadata.Number("DeliveryCount", index) ?? 0),
        "eventHubTrigger" => Named($"{metadata.Partition}/{metadata.Text("SequenceNumber", index)}", text, Tries(metadata)),

        // The delivery tag is no name: it begins anew with every connection.
        "rabbitMQTrigger" => Named(metadata.Text("MessageId", index), text, metadata.Truth("Redelivered") ? 2 : 1),
        _ => throw new UnknownCallException($"The function '{function.Name}' has a trigger of the type '{function.Trigger.Type}', which this app does not know."),
    };

    /// <summary>What a run that is asked for by hand says: the input of <c>POST /admin/functions/NAME</c> is the run's name.</summary>
    public static string? Occurrence(CompiledFunction function, HostMetadata metadata) =>
        metadata.Text(function.Trigger.Binding, -1) is { Length: > 0 } input ? input : null;

    // The name on the broker may be missing, and a property of a JSON message may stand in its place: with the text's hash two different messages never
    // have the same name, and one that comes again has its own.
    private static ReceivedText Named(string? name, ReadOnlyMemory<byte> text, int deliveries) =>
        new($"{name}/{Convert.ToHexStringLower(SHA256.HashData(text.Span))}", text, deliveries);

    // A message of Kafka is an envelope around the value. One that is not must not hold up those behind it: it is taken as it is.
    private static ReceivedText Kafka(ReadOnlyMemory<byte> text, int deliveries) => KafkaEnvelope.TryRead(text) is { } envelope
        ? new ReceivedText(
            string.Create(CultureInfo.InvariantCulture, $"{envelope.Topic}/{envelope.Partition}/{envelope.Offset}"), Encoding.UTF8.GetBytes(envelope.Value), deliveries) { Key = envelope.Key }
        : Named(null, text, deliveries);

    // Batches come again without a count of the broker's. The host's own begins anew with the host: its first try may not be the first.
    private static int Tries(HostMetadata metadata) => metadata.Retries is > 0 and var retries ? retries + 1 : 0;
}
