// Writes answers as the Functions host reads them.
using System.IO.Pipelines;
using System.Text.Encodings.Web;
using System.Text.Json;
using IntelMq.Pipeline;
using IntelMq.Runtime;

namespace IntelMq.App;

/// <summary>
/// <c>{"Outputs":{"binding":["text",…]},"Logs":[],"ReturnValue":null}</c>. Texts are always items of an array: a single string would be decoded where it
/// looks like base64 and written anew where it looks like JSON. The host ignores <c>Counts</c>; the local host shows them.
/// </summary>
internal static class HostResponse
{
    // The body goes to the host's JSON reader and never to a browser.
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes an answer, text by text: it may be large, and none of it is held twice.</summary>
    public static async Task WriteAsync(PipeWriter output, FunctionAnswer answer, CancellationToken cancellation)
    {
        await using var json = new Utf8JsonWriter(output, s_options);
        json.WriteStartObject();
        json.WriteStartObject("Outputs");
        foreach (var (binding, texts) in answer.Outputs)
        {
            json.WriteStartArray(binding);
            foreach (var text in texts)
            {
                json.WriteStringValue(text);
                await json.FlushAsync(cancellation);
                await output.FlushAsync(cancellation);
            }

            json.WriteEndArray();
        }

        if (answer.Http is { } body)
        {
            // Header values are texts, and the status is "statusCode": the host takes nothing else.
            json.WriteStartObject(CompiledApp.HttpOutput);
            json.WriteNumber("statusCode", 200);
            json.WriteStartObject("headers");
            json.WriteString("Content-Type", "application/json");
            json.WriteEndObject();
            json.WriteString("body", body);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteStartArray("Logs");
        json.WriteEndArray();
        json.WriteNull("ReturnValue");
        WriteCounts(json, answer);
        json.WriteEndObject();
        await json.FlushAsync(cancellation);
        await output.FlushAsync(cancellation);
    }

    private static void WriteCounts(Utf8JsonWriter json, FunctionAnswer answer)
    {
        json.WriteStartObject("Counts");
        WriteCounts(json, answer.Counts);
        if (answer.Members.Count > 0)
        {
            json.WriteStartArray("members");
            foreach (var member in answer.Members)
            {
                json.WriteStartObject();
                json.WriteString("bot", member.Bot);
                WriteCounts(json, member.Counts);
                json.WriteNumber("seconds", member.Duration.TotalSeconds);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        if (answer.StopReason is { } reason)
        {
            json.WriteString("stopped", reason);
        }

        if (answer.Failure is { } failure)
        {
            json.WriteString("failed", failure);
        }

        json.WriteEndObject();
    }

    private static void WriteCounts(Utf8JsonWriter json, InvocationCounts counts)
    {
        json.WriteNumber("in", counts.In);
        json.WriteNumber("out", counts.Out);
        json.WriteNumber("dropped", counts.Dropped);
        json.WriteNumber("dead_lettered", counts.DeadLettered);
        json.WriteNumber("parked", counts.Parked);
        json.WriteNumber("retries", counts.Retries);
    }
}
