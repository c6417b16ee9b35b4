// Calls and answers in the encodings of the real Functions host.
using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using IntelMq.Pipeline;
using IntelMq.Runtime;

namespace IntelMq.FunctionsHost.Handler;

/// <summary>
/// The custom-handler contract as the host 4.1037 was seen to speak it, its traps included: what the app may not rely on there must fail here too.
/// </summary>
public static class HostEncodings
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    /// <summary>The body of a call.</summary>
    public static ReadOnlyMemory<byte> WriteCall(CompiledFunction function, FunctionCall call, DateTimeOffset now)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteStartObject("Data");
        json.WritePropertyName(function.Trigger.Binding);
        if (function.Trigger.Queue is null)
        {
            json.WriteRawValue("""{"Schedule":{"AdjustForDST":true},"ScheduleStatus":null,"IsPastDue":false}""");
        }
        else if (function.Trigger.Many)
        {
            // One string with the JSON of the list.
            json.WriteStringValue(JsonOf(call.Messages.Select(message => TextOf(message)).ToArray()));
        }
        else
        {
            json.WriteStringValue(JsonOf(TextOf(call.Messages[0])));
        }

        json.WriteEndObject();
        json.WriteStartObject("Metadata");
        WriteMetadata(json, function, call);
        json.WriteStartObject("sys");
        json.WriteString("MethodName", function.Name);
        json.WriteString("UtcNow", now.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture));
        json.WriteString("RandGuid", call.Messages is [var first, ..] ? first.Id : "");
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>Reads an answer: the texts that the host writes to each queue.</summary>
    /// <exception cref="FunctionFailedException">The host would not understand it.</exception>
    public static FunctionAnswer ReadAnswer(CompiledFunction function, ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                throw new FunctionFailedException($"The answer of '{function.Name}' is {root.ValueKind} and no object; with null the real host would wait for ever.");
            }

            var answer = new FunctionAnswer();
            if (Property(root, "Outputs") is { ValueKind: JsonValueKind.Object } outputs)
            {
                foreach (var output in outputs.EnumerateObject())
                {
                    // Names are compared exactly; an unknown one is left out without a word.
                    if (function.Outputs.Values.Contains(output.Name, StringComparer.Ordinal))
                    {
                        foreach (var text in Texts(output.Value))
                        {
                            answer.Add(output.Name, text);
                        }
                    }
                }
            }

            ReadCounts(Property(root, "Counts"), answer);
            return answer;
        }
        catch (JsonException error)
        {
            throw new FunctionFailedException($"The answer of '{function.Name}' is no JSON: {error.Message}", error);
        }
    }

    /// <summary>The messages that the host makes of an output's value.</summary>
    public static IEnumerable<string> Texts(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Array:
                return value.EnumerateArray().Select(Item).ToArray();
            case JsonValueKind.String:
                return Single(value.GetString()!);
            case JsonValueKind.Null or JsonValueKind.Undefined:
                return [];
            default:
                return [Item(value)];
        }
    }

    private static string Item(JsonElement item) => item.ValueKind switch
    {
        JsonValueKind.String => Dated(item.GetString()!),
        JsonValueKind.Null => "",
        JsonValueKind.True => "True",
        JsonValueKind.False => "False",
        JsonValueKind.Number => item.GetRawText(),
        _ => JsonSerializer.Serialize(item, s_indented),
    };

    // A text on its own: decoded where it is base64, written anew where it is JSON.
    private static string[] Single(string text)
    {
        var compact = text.Replace(" ", "", StringComparison.Ordinal);
        var bytes = new byte[compact.Length];
        if (compact.Length > 0 && compact.Length % 4 == 0 && Convert.TryFromBase64String(compact, bytes, out var length))
        {
            return [Encoding.UTF8.GetString(bytes, 0, length)];
        }

        try
        {
            using var inner = JsonDocument.Parse(text);
            return inner.RootElement.ValueKind switch
            {
                JsonValueKind.Array => inner.RootElement.EnumerateArray().Select(Item).ToArray(),
                JsonValueKind.Object => [JsonSerializer.Serialize(inner.RootElement, s_indented)],
                _ => [text],
            };
        }
        catch (JsonException)
        {
            return [Dated(text)];
        }
    }

    // The host's JSON reader takes a text that is nothing but an ISO date for a date.
    private static string Dated(string text) =>
        text.Length is >= 19 and <= 35 && text[4] == '-' && text[10] == 'T' && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var date)
            ? date.ToString("MM/dd/yyyy HH:mm:ss", CultureInfo.InvariantCulture)
            : text;

    private static string TextOf(ReceivedText message) => Encoding.UTF8.GetString(message.Text.Span);

    private static string JsonOf(string text) => JsonSerializer.Serialize(text);

    private static string JsonOf(string[] texts) => JsonSerializer.Serialize(texts);

    private static void WriteMetadata(Utf8JsonWriter json, CompiledFunction function, FunctionCall call)
    {
        if (function.Trigger.Queue is null)
        {
            if (call.Occurrence is { } occurrence)
            {
                json.WriteString(function.Trigger.Binding, JsonOf(occurrence));
            }

            return;
        }

        var message = call.Messages[0];
        json.WriteString("DequeueCount", message.Deliveries.ToString(CultureInfo.InvariantCulture));
        json.WriteString("Id", JsonOf(message.Id));
        WriteMixedIn(json, message);
    }

    // Top-level properties of a JSON message are mixed into the metadata and win over what was there.
    private static void WriteMixedIn(Utf8JsonWriter json, ReceivedText message)
    {
        try
        {
            using var document = JsonDocument.Parse(message.Text);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                foreach (var property in document.RootElement.EnumerateObject())
                {
                    json.WritePropertyName(property.Name);
                    if (property.Value.ValueKind is JsonValueKind.Object)
                    {
                        property.Value.WriteTo(json);
                    }
                    else
                    {
                        json.WriteStringValue(property.Value.ValueKind == JsonValueKind.String ? JsonOf(Dated(property.Value.GetString()!)) : JsonOf(property.Value.ToString()));
                    }
                }
            }
        }
        catch (JsonException)
        {
            // Not JSON: nothing is mixed in.
        }
    }

    private static JsonElement? Property(JsonElement root, string name)
    {
        foreach (var property in root.EnumerateObject())
        {
            if (string.Equals(property.Name, name, StringComparison.OrdinalIgnoreCase))
            {
                return property.Value;
            }
        }

        return null;
    }

    private static void ReadCounts(JsonElement? counts, FunctionAnswer answer)
    {
        if (counts is not { ValueKind: JsonValueKind.Object } told)
        {
            return;
        }

        answer.Counts.In = Number("in");
        answer.Counts.Out = Number("out");
        answer.Counts.Dropped = Number("dropped");
        answer.Counts.DeadLettered = Number("dead_lettered");
        answer.Counts.Parked = Number("parked");
        answer.Counts.Retries = Number("retries");
        answer.StopReason = told.TryGetProperty("stopped", out var stopped) ? stopped.GetString() : null;
        answer.Failure = told.TryGetProperty("failed", out var failed) ? failed.GetString() : null;

        long Number(string name) => told.TryGetProperty(name, out var number) ? number.GetInt64() : 0;
    }
}
