// Checks destinations, queues and ways through the pipeline.
using IntelMq.Bots;
using IntelMq.Pipeline.Files;
using IntelMq.Pipeline.Reading;

namespace IntelMq.Pipeline.Checks;

/// <summary>Checks destinations, queues and ways through the pipeline.</summary>
internal sealed class QueueChecks(DraftPipeline pipeline, PipelineGraph graph, ProblemLog problems)
{
    private readonly ILookup<string, DraftBot> _readers = pipeline.ReadersByQueue;
    private readonly Dictionary<string, DraftBot> _bots = pipeline.Bots.ToDictionary(bot => bot.Id, StringComparer.Ordinal);

    public void Run()
    {
        foreach (var bot in pipeline.Bots)
        {
            CheckDefaultPath(bot);
        }

        foreach (var (bot, destination) in pipeline.Sends)
        {
            CheckReader(bot, destination);
        }

        CheckSourceQueues();
        CheckCycles();
        CheckReach();
    }

    private void CheckDefaultPath(DraftBot bot)
    {
        if (bot.Kind is BotKind.Collector or BotKind.Parser or BotKind.Expert)
        {
            if (bot.Destinations.All(path => path.Path != Paths.Default))
            {
                var kind = bot.Kind.Value.ToString().ToLowerInvariant();
                problems.Error(bot.DestinationsAt ?? bot.At, "destination_queues", $"The {kind} '{bot.Id}' has no destination: what it sends goes nowhere. Add 'destination_queues: {{_default: [next-queue]}}' to its parameters.");
            }
        }

        foreach (var path in bot.Destinations.Where(path => !Sending.IsSent(bot.Kind, path.Path)))
        {
            problems.Warning(path.At, "destination_queues", $"The output '{bot.Id}' sends nothing, so its path '{path.Path}' has no effect. Outputs only have '{Paths.OnError}'.");
        }
    }

    private void CheckReader(DraftBot bot, DraftDestination destination)
    {
        var queue = destination.Queue;
        var readers = _readers[queue].ToList();
        if (readers.Count > 0)
        {
            if (readers.TrueForAll(reader => !reader.Enabled) && bot.Enabled)
            {
                problems.Warning(destination.At, "destination_queues", $"The queue '{queue}' is read by the disabled bot '{readers[0].Id}' only: what '{bot.Id}' sends there waits. Enable the bot or remove the destination.");
            }

            return;
        }

        if (Named(queue) is { Kind: BotKind.Collector } collector)
        {
            problems.Error(destination.At, "destination_queues", $"The bot '{bot.Id}' sends to '{queue}', but '{collector.Id}' is a collector and reads no queue. Send to a parser, expert or output.");
            return;
        }

        var hint = Named(queue)?.SourceQueue is { } meant
            ? $". Did you mean '{meant}'?"
            : problems.Hint(queue, _readers.Select(known => known.Key)) + ".";
        problems.Error(destination.At, "destination_queues", $"The bot '{bot.Id}' sends to the queue '{queue}', which no bot reads{hint} A bot reads '<its id>-queue' unless its 'source_queue' says otherwise.");
    }

    // The bot whose id, or whose id with "-queue", somebody took for the name of a queue.
    private DraftBot? Named(string queue) =>
        _bots.GetValueOrDefault(queue) ?? (queue.EndsWith("-queue", StringComparison.Ordinal) ? _bots.GetValueOrDefault(queue[..^"-queue".Length]) : null);

    private void CheckSourceQueues()
    {
        foreach (var queue in _readers.Where(readers => readers.Count() > 1))
        {
            var first = queue.First();
            foreach (var bot in queue.Skip(1))
            {
                problems.Error(bot.SourceQueueAt, "source_queue", $"The bot '{bot.Id}' reads the queue '{queue.Key}', which '{first.Id}' reads already: each message would reach only one of them. Give it a queue of its own; use 'scale' for more instances.");
            }
        }
    }

    private void CheckCycles()
    {
        foreach (var cycle in graph.Cycles)
        {
            var (from, to) = (_bots[cycle[^2]], _bots[cycle[^1]]);
            var closing = from.Destinations.SelectMany(path => path.Queues).First(destination => destination.Queue == to.SourceQueue);
            problems.Error(closing.At, "destination_queues", $"Messages go round for ever: {string.Join(" -> ", cycle)}. Remove one of these destinations.");
        }
    }

    private void CheckReach()
    {
        var starts = pipeline.Bots.Where(bot => bot.Enabled && bot.Kind is BotKind.Collector or null).Select(bot => bot.Id);
        var reached = graph.ReachedFrom(starts, id => _bots[id].Enabled).ToHashSet(StringComparer.Ordinal);
        foreach (var bot in pipeline.Bots)
        {
            if (!bot.Enabled)
            {
                problems.Warning(bot.Map["enabled"]?.At ?? bot.ParameterMap?["enabled"]?.At ?? bot.At, "enabled", $"The bot '{bot.Id}' is disabled and does not run.");
            }
            else if (bot.Kind is not BotKind.Collector and not null && !reached.Contains(bot.Id))
            {
                problems.Warning(bot.At, bot.Id, $"No collector that runs reaches the bot '{bot.Id}': its queue '{bot.SourceQueue}' gets no messages.");
            }
        }
    }
}
