// What a pipeline costs in a month, and how many instances it needs.
using IntelMq.Bots;
using IntelMq.Pipeline.Compile;
using IntelMq.Pipeline.Cost;

namespace IntelMq.Pipeline;

/// <summary>
/// What a pipeline costs in a month: an estimate from the events of a day. What it assumes stands in <see cref="CostAssumptions"/>, what things cost in a
/// <see cref="PriceTable"/>.
/// </summary>
public sealed record CostEstimate
{
    private const string TransportKey = "transport";
    private const double SecondsPerDay = 86400;

    /// <summary>What it was made for; the plan and the memory of an instance are never null.</summary>
    public required CostInputs Inputs { get; init; }

    /// <summary>The prices.</summary>
    public required PriceTable Prices { get; init; }

    /// <summary>The transports in use.</summary>
    public required IReadOnlyList<string> Transports { get; init; }

    /// <summary>The events per day of all sources together.</summary>
    public required double EventsPerDay { get; init; }

    /// <summary>The bots that run, in the order in which events reach them.</summary>
    public required IReadOnlyList<BotCost> Bots { get; init; }

    /// <summary>What is used of each price.</summary>
    public required IReadOnlyList<CostLine> Lines { get; init; }

    /// <summary>The executions per day of the functions that serve the whole app: what is parked, what expired.</summary>
    public required double ServiceExecutionsPerDay { get; init; }

    /// <summary>The CPUs that all functions together keep busy, as the mean of the day.</summary>
    public required double BusyCpus { get; init; }

    /// <summary>
    /// What Flex Consumption would cost beyond <see cref="Total"/> if no two executions shared an instance, in the currency of the prices; 0 on other plans.
    /// </summary>
    public required double MostBeyond { get; init; }

    /// <summary>The rate that <see cref="Scale"/> is for, in events per second.</summary>
    public required double Rate { get; init; }

    /// <summary>How many instances each bot needs.</summary>
    public required IReadOnlyList<BotScale> Scale { get; init; }

    /// <summary>What was assumed, as sentences with their numbers and where these come from.</summary>
    public required IReadOnlyList<string> Assumptions { get; init; }

    /// <summary>What is not in it, as sentences.</summary>
    public required IReadOnlyList<string> NotIncluded { get; init; }

    /// <summary>The costs of a month in the currency of the prices.</summary>
    public double Total => Lines.Sum(line => line.Cost);

    /// <summary>Estimates. Mistakes are never exceptions: all are found at once and listed.</summary>
    /// <param name="pipeline">The pipeline, read from the file.</param>
    /// <param name="path">The pipeline file, as problems name it.</param>
    /// <param name="inputs">What it is made for.</param>
    /// <param name="prices">The prices.</param>
    /// <returns>The estimate, null where there is an error; and the problems.</returns>
    public static (CostEstimate? Estimate, IReadOnlyList<Problem> Problems) Of(Pipeline pipeline, string path, CostInputs inputs, PriceTable prices)
    {
        var options = new CompileOptions { Transport = inputs.Transport, HostingPlan = inputs.HostingPlan, Apps = inputs.Apps, LocalPaths = true }.For(pipeline.Deployment);
        inputs = inputs with
        {
            HostingPlan = options.HostingPlan,
            Apps = options.Apps,
            MemoryMb = inputs.MemoryMb ?? (int?)pipeline.Deployment.Number("instance_memory_mb") ?? CostInputs.DefaultMemory,
        };

        // What cannot be deployed has no price: the compiler says so. Paths are none of it.
        var compiled = AppCompiler.Compile(pipeline, path, options);
        var problems = compiled.Problems.Where(problem => problem.Key == TransportKey).ToList();
        if (inputs.Transport == Transport.Sqlite)
        {
            problems.Add(new Problem(Severity.Error, path, 0, 0, TransportKey, "'sqlite' is the transport of 'intelmq run' on one machine, which costs nothing. Take another for a deployed app: --transport storage-queue."));
        }

        var sources = EventFlow.Sources(pipeline);
        foreach (var unknown in inputs.EventsOf.Keys.Where(id => sources.All(source => source.Id != id)).Order(StringComparer.Ordinal))
        {
            problems.Add(new Problem(Severity.Error, path, 0, 0, "events", $"Events come from no bot '{unknown}'{NearName.Hint(unknown, sources.Select(source => source.Id))}. Give --events for {string.Join(", ", sources.Select(source => source.Id))}."));
        }

        return problems.Exists(problem => problem.Severity == Severity.Error) ? (null, problems) : (Make(pipeline, compiled.App, inputs, prices, sources), problems);
    }

    private static CostEstimate Make(Pipeline pipeline, CompiledApp app, CostInputs inputs, PriceTable prices, IReadOnlyList<BotInstance> sources)
    {
        var events = Share(inputs, sources);
        var eventBytes = inputs.EventBytes ?? CostAssumptions.EventBytes.Value;
        var total = events.Values.Sum();
        var rate = inputs.Rate ?? (total / SecondsPerDay * CostAssumptions.PeakFactor.Value);
        var cores = ComputeUse.CoresOf(inputs);
        var flow = new EventFlow(pipeline, app, eventBytes, events);
        var loads = new BotLoads(pipeline, app, flow, cores);
        var days = app.Functions.Select(function => DayOf(function, flow, loads, cores)).OfType<FunctionDay>().ToArray();
        var compute = new ComputeUse(pipeline, inputs, days);
        var uses = new UseLog(CostAssumptions.DaysPerMonth.Value);
        compute.AddTo(uses);
        new ServiceUse(pipeline, app, flow, loads, compute.AlwaysOn, uses).Add(days);
        var lines = uses.Totals().Select(use => new CostLine(prices[use.Price], use.Quantity)).ToArray();

        // The plan is made for messages as full as the rate makes them.
        var peak = new EventFlow(pipeline, app, eventBytes, AtRate(events, total, rate));
        var scale = new ScalingPlan(pipeline, app, inputs, peak, new BotLoads(pipeline, app, peak, cores)).Bots();
        return new CostEstimate
        {
            Inputs = inputs,
            Prices = prices,
            Transports = app.Queues.Select(queue => queue.Transport).Distinct().Order(StringComparer.Ordinal).ToArray(),
            EventsPerDay = total,
            Bots = pipeline.Graph.TopologicalOrder.Select(id => pipeline.Find(id)!).Where(bot => bot.Enabled).Select(bot => Bot(bot, flow, loads, days, compute, uses, prices)).ToArray(),
            Lines = lines,
            ServiceExecutionsPerDay = days.Where(day => !day.Function.RunsBot).Sum(day => day.Executions),
            BusyCpus = compute.Cpu / SecondsPerDay,
            MostBeyond = inputs.HostingPlan == CompileOptions.DefaultPlan ? Beyond(prices[PriceIds.FlexExecutionTime], lines, compute.FurtherGbSeconds * CostAssumptions.DaysPerMonth.Value) : 0,
            Rate = rate,
            Scale = scale,
            Assumptions = Assumed(pipeline, app, inputs, sources).ToArray(),
            NotIncluded = Missing(app, inputs, compute.Cpu / SecondsPerDay).ToArray(),
        };
    }

    private static FunctionDay? DayOf(CompiledFunction function, EventFlow flow, BotLoads loads, double cores)
    {
        var slowdown = CostAssumptions.Slowdown.Value;
        var cpu = CostAssumptions.CallCpu.Value * slowdown;
        switch (function.Kind)
        {
            case FunctionKind.Work:
                return ComputeUse.DayOf(function, flow.Of(function.Bot!), loads);
            case FunctionKind.Collect:
                // What runs more often than it finds something has the smaller reports in the mean.
                var collected = flow.Collected.First(collected => collected.Bot == function.Bot);
                var kib = collected.EventsPerDay / collected.RunsPerDay * CostAssumptions.RawBytes.Value / 1024;
                return ComputeUse.TimerDay(function, collected.RunsPerDay, cpu + (kib * CostAssumptions.CallCpuPerKib.Value * slowdown), CostAssumptions.FetchWait.Value, cores);
            case FunctionKind.Park or FunctionKind.Purge:
                return ComputeUse.TimerDay(function, ScheduleRuns.PerDay(function.Trigger.Schedule!), cpu, CostAssumptions.StateWait.Value, cores);
            case FunctionKind.Poison:
                // Nothing is given up on; its trigger only listens.
                return new FunctionDay(function, 0, 0, 0, 0, 0);
            default:
                // Nobody asks for the status.
                return null;
        }
    }

    private static BotCost Bot(BotInstance bot, EventFlow flow, BotLoads loads, IReadOnlyList<FunctionDay> days, ComputeUse compute, UseLog uses, PriceTable prices)
    {
        var function = loads.FunctionOf(bot.Id);
        var day = function.Bot == bot.Id ? days.First(day => day.Function == function) : null;
        var arrivals = flow.Of(bot.Id);
        var month = CostAssumptions.DaysPerMonth.Value;
        return new BotCost(
            bot.Id,
            bot.Descriptor.Kind,
            day is null ? function.Bot : null,
            bot.SourceQueue is null ? flow.Collected.First(collected => collected.Bot == bot.Id).EventsPerDay : arrivals.Sum(arrival => arrival.EventsPerDay),
            arrivals.Sum(arrival => arrival.MessagesPerDay),
            day?.Executions ?? 0,
            day is null ? 0 : compute.GbSecondsOf(day) * month,
            (day?.Cpu ?? 0) * month,
            uses.Of(bot.Id).Sum(use => prices[use.Price].GrossOf(use.Quantity)));
    }

    private static Dictionary<string, double> Share(CostInputs inputs, IReadOnlyList<BotInstance> sources)
    {
        var others = sources.Count(source => !inputs.EventsOf.ContainsKey(source.Id));
        return sources.ToDictionary(source => source.Id, source => inputs.EventsOf.TryGetValue(source.Id, out var events) ? events : inputs.EventsPerDay / others, StringComparer.Ordinal);
    }

    private static Dictionary<string, double> AtRate(Dictionary<string, double> events, double total, double rate) =>
        events.ToDictionary(source => source.Key, source => rate * SecondsPerDay * (total > 0 ? source.Value / total : 1.0 / events.Count), StringComparer.Ordinal);

    private static IEnumerable<string> Assumed(Pipeline pipeline, CompiledApp app, CostInputs inputs, IReadOnlyList<BotInstance> sources)
    {
        string[] words = [inputs.HostingPlan!, .. app.Queues.Select(queue => queue.Transport), .. sources[0].SourceQueue is null ? Array.Empty<string>() : ["entries"]];
        yield return "Every bot passes on all that it gets, on its path '_default': a filter that drops, or a deduplicator, makes it cheaper.";
        yield return "A run of a collector brings one report; its events reach each bot together, and a message holds what one execution made of them.";
        foreach (var assumption in CostAssumptions.All.Where(assumption => assumption.Matters(words)))
        {
            yield return assumption.Sentence(assumption == CostAssumptions.EventBytes ? inputs.EventBytes : assumption == CostAssumptions.AppInstances ? pipeline.Deployment.Number("maximum_instances") : null);
        }
    }

    private static double Beyond(Price price, CostLine[] lines, double further)
    {
        var quantity = lines.FirstOrDefault(line => line.Price == price)?.Quantity ?? 0;
        return price.CostOf(quantity + further) - price.CostOf(quantity);
    }

    private static IEnumerable<string> Missing(CompiledApp app, CostInputs inputs, double cpus)
    {
        foreach (var broker in app.Queues.Select(queue => queue.Transport).Where(transport => transport is "kafka" or "rabbitmq").Distinct().Order(StringComparer.Ordinal))
        {
            yield return $"The broker of '{broker}' is your own: its price is not in it.";
        }

        if (inputs.HostingPlan == "dedicated")
        {
            yield return FormattableString.Invariant($"The plan 'dedicated' costs what its App Service plan costs, whatever runs on it: that price is not in it. The functions keep {cpus:0.###} CPUs busy, as the mean of the day.");
        }

        yield return "Networks and private endpoints, Key Vault, what bots read from and write to (databases, mail, file contents), and data that leaves the region are not in it. Storage is priced as kept within a building (LRS); three zones (ZRS) cost about a quarter more.";
    }
}

/// <summary>What a bot does, and what that costs.</summary>
/// <param name="Bot">The id.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="FusedWith">The id of the bot in whose call it runs; null where it has its own.</param>
/// <param name="EventsPerDay">The events that reach it; of a collector those of its reports.</param>
/// <param name="MessagesPerDay">The messages of the broker that carry them to it.</param>
/// <param name="ExecutionsPerDay">The executions of its function.</param>
/// <param name="GbSeconds">The GB-s of its function in a month, as Flex Consumption counts them.</param>
/// <param name="CpuSeconds">The CPU seconds of its function in a month.</param>
/// <param name="Cost">What it uses by itself in a month, before anything is free. What serves all bots is not in it.</param>
public sealed record BotCost(string Bot, BotKind Kind, string? FusedWith, double EventsPerDay, double MessagesPerDay, double ExecutionsPerDay, double GbSeconds, double CpuSeconds, double Cost);

/// <summary>What is used of one price in a month.</summary>
/// <param name="Price">The price.</param>
/// <param name="Quantity">How much is used, in its unit.</param>
public sealed record CostLine(Price Price, double Quantity)
{
    /// <summary>What of it is free.</summary>
    public double Free => Math.Min(Quantity, Price.Free);

    /// <summary>What the rest costs.</summary>
    public double Cost => Price.CostOf(Quantity);
}
