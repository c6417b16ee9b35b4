// What a bot instance of a run is doing.
using IntelMq.Bots;
using IntelMq.Runtime;

namespace IntelMq.FunctionsHost.Running;

/// <summary>What a bot instance is doing.</summary>
public enum BotState
{
    /// <summary>Not yet started.</summary>
    Starting,

    /// <summary>Nothing to do.</summary>
    Waiting,

    /// <summary>At work.</summary>
    Working,

    /// <summary>Holds back because a queue it sends to is full.</summary>
    HoldingBack,

    /// <summary>Took no more work because of an error that needs a person.</summary>
    Stopped,

    /// <summary>Done for this run.</summary>
    Done,
}

/// <summary>The figures of a bot instance at a moment.</summary>
/// <param name="BotId">The instance.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="State">What it is doing.</param>
/// <param name="Counts">What it has done since the start.</param>
/// <param name="QueueMessages">The messages in its queue.</param>
/// <param name="Busy">The time it has worked.</param>
/// <param name="Problem">Why it stopped, or what failed last.</param>
/// <param name="Frames">The messages of the broker that it sent; 0 where frames are not counted.</param>
public sealed record BotFigures(
    string BotId, BotKind Kind, BotState State, InvocationCounts Counts, long QueueMessages, TimeSpan Busy, string? Problem, long Frames = 0);
