// The SQLite file in which a function app on one machine keeps what must outlive it.
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace IntelMq.Stores;

/// <summary>One SQLite file with the stores of a function app. Several processes may use it at once.</summary>
public sealed class SqliteFile
{
    private readonly string _connectionString;

    /// <summary>Opens the file, and makes it and its tables where they are missing.</summary>
    public SqliteFile(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        _connectionString = new SqliteConnectionStringBuilder { DataSource = path, DefaultTimeout = 60, Pooling = true }.ToString();
        using var connection = Open();
        Run(connection, null, """
            PRAGMA journal_mode = WAL;
            CREATE TABLE IF NOT EXISTS state (bot TEXT, key BLOB, value BLOB, expires INTEGER, PRIMARY KEY (bot, key)) WITHOUT ROWID;
            CREATE TABLE IF NOT EXISTS parked (id TEXT PRIMARY KEY, queue TEXT, frame BLOB, messages INTEGER, due INTEGER, attempt INTEGER, first_tried INTEGER);
            CREATE INDEX IF NOT EXISTS parked_due ON parked (due);
            CREATE TABLE IF NOT EXISTS leases (id TEXT PRIMARY KEY) WITHOUT ROWID;
            CREATE TABLE IF NOT EXISTS dead_letters (id TEXT PRIMARY KEY, bot TEXT, queue TEXT, time INTEGER, error TEXT, stack TEXT, parameters_version TEXT, message TEXT);
            """);
    }

    /// <summary>Removes state that has expired.</summary>
    public void Purge(DateTimeOffset now)
    {
        using var connection = Open();
        Run(connection, null, "DELETE FROM state WHERE expires > 0 AND expires <= @now", ("@now", now.ToUnixTimeMilliseconds()));
    }

    /// <summary>A connection of its own for the caller, who closes it.</summary>
    internal SqliteConnection Open()
    {
        var connection = new SqliteConnection(_connectionString);
        connection.Open();

        // NORMAL loses nothing when the process dies; only a power cut could take the last commits.
        Run(connection, null, "PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 60000;");
        return connection;
    }

    /// <summary>Begins a transaction that writes: it takes its turn at once, so that two of them never wait for each other.</summary>
    internal static SqliteTransaction BeginWriting(SqliteConnection connection) => connection.BeginTransaction(deferred: false);

    /// <summary>Runs a command.</summary>
    internal static int Run(SqliteConnection connection, SqliteTransaction? transaction, string sql, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        using var command = Command(connection, transaction, sql, values);
        return command.ExecuteNonQuery();
    }

    /// <summary>Makes a command.</summary>
    [SuppressMessage("Security", "CA2100:Review SQL queries for security vulnerabilities", Justification = "All texts are constants of this assembly.")]
    internal static SqliteCommand Command(SqliteConnection connection, SqliteTransaction? transaction, string sql, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        foreach (var (name, value) in values)
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }

        return command;
    }
}
