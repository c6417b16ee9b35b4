// What the functions themselves cost, by hosting plan.
using IntelMq.Pipeline.Compile;

namespace IntelMq.Pipeline.Cost;

/// <summary>A function's day.</summary>
/// <param name="Function">The function.</param>
/// <param name="Executions">How often it is called.</param>
/// <param name="Cpu">The CPU seconds of all calls.</param>
/// <param name="Billed">The seconds for which Flex Consumption bills an instance, where calls that come together share it.</param>
/// <param name="BilledAlone">The same, where no call shares an instance with another.</param>
/// <param name="Running">The seconds that an instance is there where it goes away when there is nothing to do.</param>
internal sealed record FunctionDay(CompiledFunction Function, double Executions, double Cpu, double Billed, double BilledAlone, double Running);

/// <summary>Counts what a hosting plan charges for.</summary>
internal sealed class ComputeUse(Pipeline pipeline, CostInputs inputs, IReadOnlyList<FunctionDay> days)
{
    private const double SecondsPerDay = 86400;
    private const double HoursPerDay = 24;
    private const double MbPerGb = 1024;

    // Flex Consumption: half a CPU for each GB.
    private const double MbPerCore = 2048;

    /// <summary>The CPUs of an instance.</summary>
    public static double CoresOf(CostInputs inputs) => inputs.HostingPlan switch
    {
        CompileOptions.DefaultPlan => MemoryOf(inputs) / MbPerCore,
        "container-apps" => CostAssumptions.ContainerCpu.Value,
        _ => 1,
    };

    /// <summary>The instances of the app that are there all day; 0 where it scales to zero.</summary>
    public double AlwaysOn => inputs.HostingPlan == CompileOptions.DefaultPlan ? 0 : Math.Max(Math.Ceiling(Cpu / SecondsPerDay / CoresOf(inputs) / CostAssumptions.Utilisation.Value), 1);

    /// <summary>The CPU seconds of a day.</summary>
    public double Cpu => days.Sum(day => day.Cpu);

    private double Gb => MemoryOf(inputs) / MbPerGb;

    private static double MemoryOf(CostInputs inputs) => inputs.MemoryMb ?? CostInputs.DefaultMemory;

    /// <summary>What Flex Consumption bills beyond the estimate where no call shares an instance with another, in GB-s per day.</summary>
    public double FurtherGbSeconds => days.Sum(day => Math.Max(day.BilledAlone - day.Billed, 0)) * Gb;

    /// <summary>The GB-s of a function's day.</summary>
    public double GbSecondsOf(FunctionDay day) => day.Billed * Gb;

    /// <summary>Adds what the plan charges for.</summary>
    public void AddTo(UseLog uses)
    {
        switch (inputs.HostingPlan)
        {
            case CompileOptions.DefaultPlan:
                foreach (var day in days)
                {
                    uses.PerDay(PriceIds.FlexExecutionTime, day.Function.Bot, GbSecondsOf(day));
                    uses.PerDay(PriceIds.FlexExecutions, day.Function.Bot, day.Executions);
                    var ready = day.Function.RunsBot ? pipeline.Find(day.Function.Bot!)!.Scale?.Minimum ?? 0 : 0;
                    uses.PerDay(PriceIds.FlexAlwaysReady, day.Function.Bot, ready * SecondsPerDay * Gb);
                }

                break;
            case "premium":
                uses.PerDay(PriceIds.PremiumCpu, null, AlwaysOn * HoursPerDay);
                uses.PerDay(PriceIds.PremiumMemory, null, AlwaysOn * HoursPerDay * CostAssumptions.PremiumMemory.Value);
                break;
            case "container-apps":
                // An app with a timer never scales to zero; that of a bot alone that takes messages does.
                var seconds = (AlwaysOn * SecondsPerDay) + days.Where(HasOwnApp).Sum(day => day.Function.Kind == FunctionKind.Collect ? SecondsPerDay : day.Running);
                uses.PerDay(PriceIds.ContainerCpu, null, seconds * CoresOf(inputs));
                uses.PerDay(PriceIds.ContainerMemory, null, seconds * CostAssumptions.ContainerMemory.Value);
                break;
            default:
                // An App Service plan is paid by the hour, whatever runs on it.
                break;
        }
    }

    // A bot with a limit of instances has an app of its own, whatever others have.
    private bool HasOwnApp(FunctionDay day) => day.Function is { RunsBot: true, Bot: { } bot } && (inputs.Apps == DeploymentSettings.AppPerBot || day.Function.Single || pipeline.Find(bot)!.Scale?.Maximum is not null);

    /// <summary>The seconds that are billed for a time in which an instance is active.</summary>
    public static double BilledFor(double active)
    {
        var steps = Math.Ceiling(Math.Round(active / CostAssumptions.BilledStep.Value, 6));
        return active <= 0 ? 0 : Math.Max(CostAssumptions.LeastBilled.Value, steps * CostAssumptions.BilledStep.Value);
    }

    /// <summary>The day of a function of a bot that takes messages.</summary>
    public static FunctionDay DayOf(CompiledFunction function, IReadOnlyList<Arrival> arrivals, BotLoads loads)
    {
        var (executions, cpu, billed, alone, running) = (0.0, 0.0, 0.0, 0.0, 0.0);
        foreach (var arrival in arrivals.Where(arrival => arrival.IsQueued))
        {
            var active = loads.ActiveOfRun(function, arrival);
            executions += arrival.ExecutionsPerDay;
            cpu += arrival.RunsPerDay * loads.CpuOfRun(function, arrival);
            billed += arrival.RunsPerDay * BilledFor(active);
            alone += arrival.ExecutionsPerDay * BilledFor(active / arrival.Executions);
            running += arrival.RunsPerDay * (active + CostAssumptions.IdleTime.Value);
        }

        // An instance that is active all day is active for a day.
        return new FunctionDay(function, executions, cpu, billed, alone, Math.Min(running, SecondsPerDay));
    }

    /// <summary>The day of a function that a timer starts.</summary>
    /// <param name="function">The function.</param>
    /// <param name="runs">How often it runs.</param>
    /// <param name="cpu">The CPU seconds of one run.</param>
    /// <param name="wait">The seconds that a run waits for others.</param>
    /// <param name="cores">The CPUs of an instance.</param>
    public static FunctionDay TimerDay(CompiledFunction function, double runs, double cpu, double wait, double cores)
    {
        var billed = runs * BilledFor((cpu / cores) + wait);
        return new FunctionDay(function, runs, runs * cpu, billed, billed, 0);
    }
}
