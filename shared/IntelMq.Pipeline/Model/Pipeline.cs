// A pipeline that was read and found good.
using IntelMq.DataFormat;

namespace IntelMq.Pipeline;

/// <summary>A pipeline: bots, the queues between them, hooks and fields.</summary>
public sealed class Pipeline
{
    /// <summary>The bots in the order of the file.</summary>
    public required IReadOnlyList<BotInstance> Bots { get; init; }

    /// <summary>Who sends to whom. Disabled bots are part of it.</summary>
    public required PipelineGraph Graph { get; init; }

    /// <summary>The queues by name.</summary>
    public required IReadOnlyDictionary<string, PipelineQueue> Queues { get; init; }

    /// <summary>The hooks, in the order in which they run.</summary>
    public required IReadOnlyList<HookInstance> Hooks { get; init; }

    /// <summary>The fields that messages may carry: the built-in ones and those of the harmonization.conf beside the pipeline.</summary>
    public required FieldCatalogue Fields { get; init; }

    /// <summary>The folder of the pipeline file, as a full path: where relative input paths start.</summary>
    public required string Directory { get; init; }

    /// <summary>The name of the instance (global key <c>instance</c>): part of every message id, so two instances never give the same.</summary>
    public string InstanceName { get; init; } = DefaultInstanceName;

    /// <summary>Frames are written as readable text on every transport (global key <c>plain_frames</c>).</summary>
    public bool PlainFrames { get; init; }

    /// <summary>What the file says of its deployment (global key <c>deployment</c>).</summary>
    public DeploymentSettings Deployment { get; init; } = DeploymentSettings.None;

    /// <summary>The name of an instance that names itself none.</summary>
    public const string DefaultInstanceName = "intelmq";

    /// <summary>The bot of an id; null where there is none.</summary>
    public BotInstance? Find(string botId) => Bots.FirstOrDefault(bot => bot.Id == botId);
}

/// <summary>A queue.</summary>
/// <param name="Name">The name.</param>
/// <param name="Readers">The ids of the bots that read it: one in an accepted pipeline.</param>
/// <param name="Writers">The ids of the bots that write to it, sorted.</param>
public sealed record PipelineQueue(string Name, IReadOnlyList<string> Readers, IReadOnlyList<string> Writers);
