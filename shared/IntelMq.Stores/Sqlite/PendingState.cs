// What an invocation has written to its state and what does not count yet.
using IntelMq.Bots;

namespace IntelMq.Stores;

/// <summary>The writes of an invocation until they are committed or forgotten. Used by one invocation at a time.</summary>
/// <param name="clock">The clock by which lifetimes are counted.</param>
public sealed class PendingState(TimeProvider clock)
{
    private readonly Dictionary<byte[], (byte[]? Value, long Expires)> _written = new(ByteKeys.Comparer);

    /// <summary>What was written by key: the value, null for what was removed, and when it expires (Unix milliseconds; 0 for never).</summary>
    public IReadOnlyDictionary<byte[], (byte[]? Value, long Expires)> Written => _written;

    /// <summary>What the invocation itself wrote under a key; the value is null where it removed it.</summary>
    public bool TryGet(byte[] key, out byte[]? value)
    {
        var found = _written.TryGetValue(key, out var written);
        value = written.Value;
        return found;
    }

    /// <summary>Writes values.</summary>
    public void Put(IReadOnlyList<StateItem> items, TimeSpan? lifetime)
    {
        var expires = Expiry(lifetime);
        foreach (var item in items)
        {
            _written[item.Key] = (item.Value, expires);
        }
    }

    /// <summary>Writes one value with a known expiry.</summary>
    public void Put(StateItem item, long expires) => _written[item.Key] = (item.Value, expires);

    /// <summary>Removes keys.</summary>
    public void Remove(IReadOnlyList<byte[]> keys)
    {
        foreach (var key in keys)
        {
            _written[key] = (null, 0);
        }
    }

    /// <summary>Forgets what was written under a key.</summary>
    public void Forget(byte[] key) => _written.Remove(key);

    /// <summary>Forgets everything.</summary>
    public void Clear() => _written.Clear();

    /// <summary>When something expires that is written now (Unix milliseconds); 0 for never.</summary>
    public long Expiry(TimeSpan? lifetime) => lifetime is { } span ? (clock.GetUtcNow() + span).ToUnixTimeMilliseconds() : 0;

    /// <summary>Whether something with this expiry still counts.</summary>
    public bool IsAlive(long expires) => expires == 0 || expires > clock.GetUtcNow().ToUnixTimeMilliseconds();
}
