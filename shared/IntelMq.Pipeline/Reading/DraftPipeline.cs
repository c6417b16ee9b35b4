// A pipeline as far as it could be read.
using IntelMq.Bots;
using IntelMq.Pipeline.Files;

namespace IntelMq.Pipeline.Reading;

/// <summary>A pipeline as far as it could be read.</summary>
internal sealed class DraftPipeline
{
    /// <summary>The global parameters: keys that are parameters, not settings of the pipeline itself.</summary>
    public List<ConfigEntry> GlobalParameters { get; } = [];

    public List<DraftBot> Bots { get; } = [];

    /// <summary>The hooks, and where they stand.</summary>
    public List<(HookInstance Hook, SourcePosition At)> Hooks { get; } = [];

    public string InstanceName { get; set; } = Pipeline.DefaultInstanceName;

    public bool PlainFrames { get; set; }

    public DeploymentSettings Deployment { get; set; } = DeploymentSettings.None;

    public Extensions Extensions { get; set; } = new();

    /// <summary>The bots by the queue they read. Collectors read none.</summary>
    public ILookup<string, DraftBot> ReadersByQueue => Bots
        .Where(bot => bot.SourceQueue is not null)
        .ToLookup(bot => bot.SourceQueue!, StringComparer.Ordinal);

    /// <summary>Every bot with every queue it sends to.</summary>
    public IEnumerable<(DraftBot Bot, DraftDestination Destination)> Sends => Bots.SelectMany(bot =>
        bot.Destinations.Where(path => Sending.IsSent(bot.Kind, path.Path)).SelectMany(path => path.Queues.Select(queue => (bot, queue))));

    public PipelineGraph Graph()
    {
        var readers = ReadersByQueue;
        return new PipelineGraph(
            Bots.Select(bot => bot.Id),
            Sends.SelectMany(send => readers[send.Destination.Queue].Select(reader => (send.Bot.Id, reader.Id))));
    }
}

/// <summary>What a bot of a kind sends.</summary>
internal static class Sending
{
    /// <summary>Whether a bot sends to a path. An output sends only what failed.</summary>
    public static bool IsSent(BotKind? kind, string path) => kind != BotKind.Output || path == Paths.OnError;
}
