// One bot of a pipeline.
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Pipeline;

/// <summary>One bot of a pipeline: which bot it is, its parameters and where it stands.</summary>
public sealed record BotInstance
{
    /// <summary>The id: letters, digits and hyphens.</summary>
    public required string Id { get; init; }

    /// <summary>The bot.</summary>
    public required BotDescriptor Descriptor { get; init; }

    /// <summary>The parameters, bound and checked.</summary>
    public required BotParameters Parameters { get; init; }

    /// <summary>The parameters as the file and the environment give them, by key; class defaults are not among them.</summary>
    public required IReadOnlyDictionary<string, Value> RawParameters { get; init; }

    /// <summary>What the file or the environment gives for a parameter, under its key or its other one; null where neither gives it.</summary>
    public Value? Given(ParameterDeclaration parameter) =>
        RawParameters.TryGetValue(parameter.Key, out var value) || (parameter.Alias is { } alias && RawParameters.TryGetValue(alias, out value)) ? (Value?)value : null;

    /// <summary>The keys of <see cref="RawParameters"/> that the environment gives, not the file.</summary>
    public IReadOnlyList<string> FromEnvironment { get; init; } = [];

    /// <summary>Whether the bot takes part.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>How IntelMQ would run it.</summary>
    public RunMode RunMode { get; init; }

    /// <summary>The queue it reads; null for collectors.</summary>
    public string? SourceQueue { get; init; }

    /// <summary>The queues of each path.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<string>> Destinations { get; init; }

    /// <summary>What people call the bot; the id where the file gives no name.</summary>
    public required string Name { get; init; }

    /// <summary>The group as the file gives it; null where it gives none.</summary>
    public string? Group { get; init; }

    /// <summary>What the bot is for; null where the file does not tell.</summary>
    public string? Description { get; init; }

    /// <summary>The line at which the bot starts in the pipeline file.</summary>
    public int Line { get; init; }

    /// <summary>How far the bot scales out; null leaves it to the host.</summary>
    public ScaleLimits? Scale { get; init; }

    /// <summary>Whether the bot wants to be fused with the bot before it (<see cref="FusedChains"/>); null where the file does not tell.</summary>
    public bool? Fuse { get; init; }

    /// <summary>Whether <see cref="Fuse"/> is a key of the bot itself and not only a global one.</summary>
    public bool HasOwnFuse { get; init; }

    /// <summary>The transport of its source queue; null for that of the whole pipeline.</summary>
    public string? Transport { get; init; }

    /// <summary>When the bot runs; null for bots that are started by messages.</summary>
    public NcrontabSchedule? Schedule { get; init; }
}

/// <summary>How IntelMQ runs a bot.</summary>
public enum RunMode
{
    /// <summary>All the time.</summary>
    Continuous,

    /// <summary>Once, whenever a scheduler starts it.</summary>
    Scheduled,
}

/// <summary>How far a bot scales out.</summary>
/// <param name="Minimum">Instances that always run.</param>
/// <param name="Maximum">Instances that run at most; null for the host's own limit.</param>
public sealed record ScaleLimits(int Minimum, int? Maximum);
