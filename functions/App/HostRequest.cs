// Reads calls as the Functions host writes them.
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
                return new FunctionCall(function.Name, [], HostMessage.Occurrence(function, new HostMetadata(metadata)));
            }

            if (data.IsEmpty)
            {
                throw new UnknownCallException($"The call of '{function.Name}' has no data for its binding '{function.Trigger.Binding}'. Compile the pipeline again with 'intelmq compile'.");
            }

            return new FunctionCall(function.Name, Messages(function, data, metadata));
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // The reader says the latter of text that is no UTF-8 and of half surrogate pairs.
            throw new UnknownCallException($"The call of '{function.Name}' is not of the form that the Functions host sends: {error.Message}");
        }
    }

    // The value of the trigger's binding, and the metadata, as slices of the body.
    private static (ReadOnlyMemory<byte> Data, ReadOnlyMemory<byte> Metadata) Split(ReadOnlyMemory<byte> body, string binding)
    {
        var (data, metadata) = (ReadOnlyMemory<byte>.Empty, ReadOnlyMemory<byte>.Empty);
        var reader = new Utf8JsonReader(body.Span, new JsonReaderOptions { MaxDepth = HostMetadata.MostLevels });
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

        // Refuses what follows.
        reader.Read();
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
            return [HostMessage.Read(function, Unquote(value), new HostMetadata(metadata), -1)];
        }

        var described = new HostMetadata(metadata);
        var messages = new List<ReceivedText>();
        var reader = new Utf8JsonReader(value.Span, new JsonReaderOptions { MaxDepth = HostMetadata.MostLevels });
        Expect(ref reader, JsonTokenType.StartArray);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            messages.Add(HostMessage.Read(function, Unquote(Slice(ref reader, value)), described, messages.Count));
        }

        return [.. messages];
    }

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
}
