// A bot instance that the local host runs.
using IntelMq.Bots;
using IntelMq.Runtime;

namespace IntelMq.FunctionsHost.Running;

/// <summary>A bot instance to run.</summary>
/// <param name="Bot">Makes the bot; called once per run.</param>
/// <param name="Parameters">Its parameters.</param>
/// <param name="Settings">Its place in the pipeline.</param>
/// <param name="Enabled">Whether it runs at all.</param>
/// <param name="Schedule">When a collector runs next, after a given time; null where it runs every <c>rate_limit</c> seconds.</param>
public sealed record HostedBot(
    Func<Bot> Bot, BotParameters Parameters, BotSettings Settings, bool Enabled = true, Func<DateTimeOffset, DateTimeOffset?>? Schedule = null);

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
public sealed record BotFigures(string BotId, BotKind Kind, BotState State, InvocationCounts Counts, long QueueMessages, TimeSpan Busy, string? Problem);
