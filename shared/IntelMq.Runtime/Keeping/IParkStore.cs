// Where frames wait that are not in a queue.
namespace IntelMq.Runtime;

/// <summary>
/// Frames that wait to be sent to a queue. An entry is sent when it is due and is removed only when the bot that got it has succeeded, so it may be
/// sent more than once, and a bot that gets a frame whose entry is gone knows that it was handled already.
/// </summary>
public interface IParkStore
{
    /// <summary>Keeps entries durably. One with an id that is there already stays as it is: the same failure seen twice is one.</summary>
    ValueTask AddAsync(IReadOnlyList<ParkedEntry> entries, CancellationToken cancellation);

    /// <summary>
    /// The entries that are due, those due first at the front, and makes each due again at <paramref name="again"/>. Of several callers at once each
    /// entry goes to one.
    /// </summary>
    ValueTask<IReadOnlyList<ParkedEntry>> TakeDueAsync(DateTimeOffset now, DateTimeOffset again, int most, CancellationToken cancellation);

    /// <summary>Makes entries due that were to wait longer: what they were sent with is lost. An absent one does not matter.</summary>
    ValueTask ReleaseAsync(IReadOnlyList<string> ids, DateTimeOffset now, CancellationToken cancellation);

    /// <summary>Whether an entry still waits.</summary>
    ValueTask<bool> ContainsAsync(string id, CancellationToken cancellation);

    /// <summary>Removes an entry; an absent one does not matter.</summary>
    ValueTask RemoveAsync(string id, CancellationToken cancellation);

    /// <summary>The messages that wait, by queue: they count as the queue's depth.</summary>
    ValueTask<IReadOnlyDictionary<string, long>> CountAsync(CancellationToken cancellation);
}

/// <summary>A frame that waits.</summary>
/// <param name="Id">Deterministic: the same frame parked again under the same conditions has the same id. At most 64 letters, digits and hyphens.</param>
/// <param name="Queue">The queue in the pipeline file.</param>
/// <param name="Frame">The untouched messages, one JSON line each. Up to 32 MiB.</param>
/// <param name="Messages">How many.</param>
/// <param name="Due">When it is sent.</param>
/// <param name="Attempt">How often the messages were tried.</param>
/// <param name="FirstTried">When they were tried first; null if never.</param>
public sealed record ParkedEntry(string Id, string Queue, ReadOnlyMemory<byte> Frame, int Messages, DateTimeOffset Due, int Attempt, DateTimeOffset? FirstTried);
