// State that becomes durable at the end of an invocation.
namespace IntelMq.Bots;

/// <summary>
/// A state store whose <see cref="IStateStore.PutAsync"/> and <see cref="IStateStore.RemoveAsync"/> count only when the host says so, all of an
/// invocation in one step. <see cref="IStateStore.PutIfAbsentAsync"/> may count at once: it decides between invocations that run beside each other.
/// </summary>
public interface IStateTransaction : IStateStore
{
    /// <summary>Makes durable what was written since the last time.</summary>
    ValueTask CommitAsync(CancellationToken cancellation);

    /// <summary>Forgets what was written since the last time.</summary>
    void Discard();
}
