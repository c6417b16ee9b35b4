// What the Functions host says about the messages of a call.
using System.Globalization;
using System.Text.Json;

namespace IntelMq.App;

/// <summary>
/// The metadata of a call. Top-level properties of a JSON message are mixed into it and may stand in the place of the host's own: nothing in it is relied
/// on for safety, and what cannot be read counts as missing.
/// </summary>
internal sealed class HostMetadata
{
    /// <summary>The host mixes properties of messages into the metadata, deeper than they were, and what is deep there is none of our business.</summary>
    public const int MostLevels = 4096;

    private static readonly JsonDocumentOptions s_options = new() { MaxDepth = MostLevels };

    private readonly Dictionary<string, JsonElement> _values = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Metadata as the custom-handler contract has it: an object whose values are JSON in strings.</summary>
    public HostMetadata(ReadOnlyMemory<byte> metadata)
    {
        if (metadata.IsEmpty)
        {
            return;
        }

        using var document = JsonDocument.Parse(metadata, s_options);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (var property in document.RootElement.EnumerateObject())
        {
            if (Read(() => property.Name) is { } name)
            {
                _values[name] = property.Value.Clone();
            }
        }

        Retries = _values.TryGetValue("RetryContext", out var context) && context.ValueKind == JsonValueKind.Object && context.TryGetProperty("RetryCount", out var count)
            && count.ValueKind == JsonValueKind.Number && count.TryGetInt32(out var retries) ? retries : 0;
    }

    /// <summary>Metadata as the worker contract has it: texts as they are, everything else as JSON in a text.</summary>
    /// <param name="metadata">The values by name.</param>
    /// <param name="retries">How often the host tried the call before.</param>
    public HostMetadata(IEnumerable<KeyValuePair<string, object?>> metadata, int retries)
    {
        foreach (var (name, value) in metadata)
        {
            if (Convert.ToString(value, CultureInfo.InvariantCulture) is { } text)
            {
                _values[name] = ObjectOf(text) ?? JsonSerializer.SerializeToElement(text);
            }
        }

        Retries = retries;
    }

    /// <summary>The partition of a batch of Event Hubs.</summary>
    public string Partition =>
        _values.TryGetValue("PartitionContext", out var context) && context.ValueKind == JsonValueKind.Object && context.TryGetProperty("PartitionId", out var id)
            ? Read(id.ToString) ?? ""
            : "";

    /// <summary>How often the host tried these messages before, by the function's own retry policy.</summary>
    public int Retries { get; }

    /// <summary>A value as text; of a batch the item at the index.</summary>
    public string? Text(string name, int index)
    {
        if (!_values.TryGetValue(index < 0 ? name : name + "Array", out var value))
        {
            return null;
        }

        // Values are JSON in a string.
        var json = Read(() => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText());
        try
        {
            if (json is null)
            {
                return null;
            }

            using var inner = JsonDocument.Parse(json, s_options);
            var found = inner.RootElement;
            if (index >= 0)
            {
                found = found.ValueKind == JsonValueKind.Array && index < found.GetArrayLength() ? found[index] : default;
            }

            return found.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null ? null : Read(found.ToString);
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

    private static JsonElement? ObjectOf(string text)
    {
        if (!text.StartsWith('{'))
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(text, s_options);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // Text with half a surrogate pair cannot be read.
    private static string? Read(Func<string> text)
    {
        try
        {
            return text();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
