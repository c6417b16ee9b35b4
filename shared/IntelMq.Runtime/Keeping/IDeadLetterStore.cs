// Where messages that failed for good are kept.
namespace IntelMq.Runtime;

/// <summary>The dead letters of an installation. Written before the invocation succeeds.</summary>
public interface IDeadLetterStore
{
    /// <summary>Keeps dead letters durably. One with an id that is there already replaces it: the same failure seen twice is one.</summary>
    ValueTask AddAsync(IReadOnlyList<DeadLetter> letters, CancellationToken cancellation);

    /// <summary>The dead letters, oldest first; of one bot where it is named.</summary>
    IAsyncEnumerable<DeadLetter> ListAsync(string? bot, CancellationToken cancellation);

    /// <summary>The dead letters whose id starts with a text.</summary>
    IAsyncEnumerable<DeadLetter> FindAsync(string idPrefix, CancellationToken cancellation);

    /// <summary>How many there are.</summary>
    ValueTask<long> CountAsync(CancellationToken cancellation);

    /// <summary>Removes a dead letter; an absent one does not matter.</summary>
    ValueTask DeleteAsync(Guid id, CancellationToken cancellation);
}
