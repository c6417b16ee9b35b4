// local.settings.json: what 'func start' gives the app on a developer's machine.
using System.Text.Json.Nodes;

namespace IntelMq.Pipeline.Compile;

/// <summary>Makes local.settings.json: emulators only, no secret.</summary>
internal static class LocalSettings
{
    /// <summary>The file's name.</summary>
    public const string FileName = "local.settings.json";

    /// <summary>The connection to Azurite.</summary>
    public const string DevelopmentStorage = "UseDevelopmentStorage=true";

    public static JsonObject Of(IEnumerable<string> transports, string runtime)
    {
        var values = new JsonObject
        {
            ["FUNCTIONS_WORKER_RUNTIME"] = runtime,
            ["AzureWebJobsStorage"] = DevelopmentStorage,
            [Connections.Storage] = DevelopmentStorage,
        };
        foreach (var (setting, value) in transports.SelectMany(Connections.Local))
        {
            values[setting] = value;
        }

        return new JsonObject { ["IsEncrypted"] = false, ["Values"] = values };
    }
}
