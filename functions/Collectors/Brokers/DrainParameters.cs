// The parameters of collectors that empty a queue in bounded runs.
using IntelMq.Bots;

namespace IntelMq.Collectors;

/// <summary>The parameters of collectors that empty a queue in bounded runs.</summary>
public record DrainParameters : CollectorParameters
{
    /// <inheritdoc/>
    public override int RateLimit { get; init; } = 10;

    /// <summary>See the attribute.</summary>
    [Parameter("The most messages of one run; the rest is for the next one.", Since = "3.0", Minimum = 1)]
    public int RunMaxMessages { get; init; } = 50_000;

    /// <summary>See the attribute.</summary>
    [Parameter("After this many seconds a run takes no further messages. Stay below what a function may take (5 minutes on the consumption plan).", Since = "3.0", Minimum = 1, Maximum = 3600)]
    public double RunMaxSeconds { get; init; } = 120;

    /// <summary>See the attribute.</summary>
    [Parameter("How many messages are queued and acknowledged together.", Since = "3.0", Minimum = 1, Maximum = 10_000)]
    public int BatchMessages { get; init; } = 500;
}
