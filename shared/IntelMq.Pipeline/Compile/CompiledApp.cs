// What the compiler tells the function app: which function serves which bot, and through which bindings.
using System.Text.Json;
using System.Text.Json.Serialization;

namespace IntelMq.Pipeline;

/// <summary>
/// The contract between <c>intelmq compile</c>, which writes it as <c>names.json</c>, and the function app, which reads it. Queues are named as in
/// the pipeline file; entities as the broker knows them.
/// </summary>
public sealed record CompiledApp
{
    /// <summary>The file's name in the app's folder.</summary>
    public const string FileName = "names.json";

    /// <summary>The name of the binding that carries a function's answer over HTTP.</summary>
    public const string HttpOutput = "res";

    /// <summary>The version of this form.</summary>
    public int Version { get; init; } = 1;

    /// <summary>The transport of queues that name none of their own: <c>sqlite</c>, <c>storage-queue</c>, <c>service-bus</c>, <c>event-hubs</c>, <c>kafka</c> or <c>rabbitmq</c>.</summary>
    public required string Transport { get; init; }

    /// <summary>The pipeline file, relative to the app's folder.</summary>
    public required string Pipeline { get; init; }

    /// <summary>Frames are written as readable text even where every message costs.</summary>
    public bool PlainFrames { get; init; }

    /// <summary>The simple names of the assemblies that carry the bots and hooks in use; only these are scanned.</summary>
    public required IReadOnlyList<string> Assemblies { get; init; }

    /// <summary>The functions, by name.</summary>
    public required IReadOnlyList<CompiledFunction> Functions { get; init; }

    /// <summary>The queues, by name.</summary>
    public required IReadOnlyList<CompiledQueue> Queues { get; init; }

    /// <summary>The function of a name as the host calls it; null where there is none.</summary>
    public CompiledFunction? Find(string function) => Functions.FirstOrDefault(candidate => string.Equals(candidate.Name, function, StringComparison.OrdinalIgnoreCase));

    /// <summary>Reads the file of an app's folder.</summary>
    /// <exception cref="InvalidDataException">The file is missing or is not of this form.</exception>
    public static CompiledApp Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            using var file = File.OpenRead(path);
            var app = JsonSerializer.Deserialize(file, CompiledAppJson.Default.CompiledApp) ?? throw new JsonException("It is empty.");
            return app.Version == 1 ? app : throw new JsonException($"It has version {app.Version}; this app reads version 1.");
        }
        catch (Exception error) when (error is IOException or JsonException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"'{path}' cannot be read: {error.Message} Compile the pipeline again with 'intelmq compile'.", error);
        }
    }

    /// <summary>The file's text.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, CompiledAppJson.Default.CompiledApp).ReplaceLineEndings("\n") + "\n";
}

/// <summary>One function.</summary>
public sealed record CompiledFunction
{
    /// <summary>The name as the host knows it.</summary>
    public required string Name { get; init; }

    /// <summary>What it is for.</summary>
    public required FunctionKind Kind { get; init; }

    /// <summary>The id of its bot; null for functions that serve the whole app.</summary>
    public string? Bot { get; init; }

    /// <summary>Whether it runs its bot; the others serve bots or the whole app.</summary>
    [JsonIgnore]
    public bool RunsBot => Kind is FunctionKind.Work or FunctionKind.Collect;

    /// <summary>What starts it.</summary>
    public required CompiledTrigger Trigger { get; init; }

    /// <summary>The output bindings: the queue and its binding's name.</summary>
    public IReadOnlyDictionary<string, string> Outputs { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// The output binding for frames on which the process ends: a topic of their own, where the broker never gives up by itself. Null elsewhere.
    /// </summary>
    public string? GivesUpTo { get; init; }

    /// <summary>
    /// The ids of the bots that one invocation runs, each with what the one before it sent to it: its own first, then those that are fused behind it. Null
    /// where it runs its own alone.
    /// </summary>
    public IReadOnlyList<string>? Chain { get; init; }

    /// <summary>The ids of all bots that one invocation runs; none for a function that serves the whole app.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Bots => Chain ?? (Bot is null ? [] : [Bot]);

    /// <summary>Only one invocation of it runs at a time: its bot owns a file or a connection.</summary>
    public bool Single { get; init; }
}

/// <summary>What a function is for.</summary>
public enum FunctionKind
{
    /// <summary>A parser, expert or output that takes frames from its queue.</summary>
    Work,

    /// <summary>A collector that runs at its times.</summary>
    Collect,

    /// <summary>Makes dead letters of what the broker gave up on.</summary>
    Poison,

    /// <summary>Sends parked messages again when they are due.</summary>
    Park,

    /// <summary>Removes state that expired and raw data that nobody needs.</summary>
    Purge,

    /// <summary>Tells over HTTP what waits and what failed.</summary>
    Status,
}

/// <summary>What starts a function.</summary>
/// <param name="Type">The host's name of the trigger: <c>timerTrigger</c>, <c>httpTrigger</c>, <c>queueTrigger</c>, <c>serviceBusTrigger</c>, <c>eventHubTrigger</c>, <c>kafkaTrigger</c>, <c>rabbitMQTrigger</c>.</param>
/// <param name="Binding">The name of its binding.</param>
/// <param name="Queue">The queue; null for timers.</param>
/// <param name="Many">Whether one call brings many messages.</param>
/// <param name="Schedule">The NCRONTAB expression of a timer; null for queues.</param>
public sealed record CompiledTrigger(string Type, string Binding, string? Queue = null, bool Many = false, string? Schedule = null);

/// <summary>One queue.</summary>
/// <param name="Name">The name in the pipeline file.</param>
/// <param name="Transport">What carries it.</param>
/// <param name="Entity">The name of the queue, hub or topic.</param>
/// <param name="FrameLimit">How many bytes of text one message may hold.</param>
/// <param name="Poison">The queue or topic of the messages that the broker gave up on; null where there is none.</param>
public sealed record CompiledQueue(string Name, string Transport, string Entity, int FrameLimit, string? Poison = null);

/// <summary>How the file is written.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, UseStringEnumConverter = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CompiledApp))]
internal sealed partial class CompiledAppJson : JsonSerializerContext;
