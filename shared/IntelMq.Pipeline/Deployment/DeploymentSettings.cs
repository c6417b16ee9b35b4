// How a pipeline wants to be deployed: what its file says below 'global: deployment:'.
using IntelMq.DataFormat;

namespace IntelMq.Pipeline;

/// <summary>What a pipeline file says of its deployment; <see cref="DeploymentKey"/> lists what there is to say.</summary>
/// <param name="Values">The values that the file gives, by key.</param>
public sealed record DeploymentSettings(IReadOnlyDictionary<string, Value> Values)
{
    /// <summary>One function app for all bots.</summary>
    public const string OneApp = "one";

    /// <summary>A function app for every bot.</summary>
    public const string AppPerBot = "per-bot";

    /// <summary>A file that says nothing.</summary>
    public static DeploymentSettings None { get; } = new(new Dictionary<string, Value>());

    /// <summary>The ways to spread bots over apps.</summary>
    public static IReadOnlyList<string> Spreads { get; } = DeploymentKey.All.Single(key => key.Name == "apps").Allowed;

    /// <summary>The hosting plan; null where the file names none.</summary>
    public string? Plan => Text("plan");

    /// <summary>How bots are spread over apps; null where the file does not say.</summary>
    public string? Apps => Text("apps");

    /// <summary>A text; null where the file does not give it.</summary>
    public string? Text(string key) => Values.TryGetValue(key, out var value) ? value.AsText() : null;

    /// <summary>A number; null where the file does not give it.</summary>
    public long? Number(string key) => Values.TryGetValue(key, out var value) ? value.AsInteger() : null;
}
