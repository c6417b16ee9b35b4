// How many instances each bot needs for a rate of events.
using System.Globalization;
using IntelMq.Bots;
using IntelMq.Pipeline.Compile;

namespace IntelMq.Pipeline;

/// <summary>What a bot needs to keep up.</summary>
/// <param name="Bot">The id of the bot; of a chain of fused bots that of the first.</param>
/// <param name="EventsPerSecond">The events that reach it.</param>
/// <param name="SecondsPerEvent">The CPU seconds of an event, with its share of the call.</param>
/// <param name="EventsPerInstance">The events per second that one instance can do.</param>
/// <param name="Needed">The instances that are needed.</param>
/// <param name="Allowed">The instances that it may have.</param>
/// <param name="Limit">What allows no more, as a word: <c>alone</c>, <c>scale</c>, <c>partitions</c> or <c>plan</c>.</param>
/// <param name="Cure">What to do where it cannot keep up, as a sentence; null where it can.</param>
public sealed record BotScale(string Bot, double EventsPerSecond, double SecondsPerEvent, double EventsPerInstance, int Needed, int Allowed, string Limit, string? Cure);

/// <summary>Plans instances. Collectors are not among them: a timer runs a collector once at a time.</summary>
internal sealed class ScalingPlan(Pipeline pipeline, CompiledApp app, CostInputs inputs, Cost.EventFlow flow, Cost.BotLoads loads)
{
    private const double SecondsPerDay = 86400;

    public IReadOnlyList<BotScale> Bots() => app.Functions
        .Where(function => function.Kind == FunctionKind.Work && loads.FunctionOf(function.Bot!) == function)
        .Select(function => (Function: function, At: pipeline.Graph.TopologicalOrder.TakeWhile(id => id != function.Bot).Count()))
        .OrderBy(item => item.At)
        .Select(item => Of(item.Function))
        .ToArray();

    private BotScale Of(CompiledFunction function)
    {
        var bot = pipeline.Find(function.Bot!)!;
        var arrivals = flow.Of(bot.Id).Where(arrival => arrival.IsQueued).ToArray();
        var events = arrivals.Sum(arrival => arrival.EventsPerDay);
        var (allowed, limit) = Allowed(function, bot);
        if (events == 0)
        {
            return new BotScale(bot.Id, 0, 0, 0, 0, allowed, limit, null);
        }

        var cpu = arrivals.Sum(arrival => arrival.RunsPerDay * loads.CpuOfRun(function, arrival)) / events;
        var perExecution = events / arrivals.Sum(arrival => arrival.ExecutionsPerDay);
        var wait = (CostAssumptions.CallWait.Value / perExecution) + (arrivals.Sum(arrival => arrival.RunsPerDay * TableOperations(function, arrival)) / events * CostAssumptions.StateWait.Value / Cost.BotLoads.RequestsAtOnce);

        // While one execution waits another works; one that must run alone waits for itself.
        var cores = Cost.ComputeUse.CoresOf(inputs);
        var concurrency = loads.ConcurrencyOf(function);
        var most = Math.Min(cores / cpu, concurrency / (wait + (cpu / Math.Min(cores, 1)))) * CostAssumptions.Utilisation.Value;
        var rate = events / SecondsPerDay;
        var needed = (int)Math.Min(Math.Ceiling(Math.Round(rate / most, 9)), int.MaxValue);
        return new BotScale(bot.Id, rate, cpu, most, needed, allowed, limit, needed <= allowed ? null : Cure(bot, needed, limit));
    }

    private double TableOperations(CompiledFunction function, Cost.Arrival arrival) => function.Bots.Sum(id => loads.TableOperations(pipeline.Find(id)!, arrival));

    private (int Allowed, string Limit) Allowed(CompiledFunction function, BotInstance bot)
    {
        if (function.Single)
        {
            return (1, "alone");
        }

        if (Transport.All[loads.QueueOf(function).Transport].Many)
        {
            return (Partitions.Of(loads.QueueOf(function), pipeline, app), "partitions");
        }

        var plan = (int)(inputs.HostingPlan == "dedicated" ? CostAssumptions.DedicatedInstances.Value : pipeline.Deployment.Number("maximum_instances") ?? CostAssumptions.AppInstances.Value);

        // A bot that names a limit has an app of its own with that limit, on plans that scale.
        return bot.Scale?.Maximum is { } maximum && inputs.HostingPlan != "dedicated" ? (maximum, "scale") : (plan, "plan");
    }

    private string Cure(BotInstance bot, int needed, string limit)
    {
        var number = needed.ToString(CultureInfo.InvariantCulture);
        var cure = limit switch
        {
            "alone" => $"it may run only once at a time: put {number} of it behind the bot before, with 'load_balance: true' there, each with a place of its own to write to",
            "scale" => $"raise its 'scale' to {{maximum: {number}}}",
            "partitions" => $"its queue has too few partitions: give it 'scale: {{maximum: {number}}}', which makes as many partitions",
            _ => $"allow {number} instances ('maximum_instances' of the deployment) or larger ones, or split its events over several bots with 'load_balance: true' in the bot before",
        };
        return limit != "alone" && MayBeFused(bot) ? cure + "; or fuse it with the expert before it ('fuse: true')" : cure;
    }

    private bool MayBeFused(BotInstance bot)
    {
        var writers = pipeline.Queues[bot.SourceQueue!].Writers.Select(id => pipeline.Find(id)!).Where(writer => writer.Enabled).ToArray();
        return bot.Descriptor.Kind == BotKind.Expert && bot.Descriptor.Declaration.Fusible && writers is [{ Descriptor.Kind: BotKind.Expert }]
            && FusedChains.Followers(pipeline).Values.All(follower => follower != bot.Id);
    }
}
