// The state of one bot in the embedded transport.
using IntelMq.Bots;
using IntelMq.Stores;
using Microsoft.Data.Sqlite;

namespace IntelMq.FunctionsHost.Embedded;

/// <summary>
/// The state of one bot instance. What an invocation writes is kept here until the invocation is committed: then it becomes durable in the same
/// transaction as the acknowledgement, or it is discarded with everything else. Used by one invocation at a time.
/// </summary>
public sealed class EmbeddedState : IStateStore, IDisposable
{
    private readonly string _bot;
    private readonly SqliteConnection _connection;
    private readonly PreparedCommand _get;
    private readonly KeyFilter _filter = new();
    private readonly PendingState _pending;

    internal EmbeddedState(string bot, string indexPath, TimeProvider clock)
    {
        (_bot, _pending) = (bot, new PendingState(clock));
        _connection = IndexSchema.Open(indexPath);
        _get = new PreparedCommand(_connection, "SELECT value, expires FROM state WHERE bot = ?1 AND key = ?2");
        using var keys = new PreparedCommand(_connection, "SELECT key FROM state WHERE bot = ?1");
        keys.Rows(row => { _filter.Add(row.Span(0)); return true; }, bot);
    }

    internal IReadOnlyDictionary<byte[], (byte[]? Value, long Expires)> Written => _pending.Written;

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
        _pending.Put(items, lifetime);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<byte[]?>> PutIfAbsentAsync(IReadOnlyList<StateItem> items, TimeSpan? lifetime, CancellationToken cancellation)
    {
        var before = new byte[]?[items.Count];
        var expires = _pending.Expiry(lifetime);
        for (var i = 0; i < before.Length; i++)
        {
            before[i] = Read(items[i].Key);
            if (before[i] is null)
            {
                _pending.Put(items[i], expires);
            }
        }

        return ValueTask.FromResult<IReadOnlyList<byte[]?>>(before);
    }

    /// <inheritdoc/>
    public ValueTask RemoveAsync(IReadOnlyList<byte[]> keys, CancellationToken cancellation)
    {
        _pending.Remove(keys);
        return ValueTask.CompletedTask;
    }

    /// <summary>What the invocation wrote is durable.</summary>
    public void Committed()
    {
        foreach (var key in _pending.Written.Keys)
        {
            _filter.Add(key);
        }

        _pending.Clear();
    }

    /// <summary>Forgets what the invocation wrote.</summary>
    public void Discard() => _pending.Clear();

    /// <inheritdoc/>
    public void Dispose()
    {
        _get.Dispose();
        _connection.Dispose();
    }

    private byte[]? Read(byte[] key)
    {
        if (_pending.TryGet(key, out var written))
        {
            return written;
        }

        if (!_filter.MayContain(key) || !_get.Find(_bot, key, out var row))
        {
            return null;
        }

        var expires = row.Number(1);
        var value = _pending.IsAlive(expires) ? row.Bytes(0) : null;
        _get.Reset();
        return value;
    }
}
