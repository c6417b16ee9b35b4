// Reads calls as the Functions host writes them.
using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using IntelMq.Pipeline;
using IntelMq.Runtime;

namespace IntelMq.App;

/// <summary>
/// <c>{"Data":{"binding":value,…},"Metadata":{…}}</c>. A message arrives encoded twice: the value is a JSON string that holds the JSON of the message,
/// again a string. Lists arrive as one string with the JSON of the array. Everything is read as bytes, so that text stays as it was.
/// </summary>
internal static class HostRequest
{
    public static FunctionCall Read(CompiledFunction function, ReadOnlyMemory<byte> body)
    {
        try
        {
            var (data, metadata) = Split(body, function.Trigger.Binding);
            if (function.Trigger.Queue is null)
            {
                return new FunctionCall(function.Name, [], Occurrence(metadata, function.Trigger.Binding));
            }

            if (data.IsEmpty)
            {
                throw new UnknownCallException($"The call of '{function.Name}' has no data for its binding '{function.Trigger.Binding}'. Compile the pipeline again with 'intelmq compile'.");
            }

            return new FunctionCall(function.Name, Messages(function, data, metadata));
        }
        catch (JsonException error)
        {
            throw new UnknownCallException($"The call of '{function.Name}' is not of the form that the Functions host sends: {error.Message}");
        }
    }

    // The value of the trigger's binding, and the metadata, as slices of the body.
    private static (ReadOnlyMemory<byte> Data, ReadOnlyMemory<byte> Metadata) Split(ReadOnlyMemory<byte> body, string binding)
    {
        var (data, metadata) = (ReadOnlyMemory<byte>.Empty, ReadOnlyMemory<byte>.Empty);
        var reader = new Utf8JsonReader(body.Span);
        Expect(ref reader, JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isData = reader.ValueTextEquals("Data"u8);
            var isMetadata = reader.ValueTextEquals("Metadata"u8);
            reader.Read();
            if (!isData)
            {
                var slice = Slice(ref reader, body);
                metadata = isMetadata ? slice : metadata;
                continue;
            }

            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw new JsonException("Data is no object.");
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isTrigger = reader.ValueTextEquals(binding);
                reader.Read();
                var slice = Slice(ref reader, body);
                data = isTrigger ? slice : data;
            }
        }

        return (data, metadata);
    }

    private static ReadOnlyMemory<byte> Slice(ref Utf8JsonReader reader, ReadOnlyMemory<byte> body)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return body[start..(int)reader.BytesConsumed];
    }

    private static ReceivedText[] Messages(CompiledFunction function, ReadOnlyMemory<byte> data, ReadOnlyMemory<byte> metadata)
    {
        var value = Unquote(data);
        if (!function.Trigger.Many)
        {
            return [One(function, Unquote(value), new Described(metadata), -1)];
        }

        var described = new Described(metadata);
        var messages = new List<ReceivedText>();
        var reader = new Utf8JsonReader(value.Span);
        Expect(ref reader, JsonTokenType.StartArray);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            messages.Add(One(function, Unquote(Slice(ref reader, value)), described, messages.Count));
        }

        return [.. messages];
    }

    private static ReceivedText One(CompiledFunction function, ReadOnlyMemory<byte> text, Described described, int index) => function.Trigger.Type switch
    {
        "kafkaTrigger" => Kafka(text),
        "queueTrigger" => new ReceivedText(described.Text("Id", index) ?? "", text, described.Number("DequeueCount", index) ?? 0),
        "serviceBusTrigger" => new ReceivedText(described.Text("MessageId", index) ?? "", text, described.Number("DeliveryCount", index) ?? 0),
        "eventHubTrigger" => new ReceivedText($"{described.Partition}/{described.Text("SequenceNumber", index)}", text, 0),
        "rabbitMQTrigger" => new ReceivedText(described.Text("MessageId", index) ?? described.Text("DeliveryTag", index) ?? "", text, described.Truth("Redelivered") ? 2 : 1),
        _ => throw new UnknownCallException($"The function '{function.Name}' has a trigger of the type '{function.Trigger.Type}', which this app does not know."),
    };

    // A message of Kafka is an envelope around the value.
    private static ReceivedText Kafka(ReadOnlyMemory<byte> text)
    {
        using var envelope = JsonDocument.Parse(text);
        var root = envelope.RootElement;
        var id = string.Create(CultureInfo.InvariantCulture, $"{Of("Topic")}/{Of("Partition")}/{Of("Offset")}");
        var value = root.TryGetProperty("Value", out var found) ? found.ValueKind == JsonValueKind.String ? found.GetString()! : found.GetRawText() : "";
        return new ReceivedText(id, Encoding.UTF8.GetBytes(value), 0);

        string Of(string name) => root.TryGetProperty(name, out var property) ? property.ToString() : "";
    }

    /// <summary>What a run that is asked for by hand says: the input of <c>POST /admin/functions/NAME</c> is the run's name.</summary>
    private static string? Occurrence(ReadOnlyMemory<byte> metadata, string binding) =>
        new Described(metadata).Text(binding, -1) is { Length: > 0 } input ? input : null;

    /// <summary>The content of a JSON string; what is no string stays as it is.</summary>
    private static ReadOnlyMemory<byte> Unquote(ReadOnlyMemory<byte> json)
    {
        var trimmed = json.Span.TrimStart(" \t\r\n"u8);
        if (trimmed.IsEmpty || trimmed[0] != (byte)'"')
        {
            return json;
        }

        var reader = new Utf8JsonReader(trimmed);
        try
        {
            reader.Read();
        }
        catch (JsonException)
        {
            // Text that only begins like a JSON string: it was encoded once.
            return json;
        }

        if (reader.BytesConsumed < trimmed.TrimEnd(" \t\r\n"u8).Length)
        {
            return json;
        }

        var text = new byte[reader.ValueSpan.Length];
        return text.AsMemory(0, reader.CopyString(text));
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type)
    {
        if (!reader.Read() || reader.TokenType != type)
        {
            throw new JsonException($"Expected {type}.");
        }
    }

    /// <summary>The metadata of a call. Top-level properties of a JSON message are mixed into it, so nothing in it is relied on for safety.</summary>
    private sealed class Described
    {
        private readonly Dictionary<string, JsonElement> _values = new(StringComparer.OrdinalIgnoreCase);

        public Described(ReadOnlyMemory<byte> metadata)
        {
            if (metadata.IsEmpty)
            {
                return;
            }

            using var document = JsonDocument.Parse(metadata);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                foreach (var property in document.RootElement.EnumerateObject())
                {
                    _values[property.Name] = property.Value.Clone();
                }
            }
        }

        /// <summary>The partition of a batch of Event Hubs.</summary>
        public string Partition =>
            _values.TryGetValue("PartitionContext", out var context) && context.ValueKind == JsonValueKind.Object && context.TryGetProperty("PartitionId", out var id) ? id.ToString() : "";

        /// <summary>A value as text; of a batch the item at the index.</summary>
        public string? Text(string name, int index)
        {
            if (!_values.TryGetValue(index < 0 ? name : name + "Array", out var value))
            {
                return null;
            }

            // Values are JSON in a string.
            var json = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
            try
            {
                using var inner = JsonDocument.Parse(json);
                var found = inner.RootElement;
                if (index >= 0)
                {
                    found = found.ValueKind == JsonValueKind.Array && index < found.GetArrayLength() ? found[index] : default;
                }

                return found.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null ? null : found.ToString();
            }
            catch (JsonException)
            {
                return json;
            }
        }

        /// <summary>A value as a number.</summary>
        public int? Number(string name, int index) =>
            int.TryParse(Text(name, index), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

        /// <summary>Whether a value is true.</summary>
        public bool Truth(string name) => string.Equals(Text(name, -1), "true", StringComparison.OrdinalIgnoreCase);
    }
}
