// A bot as far as it could be read: also a wrong one has a place in the graph, so that all problems are found at once.
using IntelMq.Bots;
using IntelMq.DataFormat;
using IntelMq.Pipeline.Files;

namespace IntelMq.Pipeline.Reading;

/// <summary>A bot as far as it could be read.</summary>
internal sealed class DraftBot(string id, SourcePosition at, ConfigMap map)
{
    public string Id { get; } = id;

    public SourcePosition At { get; } = at;

    public ConfigMap Map { get; } = map;

    /// <summary>The map of its parameters; null where it has none.</summary>
    public ConfigMap? ParameterMap { get; set; }

    /// <summary>The bot; null for a module that is not known.</summary>
    public BotDescriptor? Descriptor { get; set; }

    /// <summary>The kind; of an unknown module what its name tells.</summary>
    public BotKind? Kind { get; set; }

    public bool Enabled { get; set; } = true;

    public RunMode RunMode { get; set; }

    public string? Name { get; set; }

    public string? Group { get; set; }

    public string? Description { get; set; }

    public string? SourceQueue { get; set; }

    public SourcePosition SourceQueueAt { get; set; }

    public List<DraftPath> Destinations { get; } = [];

    public SourcePosition? DestinationsAt { get; set; }

    public Extensions Extensions { get; set; } = new();

    /// <summary>What the file and the environment give, by canonical key.</summary>
    public Dictionary<string, GivenValue> Given { get; } = new(StringComparer.Ordinal);

    public BotParameters? Parameters { get; set; }

    public NcrontabSchedule? Schedule { get; set; }
}

/// <summary>A path and its queues.</summary>
internal sealed record DraftPath(string Path, SourcePosition At, IReadOnlyList<DraftDestination> Queues);

/// <summary>A queue that is sent to.</summary>
internal sealed record DraftDestination(string Queue, SourcePosition At);

/// <summary>What functions need beyond IntelMQ's keys.</summary>
internal sealed record Extensions(ScaleLimits? Scale = null, bool? Fuse = null, string? Transport = null, bool HasOwnFuse = false);

/// <summary>A value of a parameter and who gave it.</summary>
internal sealed record GivenValue(Value Value, SourcePosition At, GivenBy By);

/// <summary>Who gave a value; later ones win.</summary>
internal enum GivenBy
{
    Global,
    System,
    Parameters,
    Environment,
}
