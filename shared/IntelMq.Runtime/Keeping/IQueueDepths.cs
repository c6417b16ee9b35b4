// How full the queues are.
namespace IntelMq.Runtime;

/// <summary>Looks at queues from outside.</summary>
public interface IQueueDepths
{
    /// <summary>The transport whose queues can be looked at, as the compiled app names it.</summary>
    string Transport { get; }

    /// <summary>The depth of a queue or hub by its broker's name; null where there is none.</summary>
    ValueTask<QueueDepth?> LookAsync(string entity, CancellationToken cancellation);
}

/// <summary>How full a queue is.</summary>
/// <param name="Frames">The messages of the broker, those being handled included; as exact as the broker tells.</param>
/// <param name="Oldest">When the oldest visible one came; null where the queue is empty or the broker does not tell.</param>
public sealed record QueueDepth(long Frames, DateTimeOffset? Oldest);
