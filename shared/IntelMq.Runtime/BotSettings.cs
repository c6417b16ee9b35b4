// What the runtime knows about one bot instance.
using IntelMq.Bots;

namespace IntelMq.Runtime;

/// <summary>One bot instance as the runtime sees it.</summary>
public sealed record BotSettings
{
    /// <summary>The id in the pipeline file.</summary>
    public required string BotId { get; init; }

    /// <summary>The module name.</summary>
    public required string Module { get; init; }

    /// <summary>The namespace of message ids: one per installation, so that two installations never make the same id.</summary>
    public required Guid Instance { get; init; }

    /// <summary>The queue that the bot reads; null for collectors.</summary>
    public string? SourceQueue { get; init; }

    /// <summary>The queues of each path.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Destinations { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Every path leads to a queue of its own name: a bot that runs alone, without a pipeline.</summary>
    public bool EveryPathLeads { get; init; }

    /// <summary>The hooks that apply to this bot, in order.</summary>
    public IReadOnlyList<IBotHook> Hooks { get; init; } = [];

    /// <summary>How many bytes a frame of the transport may hold.</summary>
    public int FrameLimit { get; init; } = 512 * 1024;

    /// <summary>After this many bytes of events a parser stops and goes on in another invocation.</summary>
    public int ParserBudget { get; init; } = 1024 * 1024;

    /// <summary>After so long a parser stops and goes on in another invocation.</summary>
    public TimeSpan ParserTime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A report whose raw data is larger than this is cut into slices of about this many bytes; null where one invocation follows the other anyway.</summary>
    public long? SliceLength { get; init; }

    /// <summary>The transport may bring a message twice: outputs remember what they have written.</summary>
    public bool MayComeTwice { get; init; }

    /// <summary>What carries the messages, as traces name it.</summary>
    public string MessagingSystem { get; init; } = "intelmq";

    /// <summary>Identifies the parameters a dead letter was made under.</summary>
    public string ParametersVersion { get; init; } = "";
}
