// State in a SQLite file.
using IntelMq.Bots;
using Microsoft.Data.Sqlite;

namespace IntelMq.Stores;

/// <summary>
/// The state of one bot instance. What an invocation puts and removes becomes durable in one step when it is committed; what it puts if absent at once,
/// because invocations beside it must see it. Used by one invocation at a time.
/// </summary>
public sealed class SqliteStateStore(SqliteFile file, string bot, TimeProvider clock) : IStateTransaction, IDisposable
{
    private const string Upsert = "INSERT INTO state (bot, key, value, expires) VALUES (@bot, @key, @value, @expires) ON CONFLICT (bot, key) DO UPDATE SET value = excluded.value, expires = excluded.expires";

    private readonly SqliteConnection _connection = file.Open();
    private readonly PendingState _pending = new(clock);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<byte[]?>> GetAsync(IReadOnlyList<byte[]> keys, CancellationToken cancellation)
    {
        using var command = SqliteFile.Command(_connection, null, "SELECT value, expires FROM state WHERE bot = @bot AND key = @key", ("@bot", bot), ("@key", Array.Empty<byte>()));
        var values = new byte[]?[keys.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Read(command, keys[i]);
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
        using var transaction = SqliteFile.BeginWriting(_connection);
        using var get = SqliteFile.Command(_connection, transaction, "SELECT value, expires FROM state WHERE bot = @bot AND key = @key", ("@bot", bot), ("@key", Array.Empty<byte>()));
        using var put = SqliteFile.Command(_connection, transaction, Upsert, ("@bot", bot), ("@key", Array.Empty<byte>()), ("@value", Array.Empty<byte>()), ("@expires", _pending.Expiry(lifetime)));
        var before = new byte[]?[items.Count];
        for (var i = 0; i < before.Length; i++)
        {
            before[i] = Read(get, items[i].Key);
            if (before[i] is null)
            {
                put.Parameters["@key"].Value = items[i].Key;
                put.Parameters["@value"].Value = items[i].Value;
                put.ExecuteNonQuery();
                _pending.Forget(items[i].Key);
            }
        }

        transaction.Commit();
        return ValueTask.FromResult<IReadOnlyList<byte[]?>>(before);
    }

    /// <inheritdoc/>
    public ValueTask RemoveAsync(IReadOnlyList<byte[]> keys, CancellationToken cancellation)
    {
        _pending.Remove(keys);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask CommitAsync(CancellationToken cancellation)
    {
        if (_pending.Written.Count == 0)
        {
            return ValueTask.CompletedTask;
        }

        using var transaction = SqliteFile.BeginWriting(_connection);
        using var put = SqliteFile.Command(_connection, transaction, Upsert, ("@bot", bot), ("@key", Array.Empty<byte>()), ("@value", Array.Empty<byte>()), ("@expires", 0L));
        using var remove = SqliteFile.Command(_connection, transaction, "DELETE FROM state WHERE bot = @bot AND key = @key", ("@bot", bot), ("@key", Array.Empty<byte>()));
        foreach (var (key, (value, expires)) in _pending.Written)
        {
            var command = value is null ? remove : put;
            command.Parameters["@key"].Value = key;
            if (value is not null)
            {
                put.Parameters["@value"].Value = value;
                put.Parameters["@expires"].Value = expires;
            }

            command.ExecuteNonQuery();
        }

        transaction.Commit();
        _pending.Clear();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public void Discard() => _pending.Clear();

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private byte[]? Read(SqliteCommand command, byte[] key)
    {
        if (_pending.TryGet(key, out var written))
        {
            return written;
        }

        command.Parameters["@key"].Value = key;
        using var reader = command.ExecuteReader();
        if (!reader.Read())
        {
            return null;
        }

        var expires = reader.GetInt64(1);
        return _pending.IsAlive(expires) ? reader.GetFieldValue<byte[]>(0) : null;
    }
}
