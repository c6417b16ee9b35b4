// A message of Kafka as the trigger and the output binding of the Functions host have it.
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace IntelMq.Runtime;

/// <summary>
/// <c>{"Offset":1,"Partition":0,"Topic":"t","Timestamp":"…","Value":"…","Key":"k","Headers":[]}</c>. The trigger puts every message into one. The output
/// binding takes one for a message with a key, told by its properties, all of which must be there; of the rest it uses nothing.
/// </summary>
/// <param name="Value">The message itself.</param>
/// <param name="Key">The key; null for none.</param>
/// <param name="Topic">Where it lay.</param>
/// <param name="Partition">In which partition.</param>
/// <param name="Offset">At which place in it.</param>
/// <param name="Time">When it came.</param>
public sealed record KafkaEnvelope(string Value, string? Key = null, string Topic = "", int Partition = 0, long Offset = 0, DateTimeOffset Time = default)
{
    private const int MostLevels = 64;
    private static readonly string[] s_required = [nameof(Offset), nameof(Partition), nameof(Topic), "Timestamp", nameof(Value), "Headers"];

    // The text goes to the host's JSON reader and never to a browser.
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The text.</summary>
    public string Write()
    {
        using var stream = new MemoryStream(Value.Length + 200);
        using (var json = new Utf8JsonWriter(stream, s_options))
        {
            json.WriteStartObject();
            json.WriteNumber(nameof(Offset), Offset);
            json.WriteNumber(nameof(Partition), Partition);
            json.WriteString(nameof(Topic), Topic);
            json.WriteString("Timestamp", Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            json.WriteString(nameof(Value), Value);
            if (Key is not null)
            {
                json.WriteString(nameof(Key), Key);
            }

            json.WriteStartArray("Headers");
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    /// <summary>Reads a text; null if it is none.</summary>
    public static KafkaEnvelope? TryRead(ReadOnlyMemory<byte> text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = MostLevels });
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !Array.TrueForAll(s_required, name => root.TryGetProperty(name, out _)))
            {
                return null;
            }

            var value = root.GetProperty(nameof(Value));
            return new KafkaEnvelope(
                value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText(),
                root.TryGetProperty(nameof(Key), out var key) && key.ValueKind != JsonValueKind.Null ? key.ToString() : null,
                root.GetProperty(nameof(Topic)).ToString(),
                root.GetProperty(nameof(Partition)).TryGetInt32(out var partition) ? partition : 0,
                root.GetProperty(nameof(Offset)).TryGetInt64(out var offset) ? offset : 0,
                root.GetProperty("Timestamp") is { ValueKind: JsonValueKind.String } stamp && stamp.TryGetDateTimeOffset(out var time) ? time : default);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // No JSON, half a surrogate pair, or a property of another kind.
            return null;
        }
    }
}
