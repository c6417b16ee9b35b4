// The tables of the index.
using Microsoft.Data.Sqlite;

namespace IntelMq.FunctionsHost.Embedded;

/// <summary>Opens the index database and brings it to the present form.</summary>
internal static class IndexSchema
{
    private const string Tables = """
        CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS frames (
            id INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, segment INTEGER NOT NULL, offset INTEGER NOT NULL, length INTEGER NOT NULL,
            messages INTEGER NOT NULL, attempt INTEGER NOT NULL, due INTEGER NOT NULL, first_tried INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS state (
            bot TEXT NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL, expires INTEGER NOT NULL, PRIMARY KEY (bot, key)) WITHOUT ROWID;
        DROP INDEX IF EXISTS state_expires;
        CREATE TABLE IF NOT EXISTS state_changes (id INTEGER PRIMARY KEY, bot TEXT NOT NULL, changes BLOB NOT NULL);
        CREATE TABLE IF NOT EXISTS dead_letters (
            id TEXT PRIMARY KEY, bot TEXT NOT NULL, queue TEXT NOT NULL, time INTEGER NOT NULL, error TEXT NOT NULL, stack TEXT,
            parameters_version TEXT NOT NULL, message TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS claims (address TEXT PRIMARY KEY, uses INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS runs (collector TEXT NOT NULL, occurrence TEXT NOT NULL, done INTEGER NOT NULL, PRIMARY KEY (collector, occurrence)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS collected (
            collector TEXT NOT NULL, occurrence TEXT NOT NULL, source TEXT NOT NULL, PRIMARY KEY (collector, occurrence, source)) WITHOUT ROWID;
        """;

    /// <summary>Opens a connection with the settings that the transport relies on: a killed process loses nothing (a power cut may).</summary>
    public static SqliteConnection Open(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        Run(connection, "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=10000; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16000; PRAGMA wal_autocheckpoint=4000;");
        return connection;
    }

    /// <summary>Makes the tables that are missing.</summary>
    public static void Create(SqliteConnection connection) => Run(connection, Tables);

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
