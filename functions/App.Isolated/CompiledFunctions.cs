// Tells the host which functions there are.
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using IntelMq.Pipeline;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;

namespace IntelMq.App;

/// <summary>The functions of the compiled folder: those of names.json, each with the bindings and the retry policy of its function.json.</summary>
internal sealed class CompiledFunctions(AppEnvironment environment) : IFunctionMetadataProvider
{
    private const string FunctionFile = "function.json";

    /// <inheritdoc/>
    public Task<ImmutableArray<IFunctionMetadata>> GetFunctionMetadataAsync(string directory) => Task.FromResult(Read(environment.Folder));

    /// <summary>Reads the folder.</summary>
    /// <exception cref="InvalidDataException">A file is missing or broken; the sentence names it.</exception>
    public static ImmutableArray<IFunctionMetadata> Read(string folder) =>
        [.. CompiledApp.Read(folder).Functions.Select(function => Metadata(function.Name, Path.Combine(folder, function.Name, FunctionFile)))];

    private static DefaultFunctionMetadata Metadata(string name, string path)
    {
        try
        {
            var file = JsonNode.Parse(File.ReadAllBytes(path))!.AsObject();
            return new DefaultFunctionMetadata
            {
                Name = name,
                Language = "dotnet-isolated",
                ScriptFile = Path.GetFileName(Invocation.Assembly),
                EntryPoint = Invocation.EntryPoint,
                RawBindings = file["bindings"]!.AsArray().Select(binding => Binding(binding!.AsObject())).ToList(),
                Retry = file["retry"] is JsonObject retry ? Retry(retry) : null,
            };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException or NullReferenceException or FormatException)
        {
            throw new InvalidDataException($"'{path}' cannot be read: {error.Message} Compile the pipeline again with 'intelmq compile'.", error);
        }
    }

    // The host reads these words in any case, the worker in this one.
    private static string Binding(JsonObject binding)
    {
        var copy = binding.DeepClone().AsObject();
        foreach (var key in (string[])["direction", "dataType"])
        {
            if (copy[key]?.GetValue<string>() is { Length: > 0 } word)
            {
                copy[key] = char.ToUpperInvariant(word[0]) + word[1..];
            }
        }

        return copy.ToJsonString();
    }

    private static DefaultRetryOptions Retry(JsonObject retry) => new()
    {
        MaxRetryCount = retry["maxRetryCount"]!.GetValue<int>(),
        DelayInterval = Interval(retry, "delayInterval"),
        MinimumInterval = Interval(retry, "minimumInterval"),
        MaximumInterval = Interval(retry, "maximumInterval"),
    };

    private static TimeSpan? Interval(JsonObject retry, string key) =>
        retry[key]?.GetValue<string>() is { } text ? TimeSpan.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : null;
}
