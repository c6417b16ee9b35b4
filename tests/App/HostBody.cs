// The bodies of calls, with the host's own way to write JSON.
using System.Globalization;
using System.Text;

namespace IntelMq.App.Tests;

/// <summary>
/// Writes calls as the host 4.1037 does: values are JSON in a JSON string, and only quotes, backslashes, control characters and three line ends are escaped.
/// </summary>
internal static class HostBody
{
    /// <summary>A JSON string.</summary>
    public static string Quote(string text)
    {
        var json = new StringBuilder(text.Length + 2).Append('"');
        foreach (var character in text)
        {
            json.Append(character switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\b' => "\\b",
                '\t' => "\\t",
                '\n' => "\\n",
                '\f' => "\\f",
                '\r' => "\\r",
                < ' ' or '\u0085' or '\u2028' or '\u2029' => "\\u" + ((int)character).ToString("x4", CultureInfo.InvariantCulture),
                _ => character.ToString(),
            });
        }

        return json.Append('"').ToString();
    }

    /// <summary>A JSON list of strings.</summary>
    public static string List(IEnumerable<string> texts) => "[" + string.Join(',', texts.Select(Quote)) + "]";

    /// <summary>A call with one value for its trigger.</summary>
    public static string Call(string value, string metadata = "{}")
    {
        const string Sys = """{"MethodName":"Relay","UtcNow":"2026-11-24T14:24:19.6540065Z","RandGuid":"36d3abd7-6c16-479e-a242-36d9ec70eb2c"}""";
        var inside = metadata.Length > 2 ? metadata[1..^1] + "," : "";
        return "{\"Data\":{\"frames\":" + value + "},\"Metadata\":{" + inside + "\"sys\":" + Sys + "}}";
    }

    /// <summary>A call with one message of a Storage queue.</summary>
    public static string Queue(string text, string id = "c3b536bd-cdce-402e-aac1-fa608e85e023", string mixedIn = "") => Call(
        Quote(Quote(text)),
        "{\"DequeueCount\":\"1\",\"ExpirationTime\":\"2026-12-01T14:24:19+00:00\",\"Id\":" + Quote(Quote(id))
            + ",\"InsertionTime\":\"2026-11-24T14:24:19+00:00\",\"NextVisibleTime\":\"2026-11-24T14:34:19+00:00\",\"PopReceipt\":" + Quote(Quote("MjROb3YyMDI2"))
            + (mixedIn.Length > 0 ? "," + mixedIn : "") + "}");

    /// <summary>A call with many texts, as <c>dataType: string</c> brings them.</summary>
    public static string Many(IEnumerable<string> texts, string metadata = "{}") => Call(Quote(List(texts)), metadata);

    /// <summary>The envelope that Kafka's trigger puts around a value.</summary>
    public static string KafkaEnvelope(string value, int offset = 1) => $$"""{"Offset":{{offset}},"Partition":0,"Topic":"t","Timestamp":"2026-01-02T03:04:05.678Z","Value":{{Quote(value)}},"Key":"k1","Headers":[]}""";
}
