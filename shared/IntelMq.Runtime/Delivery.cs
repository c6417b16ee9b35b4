// What an invocation gets and what it gives back.
using IntelMq.DataFormat;

namespace IntelMq.Runtime;

/// <summary>One queue message: a frame.</summary>
/// <param name="TransportId">Identifies the queue message; the same when it is delivered again.</param>
/// <param name="Buffer">Holds the frame; must stay unchanged during the invocation.</param>
/// <param name="Length">The frame's length in bytes, from <see cref="Start"/>.</param>
/// <param name="Attempt">How often these messages were tried before.</param>
/// <param name="FirstTried">When they were tried first; null if never.</param>
/// <param name="ComesAgain">The broker delivers it once more: an earlier invocation did not come to its end.</param>
public sealed record Delivery(string TransportId, byte[] Buffer, int Length, int Attempt = 0, DateTimeOffset? FirstTried = null, bool ComesAgain = false)
{
    /// <summary>Where the frame starts in the buffer.</summary>
    public int Start { get; init; }

    /// <summary>Whether this is an attempt beyond the first.</summary>
    public bool IsRepeated => ComesAgain || Attempt > 0 || FirstTried is not null;
}

/// <summary>A frame for a queue.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="Bytes">The frame; valid until the bot's next invocation.</param>
/// <param name="Messages">How many messages it holds.</param>
public readonly record struct OutgoingFrame(string Queue, ReadOnlyMemory<byte> Bytes, int Messages);

/// <summary>Messages that wait for another attempt.</summary>
/// <param name="Bytes">The untouched messages as a frame.</param>
/// <param name="Messages">How many.</param>
/// <param name="Due">When they are tried again.</param>
/// <param name="Attempt">How often they were tried.</param>
/// <param name="FirstTried">When they were tried first.</param>
public sealed record ParkedFrame(ReadOnlyMemory<byte> Bytes, int Messages, DateTimeOffset Due, int Attempt, DateTimeOffset FirstTried);

/// <summary>A message that failed for good, with everything needed to understand it and to try it again.</summary>
/// <param name="Id">Deterministic: the same failure makes the same dead letter.</param>
/// <param name="BotId">The bot that failed.</param>
/// <param name="Queue">The queue to which a retry sends it.</param>
/// <param name="Time">When.</param>
/// <param name="Error">What went wrong, in a sentence.</param>
/// <param name="Stack">Where; null for bad records.</param>
/// <param name="ParametersVersion">Under which parameters.</param>
/// <param name="Message">The untouched message: an envelope, or the text as it came where it was none.</param>
public sealed record DeadLetter(
    Guid Id, string BotId, string Queue, DateTimeOffset Time, string Error, string? Stack, string ParametersVersion, string Message);

/// <summary>What came of an invocation. The host makes all of it durable in one step, or as near as its transport allows.</summary>
public sealed class InvocationResult
{
    /// <summary>The frames to send.</summary>
    public List<OutgoingFrame> Frames { get; } = [];

    /// <summary>The messages to try again later.</summary>
    public List<ParkedFrame> Parked { get; } = [];

    /// <summary>The messages that failed for good.</summary>
    public List<DeadLetter> DeadLetters { get; } = [];

    /// <summary>What the parser has not finished: frames for the bot's own queue, to be handled beside each other.</summary>
    public List<OutgoingFrame> Continuations { get; } = [];

    /// <summary>The claim checks that are no longer needed by this bot.</summary>
    public List<string> ReleasedClaims { get; } = [];

    /// <summary>Why the bot must take no more work; null where it may. The invocation then counts as not done.</summary>
    public string? StopReason { get; set; }

    /// <summary>Something outside is down: asking again before this is of no use.</summary>
    public TimeSpan? PauseFor { get; set; }

    /// <summary>What went wrong with a message, as a sentence; the first where there are more, null where nothing did.</summary>
    internal string? Failure { get; set; }

    /// <summary>What is counted.</summary>
    public InvocationCounts Counts { get; } = new();
}

/// <summary>The figures of an invocation, or of many.</summary>
public sealed class InvocationCounts
{
    /// <summary>Messages taken.</summary>
    public long In { get; set; }

    /// <summary>Messages sent; of outputs the events handed on.</summary>
    public long Out { get; set; }

    /// <summary>Messages taken from which nothing was sent.</summary>
    public long Dropped { get; set; }

    /// <summary>Messages that failed for good.</summary>
    public long DeadLettered { get; set; }

    /// <summary>Messages that wait for another attempt.</summary>
    public long Parked { get; set; }

    /// <summary>Attempts beyond the first: calls repeated in the invocation, and frames that came again.</summary>
    public long Retries { get; set; }

    /// <summary>Errors of observing hooks.</summary>
    public long HookErrors { get; set; }

    /// <summary>Adds the figures of another.</summary>
    public void Add(InvocationCounts other)
    {
        In += other.In;
        Out += other.Out;
        Dropped += other.Dropped;
        DeadLettered += other.DeadLettered;
        Parked += other.Parked;
        Retries += other.Retries;
        HookErrors += other.HookErrors;
    }
}
