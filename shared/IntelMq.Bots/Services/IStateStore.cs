// What bots remember between invocations.
namespace IntelMq.Bots;

/// <summary>
/// Keys and values with expiry, for one bot instance. All operations take batches: one round trip per frame, not per event.
/// What an invocation writes becomes visible to other invocations at the latest when it succeeds; where the store shares a transaction
/// with the transport, a failed invocation leaves nothing behind.
/// </summary>
public interface IStateStore
{
    /// <summary>The values of keys, null where there is none or it expired. Same order as the keys.</summary>
    ValueTask<IReadOnlyList<byte[]?>> GetAsync(IReadOnlyList<byte[]> keys, CancellationToken cancellation);

    /// <summary>Writes values. A lifetime of null means for ever.</summary>
    ValueTask PutAsync(IReadOnlyList<StateItem> items, TimeSpan? lifetime, CancellationToken cancellation);

    /// <summary>
    /// Writes each value whose key has none, atomically, and gives for each item the value that was there before (null where this call wrote it).
    /// A key that appears twice in the batch sees its first item.
    /// </summary>
    ValueTask<IReadOnlyList<byte[]?>> PutIfAbsentAsync(IReadOnlyList<StateItem> items, TimeSpan? lifetime, CancellationToken cancellation);

    /// <summary>Removes keys; absent ones do not matter.</summary>
    ValueTask RemoveAsync(IReadOnlyList<byte[]> keys, CancellationToken cancellation);
}

/// <summary>A key and its value.</summary>
/// <param name="Key">At most 512 bytes.</param>
/// <param name="Value">At most 32 KiB.</param>
public readonly record struct StateItem(byte[] Key, byte[] Value);
