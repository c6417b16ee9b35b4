// The state of one bot in the embedded transport.
using IntelMq.Bots;
using IntelMq.Stores;
using Microsoft.Data.Sqlite;

namespace IntelMq.FunctionsHost.Embedded;

/// <summary>
/// The state of one bot instance. What an invocation writes is kept here until the invocation is committed: then it becomes durable in the same
/// transaction as the acknowledgement, or it is discarded with everything else. Used by one invocation at a time.
/// Durable are rows of changes (<see cref="StateChanges"/>), which stand here as well, and the table, which takes them over when there are many.
/// </summary>
public sealed class EmbeddedState : IStateStore, IDisposable
{
    // Some ten megabytes of memory, and less than a tenth of a second to take them over.
    private const int MostRecentKeys = 64 * 1024;
    private const int MostRows = 4 * 1024;

    private readonly string _bot;
    private readonly SqliteConnection _connection;
    private readonly PreparedCommand _get;
    private readonly KeyFilter _filter = new();
    private readonly PendingState _pending;
    private readonly Dictionary<byte[], (byte[]? Value, long Expires)> _recent = new(ByteKeys.Comparer);
    private int _rows;

    internal EmbeddedState(string bot, string indexPath, TimeProvider clock)
    {
        (_bot, _pending) = (bot, new PendingState(clock));
        _connection = IndexSchema.Open(indexPath);
        _get = new PreparedCommand(_connection, "SELECT value, expires FROM state WHERE bot = ?1 AND key = ?2");
        using var keys = new PreparedCommand(_connection, "SELECT key FROM state WHERE bot = ?1");
        keys.Rows(row => { _filter.Add(row.Span(0)); return true; }, bot);
        using var changes = new PreparedCommand(_connection, "SELECT changes FROM state_changes WHERE bot = ?1 ORDER BY id");
        foreach (var packed in changes.Rows(row => row.Bytes(0), bot))
        {
            _rows++;
            foreach (var (key, value, expires) in StateChanges.Unpack(packed))
            {
                _recent[key] = (value, expires);
            }
        }
    }

    /// <summary>What the invocation wrote.</summary>
    internal IReadOnlyDictionary<byte[], (byte[]? Value, long Expires)> Written => _pending.Written;

    /// <summary>Whether the table takes over everything with this commit.</summary>
    internal bool IsFoldDue => _recent.Count + _pending.Written.Count > MostRecentKeys || _rows >= MostRows;

    /// <summary>Everything that the table does not have yet, what the invocation wrote included, in the order of the keys: neighbours are written together.</summary>
    internal IEnumerable<KeyValuePair<byte[], (byte[]? Value, long Expires)>> ToFold() =>
        _recent.Where(item => !_pending.Written.ContainsKey(item.Key)).Concat(_pending.Written).OrderBy(item => item.Key, ByteKeys.Order);

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
        if (_pending.Written.Count == 0)
        {
            return;
        }

        if (IsFoldDue)
        {
            foreach (var key in _recent.Keys.Concat(_pending.Written.Keys))
            {
                _filter.Add(key);
            }

            _recent.Clear();
            _rows = 0;
        }
        else
        {
            foreach (var (key, written) in _pending.Written)
            {
                _recent[key] = written;
            }

            _rows++;
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

        if (_recent.TryGetValue(key, out var recent))
        {
            return _pending.IsAlive(recent.Expires) ? recent.Value : null;
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
