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
            json.WriteStringValue(HostJson.Of(call.Messages.Select(message => TriggerEncodings.TextOf(function, message))));
        }
        else
        {
            json.WriteStringValue(HostJson.Of(TriggerEncodings.TextOf(function, call.Messages[0])));
        }

        json.WriteEndObject();
        json.WriteStartObject("Metadata");
        foreach (var (name, value) in MetadataOf(function, call, now))
        {
            json.WritePropertyName(name);
            json.WriteRawValue(value);
        }

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
                    if (output.Name == function.GivesUpTo || function.Outputs.Values.Contains(output.Name, StringComparer.Ordinal))
                    {
                        foreach (var text in Texts(output.Value))
                        {
                            answer.Add(output.Name, text);
                        }
                    }
                }
            }

            if (Property(root, "Logs") is { ValueKind: not JsonValueKind.Null } logs
                && (logs.ValueKind != JsonValueKind.Array || logs.EnumerateArray().Any(line => line.ValueKind is JsonValueKind.Object or JsonValueKind.Array)))
            {
                throw new FunctionFailedException($"The answer of '{function.Name}' has Logs that are no list of lines; the real host would fail.");
            }

            ReadCounts(Property(root, "Counts"), answer);
            return answer;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
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
        JsonValueKind.String => HostJson.Dated(item.GetString()!),
        JsonValueKind.Null => "",
        JsonValueKind.True => "True",
        JsonValueKind.False => "False",
        JsonValueKind.Number => item.GetRawText(),
        _ => HostJson.Indented(item),
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
                JsonValueKind.Object => [HostJson.Indented(inner.RootElement)],
                _ => [text],
            };
        }
        catch (JsonException)
        {
            return [HostJson.Dated(text)];
        }
    }

    // Names are told apart without case; the later one wins and the first one's spelling stays.
    private static Dictionary<string, string> MetadataOf(CompiledFunction function, FunctionCall call, DateTimeOffset now)
    {
        var metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (function.Trigger.Queue is not null)
        {
            TriggerEncodings.Describe(function, call.Messages, metadata);
            if (!function.Trigger.Many)
            {
                MixIn(metadata, call.Messages[0]);
            }
        }
        else if (call.Occurrence is { } occurrence)
        {
            metadata[function.Trigger.Binding] = HostJson.Of(HostJson.Of(occurrence));
        }

        var time = now.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
        var id = call.Messages is [var first, ..] ? first.Id : "";
        metadata["sys"] = $$"""{"MethodName":{{HostJson.Of(function.Name)}},"UtcNow":{{HostJson.Of(time)}},"RandGuid":{{HostJson.Of(id)}}}""";
        return metadata;
    }

    // Top-level properties of a JSON message are mixed into the metadata and win over what was there.
    private static void MixIn(Dictionary<string, string> metadata, ReceivedText message)
    {
        try
        {
            using var document = JsonDocument.Parse(message.Text);
            foreach (var property in document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.EnumerateObject() : default)
            {
                if (!property.Name.EndsWith("trigger", StringComparison.OrdinalIgnoreCase))
                {
                    metadata[property.Name] = property.Value.ValueKind switch
                    {
                        JsonValueKind.Object => property.Value.GetRawText(),
                        JsonValueKind.String => HostJson.Of(HostJson.Of(HostJson.Dated(property.Value.GetString()!))),
                        _ => HostJson.Of(HostJson.Of(property.Value.ToString())),
                    };
                }
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Not JSON, or with half a surrogate pair: nothing more is mixed in.
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

        answer.Counts.Add(CountsOf(told));
        answer.StopReason = told.TryGetProperty("stopped", out var stopped) ? stopped.GetString() : null;
        answer.Failure = told.TryGetProperty("failed", out var failed) ? failed.GetString() : null;
        if (told.TryGetProperty("members", out var members))
        {
            answer.Members.AddRange(members.EnumerateArray().Select(member => new MemberCounts(
                member.GetProperty("bot").GetString()!, CountsOf(member), TimeSpan.FromSeconds(member.GetProperty("seconds").GetDouble()))));
        }
    }

    private static InvocationCounts CountsOf(JsonElement told)
    {
        return new InvocationCounts
        {
            In = Number("in"),
            Out = Number("out"),
            Dropped = Number("dropped"),
            DeadLettered = Number("dead_lettered"),
            Parked = Number("parked"),
            Retries = Number("retries"),
        };

        long Number(string name) => told.TryGetProperty(name, out var number) ? number.GetInt64() : 0;
    }
}
