// Which functions and queues an app has.
using IntelMq.Bots;
using IntelMq.Pipeline.Files;

namespace IntelMq.Pipeline.Compile;

/// <summary>Plans the functions and queues of an app.</summary>
internal sealed class AppPlan(Pipeline pipeline, ConfigMap file, CompileOptions options)
{
    /// <summary>When parked messages that are due are sent again.</summary>
    public const string ParkSchedule = "*/15 * * * * *";

    /// <summary>When what expired is removed.</summary>
    public const string PurgeSchedule = "0 0 * * * *";

    private const string FramesBinding = "frames";

    // No queue's binding begins so.
    private const string GivesUpBinding = "givesUp";
    private const string TimerBinding = "timer";
    private const string TimerTrigger = "timerTrigger";
    private const string HttpTrigger = "httpTrigger";
    private const string RequestBinding = "req";

    private readonly bool _isLocal = options.Transport == Transport.Sqlite;
    private readonly IReadOnlyDictionary<string, string> _bindings = EntityNames.Bindings(pipeline.Queues.Keys);
    private readonly IReadOnlyDictionary<string, string> _followers = FusedChains.Followers(pipeline);

    public CompiledApp Make()
    {
        var queues = pipeline.Queues.Values.OrderBy(queue => queue.Name, StringComparer.Ordinal).Select(QueueOf).ToArray();
        var running = pipeline.Bots.Where(bot => bot.Enabled).ToArray();
        CompiledFunction[] functions =
        [
            .. running.Select(BotFunction),
            .. queues.Where(queue => queue.Poison is not null && Array.Exists(running, bot => bot.SourceQueue == queue.Name)).Select(queue => PoisonFunction(queue, Array.Find(running, bot => bot.SourceQueue == queue.Name)!)),
            new CompiledFunction { Name = EntityNames.ParkFunction, Kind = FunctionKind.Park, Trigger = Timer(ParkSchedule), Outputs = _bindings },
            new CompiledFunction { Name = EntityNames.PurgeFunction, Kind = FunctionKind.Purge, Trigger = Timer(PurgeSchedule) },
            new CompiledFunction { Name = EntityNames.StatusFunction, Kind = FunctionKind.Status, Trigger = new CompiledTrigger(HttpTrigger, RequestBinding) },
        ];
        return new CompiledApp
        {
            Transport = MainTransport,
            Pipeline = AppCompiler.PipelinePath,
            PlainFrames = _isLocal || pipeline.PlainFrames,
            Assemblies = pipeline.Bots.Select(bot => bot.Descriptor.BotType.Assembly.GetName().Name!)
                .Concat(pipeline.Hooks.Select(hook => hook.Assembly).OfType<string>())
                .Distinct().Order(StringComparer.Ordinal).ToArray(),
            Functions = functions.OrderBy(function => function.Name, StringComparer.Ordinal).ToArray(),
            Queues = queues,
        };
    }

    private string MainTransport => options.Transport ?? OwnTransport(file["global"]) ?? Transport.Default;

    private CompiledQueue QueueOf(PipelineQueue queue)
    {
        var transport = Transport.All[_isLocal ? Transport.Sqlite : queue.Readers.Select(reader => OwnTransport(file[reader])).FirstOrDefault(own => own is not null) ?? MainTransport];
        var entity = EntityNames.Entity(queue.Name);
        var poison = transport.Name == "service-bus" ? entity + "/$DeadLetterQueue" : EntityNames.Poison(entity);
        return new CompiledQueue(queue.Name, transport.Name, entity, transport.FrameLimit, transport.Poison ? poison : null);
    }

    private static string? OwnTransport(ConfigEntry? entry) => (entry?.Node as ConfigMap)?["transport"]?.Node.ToValue().AsText() is { Length: > 0 } own ? own : null;

    private CompiledFunction BotFunction(BotInstance bot)
    {
        // What an invocation does not finish goes back to the bot's own queue. What it cannot hand over to a fused bot goes to that one's queue.
        var chain = FusedChains.From(bot.Id, _followers);
        var queues = chain.SelectMany(id => pipeline.Find(id)!.Destinations.Values).SelectMany(queues => queues).Append(bot.SourceQueue).OfType<string>().Distinct();
        return new CompiledFunction
        {
            Name = EntityNames.Function(bot.Id),
            Kind = bot.Descriptor.Kind == BotKind.Collector ? FunctionKind.Collect : FunctionKind.Work,
            Bot = bot.Id,
            Trigger = bot.SourceQueue is null ? Timer(bot.Schedule!.Text) : Frames(QueueOf(pipeline.Queues[bot.SourceQueue])),
            Outputs = new SortedDictionary<string, string>(queues.ToDictionary(queue => queue, queue => _bindings[queue]), StringComparer.Ordinal),
            GivesUpTo = bot.SourceQueue is { } source && QueueOf(pipeline.Queues[source]) is { Transport: "kafka", Poison: not null } ? GivesUpBinding : null,
            Chain = chain.Count > 1 ? chain : null,
            Single = bot.Descriptor.Declaration.Single,
        };
    }

    // A frame that only suffered with another one goes back to the bot's queue.
    private CompiledFunction PoisonFunction(CompiledQueue queue, BotInstance bot) => new()
    {
        Name = EntityNames.PoisonFunction(queue.Entity),
        Kind = FunctionKind.Poison,
        Bot = bot.Id,
        Trigger = Frames(queue),
        Outputs = new SortedDictionary<string, string>(StringComparer.Ordinal) { [queue.Name] = _bindings[queue.Name] },
    };

    private static CompiledTrigger Timer(string schedule) => new(TimerTrigger, TimerBinding, Schedule: schedule);

    private static CompiledTrigger Frames(CompiledQueue queue)
    {
        var transport = Transport.All[queue.Transport];
        return new CompiledTrigger(transport.TriggerType, FramesBinding, queue.Name, transport.Many);
    }
}
