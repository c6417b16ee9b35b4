// What the collectors have begun and done.
using Microsoft.Data.Sqlite;

namespace IntelMq.FunctionsHost.Embedded;

/// <summary>
/// Remembers the runs of collectors, so that a run that a crash interrupted is completed under its own occurrence: what it had queued already is
/// recognised and not queued again.
/// </summary>
public sealed class CollectorRuns
{
    private readonly SqliteConnection _connection;
    private readonly Lock _gate;

    internal CollectorRuns(SqliteConnection connection, Lock gate) => (_connection, _gate) = (connection, gate);

    /// <summary>The occurrence of a collector that was begun and not completed; null where there is none.</summary>
    public string? Unfinished(string collector) => (string?)Scalar("SELECT occurrence FROM runs WHERE collector = ?1 AND done = 0 ORDER BY occurrence LIMIT 1", collector);

    /// <summary>Notes that a run begins.</summary>
    public void Begin(string collector, string occurrence) => Run("INSERT OR IGNORE INTO runs (collector, occurrence, done) VALUES (?1, ?2, 0)", collector, occurrence);

    /// <summary>Whether a run is complete.</summary>
    public bool IsDone(string collector, string occurrence) => Scalar("SELECT 1 FROM runs WHERE collector = ?1 AND occurrence = ?2 AND done = 1", collector, occurrence) is not null;

    /// <summary>Notes that a run is complete; what it queued need not be remembered any more.</summary>
    public void Complete(string collector, string occurrence)
    {
        Run("UPDATE runs SET done = 1 WHERE collector = ?1 AND occurrence = ?2", collector, occurrence);
        Run("DELETE FROM collected WHERE collector = ?1 AND occurrence = ?2", collector, occurrence);
        Run("DELETE FROM runs WHERE collector = ?1 AND occurrence < ?2 AND done = 1", collector, occurrence);
    }

    /// <summary>Whether a run has queued a source.</summary>
    public bool IsCollected(string collector, string occurrence, string source) =>
        Scalar("SELECT 1 FROM collected WHERE collector = ?1 AND occurrence = ?2 AND source = ?3", collector, occurrence, source) is not null;

    /// <summary>The occurrence of the <c>--once</c> run that is under way; null where none is.</summary>
    public string? Once
    {
        get => (string?)Scalar("SELECT value FROM settings WHERE name = ?1", "once");
        set
        {
            if (value is null)
            {
                Run("DELETE FROM settings WHERE name = ?1", "once");
            }
            else
            {
                Run("INSERT OR REPLACE INTO settings (name, value) VALUES (?1, ?2)", "once", value);
            }
        }
    }

    private void Run(string sql, params ReadOnlySpan<object?> values)
    {
        lock (_gate)
        {
            using var command = new PreparedCommand(_connection, sql);
            command.Run(values);
        }
    }

    private object? Scalar(string sql, params ReadOnlySpan<object?> values)
    {
        lock (_gate)
        {
            using var command = new PreparedCommand(_connection, sql);
            return command.Scalar(values);
        }
    }
}
