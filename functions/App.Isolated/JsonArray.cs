// A batch that came as JSON.
using System.Text;
using System.Text.Json;
using IntelMq.Pipeline;
using IntelMq.Runtime;

namespace IntelMq.App;

/// <summary>The items of a JSON array as texts: strings without their quotes, everything else as it stands.</summary>
internal static class JsonArray
{
    /// <summary>Reads the array of a call.</summary>
    /// <exception cref="UnknownCallException">It is none.</exception>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Texts(CompiledFunction function, string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = HostMetadata.MostLevels });
            return [.. document.RootElement.EnumerateArray().Select(item => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(item.ValueKind == JsonValueKind.String ? item.GetString()! : item.GetRawText()))];
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new UnknownCallException($"The call of '{function.Name}' is not of the form that the Functions host sends: {error.Message}");
        }
    }
}
