// What a cost is estimated for.
namespace IntelMq.Pipeline;

/// <summary>What a cost is estimated for.</summary>
public sealed record CostInputs
{
    /// <summary>The events per day where nobody says otherwise.</summary>
    public const double DefaultEventsPerDay = 1_000_000;

    /// <summary>The memory of an instance where nobody says otherwise, in MB.</summary>
    public const int DefaultMemory = 2048;

    /// <summary>The sizes of instances, in MB.</summary>
    public static IReadOnlyList<int> Memories { get; } = [512, 2048, 4096];

    /// <summary>The transport, as in <see cref="CompileOptions.Transport"/>; null for the pipeline's own.</summary>
    public string? Transport { get; init; }

    /// <summary>The hosting plan, as in <see cref="CompileOptions.HostingPlan"/>; null for the pipeline's own.</summary>
    public string? HostingPlan { get; init; }

    /// <summary>How bots are spread over apps, as in <see cref="CompileOptions.Apps"/>; null for the pipeline's own. Only Container Apps charges for it.</summary>
    public string? Apps { get; init; }

    /// <summary>The events per day that the collectors without a number of their own bring together.</summary>
    public double EventsPerDay { get; init; } = DefaultEventsPerDay;

    /// <summary>The events per day of single collectors, by bot id.</summary>
    public IReadOnlyDictionary<string, double> EventsOf { get; init; } = new Dictionary<string, double>();

    /// <summary>The length of an event as JSON, in bytes; null for the length in <see cref="CostAssumptions"/>.</summary>
    public double? EventBytes { get; init; }

    /// <summary>The memory of an instance on Flex Consumption in MB, one of <see cref="Memories"/>: it has a CPU per 2048. Null for the pipeline's own.</summary>
    public int? MemoryMb { get; init; }

    /// <summary>The events per second that the scaling plan is made for; null for the mean of the day times the factor in <see cref="CostAssumptions"/>.</summary>
    public double? Rate { get; init; }
}
