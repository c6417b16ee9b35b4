// The state of one bot in the embedded transport.
using IntelMq.Bots;
using Microsoft.Data.Sqlite;

namespace IntelMq.FunctionsHost.Embedded;

/// <summary>
/// The state of one bot instance. What an invocation writes is kept here until the invocation is committed: then it becomes durable in the same
/// transaction as the acknowledgement, or it is discarded with everything else. Used by one invocation at a time.
/// </summary>
public sealed class EmbeddedState : IStateStore, IDisposable
{
    private readonly string _bot;
    private readonly TimeProvider _clock;
    private readonly SqliteConnection _connection;
    private readonly PreparedCommand _get;
    private readonly KeyFilter _filter = new();
    private readonly Dictionary<byte[], (byte[]? Value, long Expires)> _written = new(KeyComparer.Instance);

    internal EmbeddedState(string bot, string indexPath, TimeProvider clock)
    {
        (_bot, _clock) = (bot, clock);
        _connection = IndexSchema.Open(indexPath);
        _get = new PreparedCommand(_connection, "SELECT value, expires FROM state WHERE bot = ?1 AND key = ?2");
        using var keys = new PreparedCommand(_connection, "SELECT key FROM state WHERE bot = ?1");
        keys.Rows(row => { _filter.Add(row.Span(0)); return true; }, bot);
    }

    internal IReadOnlyDictionary<byte[], (byte[]? Value, long Expires)> Written => _written;

    internal string Bot => _bot;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<byte[]?>> GetAsync(IReadOnlyList<byte[]> keys, CancellationToken cancellation)
    {
        var values = new byte[]?[keys.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Read(keys[i]);
        }

        return ValueTask.FromResult<IReadOnlyList<byte[]?>>(values);
    }

    /// <inheritdoc/>
    public ValueTask PutAsync(IReadOnlyList<StateItem> items, TimeSpan? lifetime, CancellationToken cancellation)
    {
        foreach (var item in items)
        {
            _written[item.Key] = (item.Value, Expiry(lifetime));
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<byte[]?>> PutIfAbsentAsync(IReadOnlyList<StateItem> items, TimeSpan? lifetime, CancellationToken cancellation)
    {
        var before = new byte[]?[items.Count];
        var expires = Expiry(lifetime);
        for (var i = 0; i < before.Length; i++)
        {
            before[i] = Read(items[i].Key);
            if (before[i] is null)
            {
                _written[items[i].Key] = (items[i].Value, expires);
            }
        }

        return ValueTask.FromResult<IReadOnlyList<byte[]?>>(before);
    }

    /// <inheritdoc/>
    public ValueTask RemoveAsync(IReadOnlyList<byte[]> keys, CancellationToken cancellation)
    {
        foreach (var key in keys)
        {
            _written[key] = (null, 0);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>What the invocation wrote is durable.</summary>
    public void Committed()
    {
        foreach (var key in _written.Keys)
        {
            _filter.Add(key);
        }

        _written.Clear();
    }

    /// <summary>Forgets what the invocation wrote.</summary>
    public void Discard() => _written.Clear();

    /// <inheritdoc/>
    public void Dispose()
    {
        _get.Dispose();
        _connection.Dispose();
    }

    private byte[]? Read(byte[] key)
    {
        if (_written.TryGetValue(key, out var written))
        {
            return written.Value;
        }

        if (!_filter.MayContain(key) || !_get.Find(_bot, key, out var row))
        {
            return null;
        }

        var expires = row.Number(1);
        var value = expires == 0 || expires > _clock.GetUtcNow().ToUnixTimeMilliseconds() ? row.Bytes(0) : null;
        _get.Reset();
        return value;
    }

    private long Expiry(TimeSpan? lifetime) => lifetime is { } span ? (_clock.GetUtcNow() + span).ToUnixTimeMilliseconds() : 0;

    private sealed class KeyComparer : IEqualityComparer<byte[]>
    {
        public static KeyComparer Instance { get; } = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] key)
        {
            var hash = new HashCode();
            hash.AddBytes(key);
            return hash.ToHashCode();
        }
    }
}
