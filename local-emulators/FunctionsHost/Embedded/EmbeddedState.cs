// The state of one bot in the embedded transport.
using System.Buffers.Binary;
using IntelMq.Bots;
using IntelMq.Stores;
using Microsoft.Data.Sqlite;

namespace IntelMq.FunctionsHost.Embedded;

/// <summary>
/// The state of one bot instance. What an invocation writes is kept here until the invocation is committed: then it becomes durable in the same
/// transaction as the acknowledgement, or it is discarded with everything else. Used by one invocation at a time.
/// Durable are rows of changes (<see cref="StateChanges"/>), which stand here as well, and the table. When there are many changes they are frozen, and the
/// table takes them over slice by slice, with the commits that follow: none of them has to wait long.
/// </summary>
public sealed class EmbeddedState : IStateStore, IDisposable
{
    // Some ten megabytes of memory.
    private const int MostRecentKeys = 64 * 1024;
    private const int MostRows = 4 * 1024;

    // Some ten milliseconds.
    private const int SliceLength = 4 * 1024;

    private readonly string _bot;
    private readonly SqliteConnection _connection;
    private readonly PreparedCommand _get;
    private readonly KeyFilter _filter = new();
    private readonly PendingState _pending;
    private Dictionary<byte[], (byte[]? Value, long Expires)> _recent = new(ByteKeys.Comparer);
    private Dictionary<byte[], (byte[]? Value, long Expires)> _frozen = new(ByteKeys.Comparer);

    // The frozen keys as the table has them: neighbours are written together.
    private byte[][] _order = [];
    private int _folded;
    private int _rows;
    private long _frozenUntil;

    internal EmbeddedState(string bot, string indexPath, TimeProvider clock)
    {
        (_bot, _pending) = (bot, new PendingState(clock));
        _connection = IndexSchema.Open(indexPath);
        _get = new PreparedCommand(_connection, "SELECT value, expires FROM state WHERE bot = ?1 AND key = ?2");
        using var keys = new PreparedCommand(_connection, "SELECT key FROM state WHERE bot = ?1");
        keys.Rows(row => { _filter.Add(row.Span(0)); return true; }, bot);
        using var changes = new PreparedCommand(_connection, "SELECT id, changes FROM state_changes WHERE bot = ?1 ORDER BY id");
        foreach (var (id, packed) in changes.Rows(row => (row.Number(0), row.Bytes(1)), bot))
        {
            (_rows, Row) = (_rows + 1, id);
            foreach (var (key, value, expires) in StateChanges.Unpack(packed))
            {
                _recent[key] = (value, expires);
            }
        }
    }

    /// <summary>What the invocation wrote.</summary>
    internal IReadOnlyDictionary<byte[], (byte[]? Value, long Expires)> Written => _pending.Written;

    internal string Bot => _bot;

    /// <summary>The last row of changes.</summary>
    internal long Row { get; set; }

    /// <summary>What the table takes over with this commit.</summary>
    internal IEnumerable<(byte[] Key, byte[]? Value, long Expires)> Slice =>
        _order.Skip(_folded).Take(SliceLength).Select(key => (key, _frozen[key].Value, _frozen[key].Expires));

    /// <summary>The last row of changes that nobody needs after this commit; null where there is none.</summary>
    internal long? LastDone => _order.Length > 0 && _folded + SliceLength >= _order.Length ? _frozenUntil : null;

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
    internal void Committed()
    {
        if (_pending.Written.Count == 0)
        {
            return;
        }

        foreach (var (key, written) in _pending.Written)
        {
            _recent[key] = written;
        }

        _pending.Clear();
        _rows++;
        foreach (var key in _order.AsSpan(_folded, Math.Min(SliceLength, _order.Length - _folded)))
        {
            _filter.Add(key);
        }

        _folded += SliceLength;
        if (_folded >= _order.Length)
        {
            (_frozen, _order, _folded) = (new(ByteKeys.Comparer), [], 0);
            if (_recent.Count > MostRecentKeys || _rows > MostRows)
            {
                Freeze();
            }
        }
    }

    /// <summary>Forgets what the invocation wrote.</summary>
    public void Discard() => _pending.Clear();

    /// <inheritdoc/>
    public void Dispose()
    {
        _get.Dispose();
        _connection.Dispose();
    }

    private void Freeze()
    {
        (_frozen, _recent) = (_recent, new(ByteKeys.Comparer));
        (_frozenUntil, _folded, _rows) = (Row, 0, 0);
        _order = [.. _frozen.Keys];

        // By the first bytes only: a number is compared in a tenth of the time, and neighbours are neighbours all the same.
        Array.Sort(Array.ConvertAll(_order, Beginning), _order);
    }

    private static ulong Beginning(byte[] key)
    {
        Span<byte> first = stackalloc byte[sizeof(ulong)];
        key.AsSpan(0, Math.Min(key.Length, first.Length)).CopyTo(first);
        return BinaryPrimitives.ReadUInt64BigEndian(first);
    }

    private byte[]? Read(byte[] key)
    {
        if (_pending.TryGet(key, out var written))
        {
            return written;
        }

        if (_recent.TryGetValue(key, out var recent) || _frozen.TryGetValue(key, out recent))
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
