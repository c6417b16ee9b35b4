// Reads the map of a pipeline file: the global part and the bots. Parameters come later (ParameterMerge).
using System.Text.RegularExpressions;
using IntelMq.Bots;
using IntelMq.Pipeline.Checks;
using IntelMq.Pipeline.Deployment;
using IntelMq.Pipeline.Files;

namespace IntelMq.Pipeline.Reading;

/// <summary>Reads the map of a pipeline file.</summary>
internal sealed partial class PipelineReader(BotCatalogue catalogue, SecretReader secrets, ProblemLog problems)
{
    /// <summary>The key of what holds for all bots.</summary>
    public const string GlobalKey = "global";

    private static readonly string[] s_transports = ["sqlite", "storage-queue", "service-bus", "event-hubs", "kafka", "rabbitmq"];
    private static readonly string[] s_settings = ["instance", "hooks", "plain_frames", "scale", "fuse", "transport", DeploymentReader.Key];
    private static readonly string[] s_botKeys =
    [
        "bot_id", "name", "group", "groupname", "module", "description", "enabled", "run_mode", "parameters",
        "destination_queues", "source_queue", "scale", "fuse", "transport", "schedule",
    ];

    private readonly Shapes _shapes = new(problems);
    private readonly DestinationReader _destinations = new(problems);

    /// <summary>The names of transports.</summary>
    public static IReadOnlyList<string> Transports => s_transports;

    /// <summary>The global keys that are settings of the pipeline itself.</summary>
    public static IReadOnlyList<string> Settings => s_settings;

    /// <summary>The keys of a bot.</summary>
    public static IReadOnlyList<string> BotKeys => s_botKeys;

    public DraftPipeline Read(ConfigMap file)
    {
        var pipeline = new DraftPipeline();
        if (_shapes.Map(file[GlobalKey]) is { } global)
        {
            ReadGlobal(global, pipeline);
        }

        foreach (var entry in file.Entries.Where(entry => entry.Key != GlobalKey))
        {
            if (!BotId().IsMatch(entry.Key))
            {
                problems.Error(entry.At, entry.Key, $"'{entry.Key}' is no id of a bot. Use letters, digits and hyphens only.");
            }

            if (entry.Node is ConfigMap map)
            {
                pipeline.Bots.Add(ReadBot(new DraftBot(entry.Key, entry.At, map), pipeline));
            }
            else
            {
                problems.Error(entry.At, entry.Key, $"The bot '{entry.Key}' is {entry.Node.Description}, but must be a map with its module and parameters.");
            }
        }

        if (pipeline.Bots.Count == 0 && !problems.HasErrors)
        {
            problems.Error(SourcePosition.Whole, null, "The pipeline has no bots. Add one: an id, and below it 'module: …'.");
        }

        return pipeline;
    }

    private void ReadGlobal(ConfigMap global, DraftPipeline pipeline)
    {
        pipeline.InstanceName = _shapes.Text(global["instance"]) ?? Pipeline.DefaultInstanceName;
        pipeline.PlainFrames = _shapes.Flag(global["plain_frames"]) ?? false;
        pipeline.Extensions = ReadExtensions(global, new Extensions());
        pipeline.Deployment = new DeploymentReader(problems).Read(global[DeploymentReader.Key]);
        pipeline.Hooks.AddRange(new HookReader(catalogue, secrets, problems).Read(global["hooks"]));
        pipeline.GlobalParameters.AddRange(global.Entries.Where(entry => !s_settings.Contains(entry.Key)));
    }

    private DraftBot ReadBot(DraftBot bot, DraftPipeline pipeline)
    {
        var map = bot.Map;
        bot.ParameterMap = _shapes.Map(map["parameters"]);
        ReadModule(bot);
        bot.Name = _shapes.Text(map["name"]);
        bot.Group = _shapes.Text(map["group"]);
        bot.Description = _shapes.Text(map["description"]);
        bot.Enabled = _shapes.Flag(bot.ParameterMap?["enabled"]) ?? _shapes.Flag(map["enabled"]) ?? true;
        bot.RunMode = ReadRunMode(bot, pipeline);
        bot.Extensions = ReadExtensions(map, pipeline.Extensions);
        ReadQueues(bot);
        foreach (var entry in map.Entries.Where(entry => !s_botKeys.Contains(entry.Key)))
        {
            problems.Warning(entry.At, entry.Key, $"'{entry.Key}' of the bot '{bot.Id}' has no effect here{problems.Hint(entry.Key, s_botKeys)}. Parameters belong below 'parameters:'.");
        }

        return bot;
    }

    private void ReadModule(DraftBot bot)
    {
        var entry = bot.Map["module"];
        var module = _shapes.Text(entry);
        if (module is null)
        {
            if (entry?.Node is null or ConfigScalar)
            {
                problems.Error(entry?.Node.At ?? bot.At, "module", $"The bot '{bot.Id}' has no module. Add 'module: ' with one of those that 'intelmq list bots' shows.");
            }

            return;
        }

        if (catalogue.TryGet(module, out var descriptor))
        {
            bot.Descriptor = descriptor;
            bot.Kind = descriptor.Kind;
            return;
        }

        bot.Kind = KindByName(module);
        var at = entry!.Node.At;
        if (IntelMqModules.All.Contains(module))
        {
            problems.Error(at, "module", $"'{module}' is a bot of IntelMQ that is not built yet. Remove the bot '{bot.Id}', or add a package that brings it.");
            return;
        }

        var hint = problems.Hint(module, catalogue.All.Select(known => known.Id).Concat(IntelMqModules.All));
        problems.Error(at, "module", $"There is no bot '{module}'{hint}. 'intelmq list bots' shows those that there are; a bot of your own needs its package beside the app.");
    }

    private static BotKind? KindByName(string module) =>
        module.Contains(".collectors.", StringComparison.Ordinal) ? BotKind.Collector
        : module.Contains(".parsers.", StringComparison.Ordinal) ? BotKind.Parser
        : module.Contains(".experts.", StringComparison.Ordinal) ? BotKind.Expert
        : module.Contains(".outputs.", StringComparison.Ordinal) ? BotKind.Output
        : null;

    private RunMode ReadRunMode(DraftBot bot, DraftPipeline pipeline)
    {
        var entry = bot.ParameterMap?["run_mode"] ?? bot.Map["run_mode"] ?? pipeline.GlobalParameters.Find(global => global.Key == "run_mode");
        return _shapes.OneOf(entry, "continuous", "scheduled") == "scheduled" ? RunMode.Scheduled : RunMode.Continuous;
    }

    private void ReadQueues(DraftBot bot)
    {
        _destinations.Read(bot.ParameterMap?["destination_queues"] ?? bot.Map["destination_queues"], bot);
        var source = bot.ParameterMap?["source_queue"] ?? bot.Map["source_queue"];
        bot.SourceQueueAt = source?.Node.At ?? bot.At;
        var queue = _shapes.Text(source);
        if (bot.Kind != BotKind.Collector)
        {
            bot.SourceQueue = queue ?? bot.Id + "-queue";
        }
        else if (queue is not null)
        {
            problems.Warning(source!.At, "source_queue", $"The collector '{bot.Id}' reads no queue. Remove 'source_queue'.");
        }
    }

    private Extensions ReadExtensions(ConfigMap map, Extensions defaults) => new(
        ReadScale(map["scale"]) ?? defaults.Scale,
        _shapes.Flag(map["fuse"]) ?? defaults.Fuse,
        _shapes.OneOf(map["transport"], s_transports) ?? defaults.Transport,
        _shapes.Flag(map["fuse"]) is not null);

    private ScaleLimits? ReadScale(ConfigEntry? entry)
    {
        if (entry is null)
        {
            return null;
        }

        if (entry.Node is not ConfigMap limits)
        {
            return _shapes.Number(entry, 1) is { } limit ? new ScaleLimits(0, limit) : null;
        }

        foreach (var unknown in limits.Entries.Where(limit => limit.Key is not ("minimum" or "maximum")))
        {
            problems.Error(unknown.At, unknown.Key, $"'{unknown.Key}' is no limit. 'scale' has 'minimum' and 'maximum', or is one number: the maximum.");
        }

        var scale = new ScaleLimits(_shapes.Number(limits["minimum"], 0) ?? 0, _shapes.Number(limits["maximum"], 1));
        if (scale.Minimum > scale.Maximum)
        {
            problems.Error(limits.At, "scale", "The minimum of 'scale' is above its maximum. Exchange them.");
        }

        return scale;
    }

    [GeneratedRegex(@"^[0-9a-zA-Z-]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex BotId();
}
