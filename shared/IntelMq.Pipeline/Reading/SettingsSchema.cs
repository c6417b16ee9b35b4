// JSON Schema of the settings of a pipeline, for editors.
using System.Globalization;
using System.Text.Json.Nodes;
using IntelMq.Pipeline.Reading;

namespace IntelMq.Pipeline;

/// <summary>The schema of what may stand in the global part of a pipeline file besides parameters of bots.</summary>
public static class SettingsSchema
{
    /// <summary>The settings, by key.</summary>
    public static IReadOnlyDictionary<string, JsonObject> Global { get; } = new SortedDictionary<string, JsonObject>(StringComparer.Ordinal)
    {
        ["deployment"] = Deployment(),
        ["fuse"] = Of("boolean", "Fuse the experts that declare themselves cheap with the expert before them."),
        ["hooks"] = new JsonObject
        {
            ["type"] = "array",
            ["description"] = "The hooks, in the order in which they run.",
            ["items"] = new JsonObject
            {
                ["type"] = "object",
                ["required"] = new JsonArray("type"),
                ["properties"] = new JsonObject
                {
                    ["type"] = Of("string", "The name of the hook."),
                    ["bots"] = Of("string", "The ids of the bots it is for; * stands for any text."),
                    ["parameters"] = new JsonObject { ["type"] = "object" },
                },
            },
        },
        ["instance"] = Of("string", "The name of this installation: part of every message id."),
        ["plain_frames"] = Of("boolean", "Messages of brokers are readable text; larger."),
        ["scale"] = new JsonObject { ["description"] = "How many instances a bot has at least and at most.", ["type"] = new JsonArray("integer", "object") },
        ["transport"] = new JsonObject
        {
            ["description"] = "What carries the messages of bots that name no transport.",
            ["enum"] = new JsonArray(PipelineReader.Transports.Select(transport => (JsonNode)transport).ToArray()),
        },
    };

    private static JsonObject Deployment() => new()
    {
        ["type"] = "object",
        ["description"] = "How the pipeline is deployed to Azure.",
        ["additionalProperties"] = false,
        ["properties"] = new JsonObject(DeploymentKey.All.Select(key => KeyValuePair.Create(key.Name, (JsonNode?)Property(key)))),
    };

    private static JsonObject Property(DeploymentKey key)
    {
        var property = Of(key.Type switch { "text" => "string", "number" => "integer", "flag" => "boolean", "list" => "array", _ => "object" }, key.Description);
        if (key.Allowed.Count > 0)
        {
            property["enum"] = new JsonArray(key.Allowed.Select(one => key.Type == "number" ? (JsonNode)int.Parse(one, CultureInfo.InvariantCulture) : one).ToArray());
        }
        else if (key.Range is var (from, to))
        {
            (property["minimum"], property["maximum"]) = (from, to);
        }
        else if (key.Rule.Length > 0)
        {
            property["pattern"] = key.Rule;
        }

        if (key.Type is "list")
        {
            property["items"] = new JsonObject { ["type"] = "string" };
        }
        else if (key.Type is "map")
        {
            property["additionalProperties"] = new JsonObject { ["type"] = "string" };
        }

        return property;
    }

    private static JsonObject Of(string type, string description) => new() { ["type"] = type, ["description"] = description };
}
