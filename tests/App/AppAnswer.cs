// What the app answered, and whether the host would understand it.
using System.Text;
using System.Text.Json;

namespace IntelMq.App.Tests;

/// <summary>An answer of the app.</summary>
internal sealed record AppAnswer(int Status, string? ContentType, byte[] Bytes)
{
    /// <summary>The body as text.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes);

    /// <summary>The body, which must be one that the host takes for success: 2xx, JSON by its type, an object, every output an array of strings.</summary>
    public SortedDictionary<string, string[]> Outputs()
    {
        Assert.True(Status == 200, $"{Status}: {Text}");
        Assert.Equal("application/json", ContentType);
        Assert.NotEmpty(Bytes);
        using var document = JsonDocument.Parse(Bytes);
        var root = document.RootElement;
        Assert.Equal(JsonValueKind.Object, root.ValueKind);
        Assert.All(root.GetProperty("Logs").EnumerateArray(), line => Assert.Equal(JsonValueKind.String, line.ValueKind));
        Assert.Equal(JsonValueKind.Null, root.GetProperty("ReturnValue").ValueKind);
        var outputs = new SortedDictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var output in root.GetProperty("Outputs").EnumerateObject())
        {
            Assert.Equal(JsonValueKind.Array, output.Value.ValueKind);
            Assert.All(output.Value.EnumerateArray(), item => Assert.Equal(JsonValueKind.String, item.ValueKind));
            outputs[output.Name] = output.Value.EnumerateArray().Select(item => item.GetString()!).ToArray();
        }

        return outputs;
    }

    /// <summary>The texts for the only binding that got any.</summary>
    public string[] Only(string binding)
    {
        var output = Assert.Single(Outputs());
        Assert.Equal(binding, output.Key);
        return output.Value;
    }

    /// <summary>A figure of the invocation.</summary>
    public long Count(string name)
    {
        Assert.True(Status == 200, $"{Status}: {Text}");
        using var document = JsonDocument.Parse(Bytes);
        return document.RootElement.GetProperty("Counts").GetProperty(name).GetInt64();
    }

    /// <summary>A call that failed: a status that the host takes for failure, and a sentence for people.</summary>
    public AppAnswer MustRefuse(int? status = null)
    {
        Assert.True(status is null ? Status is >= 400 and <= 599 : Status == status, $"{Status}: {Text}");
        Assert.Equal("text/plain", ContentType);
        Assert.EndsWith(".", Text, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", Text, StringComparison.Ordinal);
        return this;
    }
}
