// worker.config.json: how the host starts an isolated worker.
using System.Text.Json.Nodes;

namespace IntelMq.Pipeline.Compile;

/// <summary>Makes worker.config.json, and knows how a folder for the isolated worker differs from one for the custom handler.</summary>
internal static class WorkerFile
{
    /// <summary>The file's name. The host looks for it, and for the worker beside it, at the top of the folder.</summary>
    public const string FileName = "worker.config.json";

    /// <summary>The option's value.</summary>
    public const string Isolated = "isolated";

    /// <summary>The assembly of the worker.</summary>
    public const string Assembly = "IntelMq.App.Isolated.dll";

    /// <summary>What the packages of triggers and bindings leave behind: what the host loads instead of an extension bundle.</summary>
    public const string Extensions = "extensions.json";

    /// <summary>The language of every function, and the value of <c>FUNCTIONS_WORKER_RUNTIME</c>.</summary>
    public static string Runtime(CompileOptions options) => options.Worker == Isolated ? "dotnet-isolated" : "custom";

    /// <summary>The content. The functions are told by the worker itself (<c>workerIndexing</c>), out of the same folder.</summary>
    public static JsonObject Content() => new()
    {
        ["description"] = new JsonObject
        {
            ["language"] = "dotnet-isolated",
            ["extensions"] = new JsonArray(".dll"),
            ["defaultExecutablePath"] = "dotnet",
            ["defaultWorkerPath"] = Assembly,
            ["workerIndexing"] = "true",
            ["canUsePlaceholder"] = true,
        },
    };
}
