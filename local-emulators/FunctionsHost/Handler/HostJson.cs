// JSON as the real Functions host writes it.
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace IntelMq.FunctionsHost.Handler;

/// <summary>The host's JSON library: what it takes for a date it writes in another way, and it escapes only what it must.</summary>
internal static class HostJson
{
    private static readonly JsonSerializerOptions s_plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonWriterOptions s_indented = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A text as JSON.</summary>
    public static string Of(string text) => JsonSerializer.Serialize(text, s_plain);

    /// <summary>A list of texts as JSON.</summary>
    public static string Of(IEnumerable<string> texts) => JsonSerializer.Serialize(texts, s_plain);

    /// <summary>A text that stands alone: nothing but an ISO date is written in the form of the invariant culture.</summary>
    public static string Dated(string text) => TryDate(text, out var date) ? date.ToString("MM/dd/yyyy HH:mm:ss", CultureInfo.InvariantCulture) : text;

    /// <summary>A value with line ends and blanks, its dates in UTC and without what their fractions do not need.</summary>
    public static string Indented(JsonElement value)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, s_indented))
        {
            Write(json, value);
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    private static void Write(Utf8JsonWriter json, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                json.WriteStartObject();
                foreach (var property in value.EnumerateObject())
                {
                    json.WritePropertyName(property.Name);
                    Write(json, property.Value);
                }

                json.WriteEndObject();
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    Write(json, item);
                }

                json.WriteEndArray();
                break;
            case JsonValueKind.String when TryDate(value.GetString()!, out var date):
                var text = value.GetString()!;
                var zone = text.EndsWith('Z') ? "Z" : text.AsSpan(19).ContainsAny('+', '-') ? "+00:00" : "";
                json.WriteStringValue(date.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture) + zone);
                break;
            default:
                value.WriteTo(json);
                break;
        }
    }

    private static bool TryDate(string text, out DateTimeOffset date)
    {
        date = default;
        return text.Length is >= 19 and <= 35 && text[4] == '-' && text[10] == 'T'
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out date);
    }
}
