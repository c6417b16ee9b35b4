// What a function of a bot does in a day.
using IntelMq.Bots;
using IntelMq.Pipeline.Compile;

namespace IntelMq.Pipeline.Cost;

/// <summary>The work of the functions, from what reaches their bots.</summary>
/// <param name="pipeline">The pipeline.</param>
/// <param name="app">What it was compiled into.</param>
/// <param name="flow">The events.</param>
/// <param name="cores">The CPUs of an instance.</param>
internal sealed class BotLoads(Pipeline pipeline, CompiledApp app, EventFlow flow, double cores)
{
    private const double Kib = 1024;

    /// <summary>How many requests to a table are under way at once.</summary>
    public const double RequestsAtOnce = 16;

    private const double RowsOfTransaction = 100;
    private const double StatePartitions = 8;

    /// <summary>The function that runs a bot; for a bot that another one hands over to, the function of the first of its chain.</summary>
    public CompiledFunction FunctionOf(string botId) =>
        app.Functions.FirstOrDefault(function => function.Chain is { } chain && chain.Skip(1).Contains(botId)) ?? app.Functions.First(function => function.RunsBot && function.Bot == botId);

    /// <summary>The CPU seconds that one event costs a bot, without packing.</summary>
    public static double CpuOfEvent(BotInstance bot) => CostAssumptions.Slowdown.Value * bot.Descriptor.Kind switch
    {
        BotKind.Parser => CostAssumptions.ParserCpu.Value,
        BotKind.Output => CostAssumptions.OutputCpu.Value,
        _ when KeepsState(bot) => CostAssumptions.StateExpertCpu.Value,
        _ => CostAssumptions.ExpertCpu.Value,
    };

    /// <summary>The CPU seconds of the executions of a function for one run of a source: those of all bots of its chain.</summary>
    public double CpuOfRun(CompiledFunction function, Arrival arrival)
    {
        var chain = function.Bots.Select(id => pipeline.Find(id)!).ToArray();
        var bytes = AreReports(chain[0], arrival) ? arrival.Events * CostAssumptions.RawBytes.Value : arrival.Executions == 0 ? 0 : flow.TextBytes(arrival.EventsPerExecution) * arrival.Executions;
        return (CostAssumptions.Slowdown.Value * ((arrival.Executions * CostAssumptions.CallCpu.Value) + (bytes / Kib * CostAssumptions.CallCpuPerKib.Value) + (arrival.Events * PackingOf(function))))
            + chain.Sum(bot => arrival.Events * CpuOfEvent(bot));
    }

    private double PackingOf(CompiledFunction function) => (QueueOf(function).Transport == Transport.Default ? CostAssumptions.FrameCpu : CostAssumptions.LargeFrameCpu).Value;

    /// <summary>The seconds that the executions of one run wait for others.</summary>
    public double WaitOfRun(CompiledFunction function, Arrival arrival)
    {
        var chain = function.Bots.Select(id => pipeline.Find(id)!);
        var atOnce = Math.Max(ConcurrencyOf(function), 1);
        return (Math.Ceiling(arrival.Executions / atOnce) * CostAssumptions.CallWait.Value)
            + (chain.Sum(bot => TableOperations(bot, arrival)) / RequestsAtOnce * CostAssumptions.StateWait.Value);
    }

    /// <summary>
    /// The seconds that instances are active with one run. Executions of a function that come together share an instance, which is billed once for the time
    /// that it is active.
    /// </summary>
    public double ActiveOfRun(CompiledFunction function, Arrival arrival) => (CpuOfRun(function, arrival) / cores) + WaitOfRun(function, arrival);

    /// <summary>How many executions an instance has under way at once.</summary>
    public double ConcurrencyOf(CompiledFunction function)
    {
        var transport = Transport.All[QueueOf(function).Transport];
        return function.Single ? 1 : transport.Many ? Partitions.Of(QueueOf(function), pipeline, app) : transport.Batch;
    }

    /// <summary>The queue that starts a function.</summary>
    public CompiledQueue QueueOf(CompiledFunction function) => app.Queues.First(queue => queue.Name == function.Trigger.Queue);

    /// <summary>Whether what a bot gets of a source are reports.</summary>
    public bool AreReports(BotInstance bot, Arrival arrival) => bot.Descriptor.Kind == BotKind.Parser && flow.Collected.Any(collected => collected.Bot == arrival.Source);

    /// <summary>Whether a bot remembers each event.</summary>
    public static bool KeepsState(BotInstance bot) => bot.Parameters is CacheExpertParameters;

    /// <summary>The requests to tables of one run of a source.</summary>
    public double TableOperations(BotInstance bot, Arrival arrival)
    {
        // An execution's rows lie in eight partitions, and a transaction takes a hundred rows of one.
        var writes = Math.Max(Math.Min(arrival.Events, arrival.Executions * StatePartitions), arrival.Events / RowsOfTransaction);
        return bot.Descriptor.Kind switch
        {
            // A receipt per event is looked for one by one, and they are written together.
            BotKind.Output => arrival.Events + writes,
            BotKind.Expert when KeepsState(bot) => writes,

            // A report's entry in the park store: is it there, where, away with it.
            BotKind.Parser when AreReports(bot, arrival) => 3,
            _ => 0,
        };
    }
}
