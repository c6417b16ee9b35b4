// State in memory: for tests and for bots that run alone.
using System.Collections.Concurrent;
using IntelMq.Bots;

namespace IntelMq.Stores;

/// <summary>State that lives as long as the process.</summary>
public sealed class MemoryStateStore(TimeProvider clock) : IStateStore
{
    private readonly ConcurrentDictionary<string, (byte[] Value, DateTimeOffset Expires)> _entries = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<byte[]?>> GetAsync(IReadOnlyList<byte[]> keys, CancellationToken cancellation) =>
        ValueTask.FromResult<IReadOnlyList<byte[]?>>(keys.Select(key => Alive(Name(key))).ToArray());

    /// <inheritdoc/>
    public ValueTask PutAsync(IReadOnlyList<StateItem> items, TimeSpan? lifetime, CancellationToken cancellation)
    {
        foreach (var item in items)
        {
            _entries[Name(item.Key)] = (item.Value, Expiry(lifetime));
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<byte[]?>> PutIfAbsentAsync(IReadOnlyList<StateItem> items, TimeSpan? lifetime, CancellationToken cancellation)
    {
        var before = new byte[]?[items.Count];
        for (var i = 0; i < before.Length; i++)
        {
            var name = Name(items[i].Key);
            before[i] = Alive(name);
            if (before[i] is null)
            {
                _entries[name] = (items[i].Value, Expiry(lifetime));
            }
        }

        return ValueTask.FromResult<IReadOnlyList<byte[]?>>(before);
    }

    /// <inheritdoc/>
    public ValueTask RemoveAsync(IReadOnlyList<byte[]> keys, CancellationToken cancellation)
    {
        foreach (var key in keys)
        {
            _entries.TryRemove(Name(key), out _);
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

        _entries.TryRemove(name, out _);
        return null;
    }

    private DateTimeOffset Expiry(TimeSpan? lifetime) => lifetime is { } span ? clock.GetUtcNow() + span : DateTimeOffset.MaxValue;
}
