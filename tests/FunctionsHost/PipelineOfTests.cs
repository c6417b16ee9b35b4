// A small pipeline: collector, parser, expert, output.
using IntelMq.Bots;
using IntelMq.FunctionsHost.Running;
using IntelMq.Runtime;
using Microsoft.Extensions.Logging.Abstractions;

namespace IntelMq.FunctionsHost.Tests;

/// <summary>Builds the pipeline that most tests of the host run, in a folder of its own.</summary>
internal sealed class PipelineOfTests : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("intelmq-host-").FullName;

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    public required CollectorBot Collector { get; init; }

    public Func<Bot> Parser { get; init; } = () => new CommentLineParser();

    public Func<Bot> Expert { get; init; } = () => new PassingExpert();

    /// <summary>Experts behind the first, one after the other.</summary>
    public IReadOnlyList<(string Id, Func<Bot> Bot)> MoreExperts { get; init; } = [];

    /// <summary>Whether they are fused.</summary>
    public bool Fuse { get; init; }

    public required Func<Bot> Output { get; init; }

    public OutputParameters OutputParameters { get; init; } = new();

    public ExpertParameters ExpertParameters { get; init; } = new();

    public long QueueLimit { get; init; } = 16 * 1024 * 1024;

    public IReadOnlyList<IBotHook> Hooks { get; init; } = [];

    public Task<LocalHost> OpenAsync(bool? fuse = null) => LocalHost.OpenAsync(
        new LocalHostOptions
        {
            Bots =
            [
                Bot("collector", () => Collector, new CollectorParameters { Name = "Test Feed" }, null, "parser-queue"),
                Bot("parser", Parser, new ParserParameters(), "parser-queue", "expert-queue"),
                .. Experts(fuse ?? Fuse),
                Bot("output", Output, OutputParameters, "output-queue", null),
            ],
            DataFolder = Folder,
            InputFolder = Folder,
            Clock = Clock,
            Logs = NullLoggerFactory.Instance,
            QueueLimit = QueueLimit,
        },
        TestContext.Current.CancellationToken);

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private IEnumerable<HostedBot> Experts(bool fuse)
    {
        (string Id, Func<Bot> Bot)[] experts = [("expert", Expert), .. MoreExperts];
        return experts.Select((expert, i) =>
        {
            var next = i + 1 < experts.Length ? experts[i + 1].Id : null;
            return Bot(expert.Id, expert.Bot, ExpertParameters, expert.Id + "-queue", (next ?? "output") + "-queue") with { Follower = fuse ? next : null };
        });
    }

    private HostedBot Bot(string id, Func<Bot> bot, BotParameters parameters, string? source, string? destination) => new(
        bot,
        parameters,
        new BotSettings
        {
            BotId = id,
            Module = "test." + id,
            Instance = HostedPipeline.InstanceOf("test"),
            SourceQueue = source,
            Destinations = destination is null ? new Dictionary<string, IReadOnlyList<string>>() : new Dictionary<string, IReadOnlyList<string>> { [Paths.Default] = [destination] },
            Hooks = Hooks,
        });
}
