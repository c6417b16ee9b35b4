// How a day's events go through a pipeline: how many reach each bot, in how many messages and executions.
using IntelMq.Bots;
using IntelMq.Pipeline.Compile;

namespace IntelMq.Pipeline.Cost;

/// <summary>
/// Walks from the collectors to the outputs. Every bot passes on what it gets: filters drop nothing and parsers make of a report the events that were
/// counted for it. A message holds what one execution made, up to the limit of its transport, so it is full only where enough came together.
/// </summary>
internal sealed class EventFlow
{
    /// <summary>Raw data above this goes to blob storage, in bytes.</summary>
    public const double InlineRaw = 32 * 1024;

    /// <summary>A parser cuts reports at this, in bytes.</summary>
    public const double SliceBytes = 4 * 1024 * 1024;

    // A parser stops after so many bytes of events and goes on in another call; and no frame holds more, however small its text is.
    private const double ParserBudget = 2 * 1024 * 1024;

    // What a frame says about itself.
    private const double HeaderBytes = 512;

    private readonly Pipeline _pipeline;
    private readonly CompiledApp _app;
    private readonly double _eventBytes;
    private readonly Dictionary<string, List<Arrival>> _arrivals = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CompiledQueue> _queues;
    private readonly IReadOnlyDictionary<string, string> _followers;

    /// <summary>Lets the events flow.</summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="app">What it was compiled into.</param>
    /// <param name="eventBytes">The length of an event as JSON.</param>
    /// <param name="eventsPerDay">The events per day of each source, by bot id.</param>
    public EventFlow(Pipeline pipeline, CompiledApp app, double eventBytes, IReadOnlyDictionary<string, double> eventsPerDay)
    {
        (_pipeline, _app, _eventBytes) = (pipeline, app, eventBytes);
        _queues = app.Queues.ToDictionary(queue => queue.Name, StringComparer.Ordinal);
        _followers = FusedChains.Followers(pipeline);
        Collected = eventsPerDay.Where(source => pipeline.Find(source.Key)!.SourceQueue is null).Select(source => CollectedBy(pipeline.Find(source.Key)!, source.Value)).ToArray();
        foreach (var (source, events) in eventsPerDay.Where(source => pipeline.Find(source.Key)!.SourceQueue is not null && source.Value > 0))
        {
            var runs = Math.Min(CostAssumptions.EntriesPerDay.Value, events);
            Deliver(pipeline.Find(source)!, new Arrival(source, runs, events / runs, Math.Ceiling(events / runs), 0));
        }

        foreach (var collected in Collected.Where(collected => collected.EventsPerDay > 0))
        {
            SendReports(collected);
        }

        foreach (var bot in pipeline.Graph.TopologicalOrder.Select(id => pipeline.Find(id)!).Where(bot => bot.Enabled && bot.SourceQueue is not null))
        {
            _arrivals[bot.Id] = Of(bot.Id).Select(arrival => WithExecutions(bot, arrival)).ToList();
            foreach (var arrival in Of(bot.Id))
            {
                SendOn(bot, arrival);
            }
        }
    }

    /// <summary>The bots that events come from: collectors, or where there is none the bots whose queues nobody in the pipeline writes to.</summary>
    public static IReadOnlyList<BotInstance> Sources(Pipeline pipeline)
    {
        var collectors = pipeline.Bots.Where(bot => bot.Enabled && bot.SourceQueue is null).ToArray();
        return collectors.Length > 0 ? collectors : pipeline.Bots.Where(bot => bot.Enabled && !pipeline.Queues[bot.SourceQueue!].Writers.Any(writer => pipeline.Find(writer)!.Enabled)).ToArray();
    }

    /// <summary>What the collectors do.</summary>
    public IReadOnlyList<Collected> Collected { get; }

    /// <summary>What a bot gets, by source.</summary>
    public IReadOnlyList<Arrival> Of(string botId) => _arrivals.GetValueOrDefault(botId) ?? [];

    /// <summary>The bytes of the text of a message with so many events.</summary>
    public double TextBytes(double events) => HeaderBytes + (events * TextPerEvent);

    /// <summary>How many events a message of a queue can hold: at least one, which then may travel by its address.</summary>
    public double Capacity(CompiledQueue queue) => Math.Max(1, Math.Floor(Math.Min((queue.FrameLimit - HeaderBytes) * CostAssumptions.FrameFill.Value / TextPerEvent, ParserBudget / _eventBytes)));

    /// <summary>Whether single events are larger than a message and travel by their address.</summary>
    public bool ClaimsCheck(CompiledQueue queue) => TextPerEvent > queue.FrameLimit - HeaderBytes;

    private double TextPerEvent => _eventBytes * (_app.PlainFrames ? 1 : CostAssumptions.TextShare.Value);

    private static Collected CollectedBy(BotInstance bot, double events)
    {
        var runs = ScheduleRuns.PerDay(bot.Schedule!);

        // A run that finds nothing sends nothing, and a report has one event at least.
        return new Collected(bot.Id, runs, Math.Min(runs, events), events);
    }

    private void SendReports(Collected collected)
    {
        var events = collected.EventsPerDay / collected.ReportsPerDay;
        foreach (var queue in QueuesOf(_pipeline.Find(collected.Bot)!).SelectMany(path => path))
        {
            foreach (var reader in ReadersOf(queue))
            {
                // A report is a message; one that is cut, or makes more events than one call may, gets one more for each further piece.
                var slices = collected.RawBytes > SliceBytes ? 1 + Math.Ceiling(collected.RawBytes / SliceBytes) : 1;
                var pieces = reader.Descriptor.Kind == BotKind.Parser ? Math.Max(slices, Math.Ceiling(events * _eventBytes / ParserBudget)) : 1;
                Deliver(reader, new Arrival(collected.Bot, collected.ReportsPerDay, events, pieces, 0));
            }
        }
    }

    private void SendOn(BotInstance bot, Arrival arrival)
    {
        foreach (var path in QueuesOf(bot))
        {
            var share = bot.Parameters.LoadBalance ? path.Count : 1;
            foreach (var queue in path)
            {
                foreach (var reader in ReadersOf(queue))
                {
                    var events = arrival.Events / share;
                    var isHandedOver = _followers.TryGetValue(bot.Id, out var follower) && follower == reader.Id;
                    var messages = isHandedOver ? 0 : Math.Max(Math.Min(arrival.Executions, Math.Ceiling(events)), Math.Ceiling(events / Capacity(_queues[queue])));
                    Deliver(reader, arrival with { Events = events, Messages = messages, Executions = isHandedOver ? arrival.Executions : 0 });
                }
            }
        }
    }

    // Errors are none. Where a bot has a default path, its other ones are for the few.
    private static IEnumerable<IReadOnlyList<string>> QueuesOf(BotInstance bot) => bot.Destinations.TryGetValue(Paths.Default, out var queues)
        ? [queues]
        : bot.Destinations.Where(path => path.Key != Paths.OnError).OrderBy(path => path.Key, StringComparer.Ordinal).Select(path => path.Value);

    private IEnumerable<BotInstance> ReadersOf(string queue) => _pipeline.Queues[queue].Readers.Select(id => _pipeline.Find(id)!).Where(reader => reader.Enabled);

    private void Deliver(BotInstance reader, Arrival arrival)
    {
        if (!_arrivals.TryGetValue(reader.Id, out var arrivals))
        {
            _arrivals[reader.Id] = arrivals = [];
        }

        // What one run brings on several ways is added up.
        var at = arrivals.FindIndex(other => other.Source == arrival.Source);
        if (at < 0)
        {
            arrivals.Add(arrival);
            return;
        }

        var other = arrivals[at];
        arrivals[at] = other with { Events = other.Events + arrival.Events, Messages = other.Messages + arrival.Messages, Executions = other.Executions + arrival.Executions };
    }

    private Arrival WithExecutions(BotInstance bot, Arrival arrival)
    {
        if (arrival.Messages == 0)
        {
            return arrival;
        }

        var queue = _queues[bot.SourceQueue!];
        var transport = Transport.All[queue.Transport];
        if (!transport.Many)
        {
            return arrival with { Executions = arrival.Messages };
        }

        // A call takes a batch of one partition; messages that come together spread over the partitions.
        var partitions = Math.Min(arrival.Messages, Partitions.Of(queue, _pipeline, _app));
        return arrival with { Executions = partitions * Math.Ceiling(arrival.Messages / partitions / transport.Batch) };
    }
}
