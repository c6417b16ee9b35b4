// Parked frames in a SQLite file.
using IntelMq.Runtime;
using Microsoft.Data.Sqlite;

namespace IntelMq.Stores;

/// <summary>Frames that wait, in a SQLite file.</summary>
public sealed class SqliteParkStore(SqliteFile file) : IParkStore
{
    /// <inheritdoc/>
    public ValueTask AddAsync(IReadOnlyList<ParkedEntry> entries, CancellationToken cancellation)
    {
        if (entries.Count == 0)
        {
            return ValueTask.CompletedTask;
        }

        using var connection = file.Open();
        using var transaction = SqliteFile.BeginWriting(connection);
        foreach (var entry in entries)
        {
            SqliteFile.Run(
                connection,
                transaction,
                "INSERT OR IGNORE INTO parked (id, queue, frame, messages, due, attempt, first_tried) VALUES (@id, @queue, @frame, @messages, @due, @attempt, @first)",
                ("@id", entry.Id),
                ("@queue", entry.Queue),
                ("@frame", entry.Frame.ToArray()),
                ("@messages", entry.Messages),
                ("@due", entry.Due.ToUnixTimeMilliseconds()),
                ("@attempt", entry.Attempt),
                ("@first", entry.FirstTried?.ToUnixTimeMilliseconds()));
        }

        transaction.Commit();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ParkedEntry>> TakeDueAsync(DateTimeOffset now, DateTimeOffset again, int most, CancellationToken cancellation)
    {
        using var connection = file.Open();
        using var transaction = SqliteFile.BeginWriting(connection);
        var entries = new List<ParkedEntry>();
        using (var command = SqliteFile.Command(
            connection,
            transaction,
            "SELECT id, queue, frame, messages, due, attempt, first_tried FROM parked WHERE due <= @now ORDER BY due, id LIMIT @most",
            ("@now", now.ToUnixTimeMilliseconds()),
            ("@most", most)))
        using (var reader = command.ExecuteReader())
        {
            while (reader.Read())
            {
                entries.Add(Entry(reader));
            }
        }

        foreach (var entry in entries)
        {
            SqliteFile.Run(connection, transaction, "UPDATE parked SET due = @again WHERE id = @id", ("@again", again.ToUnixTimeMilliseconds()), ("@id", entry.Id));
            SqliteFile.Run(connection, transaction, "INSERT OR IGNORE INTO leases (id) VALUES (@id)", ("@id", entry.Id));
        }

        transaction.Commit();
        return ValueTask.FromResult<IReadOnlyList<ParkedEntry>>(entries);
    }

    /// <inheritdoc/>
    public ValueTask ReleaseAsync(IReadOnlyList<string> ids, DateTimeOffset now, CancellationToken cancellation)
    {
        using var connection = file.Open();
        using var transaction = SqliteFile.BeginWriting(connection);
        foreach (var id in ids)
        {
            SqliteFile.Run(connection, transaction, "UPDATE parked SET due = @now WHERE id = @id AND due > @now", ("@now", now.ToUnixTimeMilliseconds()), ("@id", id));
        }

        transaction.Commit();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<bool> ContainsAsync(string id, CancellationToken cancellation)
    {
        using var connection = file.Open();
        using var command = SqliteFile.Command(connection, null, "SELECT 1 FROM parked WHERE id = @id", ("@id", id));
        return ValueTask.FromResult(command.ExecuteScalar() is not null);
    }

    /// <inheritdoc/>
    public ValueTask RemoveAsync(string id, CancellationToken cancellation)
    {
        using var connection = file.Open();
        SqliteFile.Run(connection, null, "DELETE FROM parked WHERE id = @id; DELETE FROM leases WHERE id = @id", ("@id", id));
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyDictionary<string, long>> CountAsync(CancellationToken cancellation)
    {
        using var connection = file.Open();
        using var command = SqliteFile.Command(connection, null, "SELECT queue, sum(messages) FROM parked GROUP BY queue");
        using var reader = command.ExecuteReader();
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        while (reader.Read())
        {
            counts[reader.GetString(0)] = reader.GetInt64(1);
        }

        return ValueTask.FromResult<IReadOnlyDictionary<string, long>>(counts);
    }

    /// <summary>
    /// Makes due at once what is under way with nobody: entries that were sent, and reports that were to travel with an answer, when the only host of this
    /// store died. What waits for its own time goes on waiting.
    /// </summary>
    public void EndLeases(DateTimeOffset now)
    {
        using var connection = file.Open();
        using var transaction = SqliteFile.BeginWriting(connection);
        SqliteFile.Run(
            connection,
            transaction,
            "UPDATE parked SET due = @now WHERE due > @now AND (id IN (SELECT id FROM leases) OR (attempt = 0 AND first_tried IS NULL)); DELETE FROM leases",
            ("@now", now.ToUnixTimeMilliseconds()));
        transaction.Commit();
    }

    private static ParkedEntry Entry(SqliteDataReader reader) => new(
        reader.GetString(0),
        reader.GetString(1),
        reader.GetFieldValue<byte[]>(2),
        reader.GetInt32(3),
        DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(4)),
        reader.GetInt32(5),
        reader.IsDBNull(6) ? null : DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(6)));
}
