// State in memory: for tests and for bots that run alone.
using IntelMq.Bots;

namespace IntelMq.Stores;

/// <summary>State that lives as long as the process; for any number of callers at once.</summary>
public sealed class MemoryStateStore(TimeProvider clock) : IStateStore
{
    private readonly Dictionary<string, (byte[] Value, DateTimeOffset Expires)> _entries = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<byte[]?>> GetAsync(IReadOnlyList<byte[]> keys, CancellationToken cancellation)
    {
        lock (_gate)
        {
            return ValueTask.FromResult<IReadOnlyList<byte[]?>>(keys.Select(key => Alive(Name(key))).ToArray());
        }
    }

    /// <inheritdoc/>
    public ValueTask PutAsync(IReadOnlyList<StateItem> items, TimeSpan? lifetime, CancellationToken cancellation)
    {
        lock (_gate)
        {
            foreach (var item in items)
            {
                _entries[Name(item.Key)] = (item.Value, Expiry(lifetime));
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<byte[]?>> PutIfAbsentAsync(IReadOnlyList<StateItem> items, TimeSpan? lifetime, CancellationToken cancellation)
    {
        var before = new byte[]?[items.Count];
        lock (_gate)
        {
            for (var i = 0; i < before.Length; i++)
            {
                var name = Name(items[i].Key);
                before[i] = Alive(name);
                if (before[i] is null)
                {
                    _entries[name] = (items[i].Value, Expiry(lifetime));
                }
            }
        }

        return ValueTask.FromResult<IReadOnlyList<byte[]?>>(before);
    }

    /// <inheritdoc/>
    public ValueTask RemoveAsync(IReadOnlyList<byte[]> keys, CancellationToken cancellation)
    {
        lock (_gate)
        {
            foreach (var key in keys)
            {
                _entries.Remove(Name(key));
            }
        }

        return ValueTask.CompletedTask;
    }

    private static string Name(byte[] key) => Convert.ToBase64String(key);

    private byte[]? Alive(string name)
    {
        if (!_entries.TryGetValue(name, out var entry))
        {
            return null;
        }

        if (entry.Expires > clock.GetUtcNow())
        {
            return entry.Value;
        }

        _entries.Remove(name);
        return null;
    }

    private DateTimeOffset Expiry(TimeSpan? lifetime) => lifetime is { } span ? clock.GetUtcNow() + span : DateTimeOffset.MaxValue;
}
