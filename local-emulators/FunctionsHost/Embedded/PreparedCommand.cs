// A prepared SQL command with positional values.
using Microsoft.Data.Sqlite;

namespace IntelMq.FunctionsHost.Embedded;

/// <summary>A command that is prepared once and run often.</summary>
internal sealed class PreparedCommand : IDisposable
{
    private readonly SqliteCommand _command;

    /// <summary>Prepares a command; its parameters are named $1, $2 …</summary>
    public PreparedCommand(SqliteConnection connection, string sql, int parameters)
    {
        _command = connection.CreateCommand();
#pragma warning disable CA2100 // The texts are constants of this folder.
        _command.CommandText = sql;
#pragma warning restore CA2100
        for (var i = 1; i <= parameters; i++)
        {
            _command.Parameters.Add(new SqliteParameter { ParameterName = "$" + i });
        }
    }

    /// <summary>Runs the command.</summary>
    public int Run(SqliteTransaction? transaction, params ReadOnlySpan<object> values) => Bind(transaction, values).ExecuteNonQuery();

    /// <summary>Runs the command and gives its first value; null where there is none.</summary>
    public object? Scalar(SqliteTransaction? transaction, params ReadOnlySpan<object> values) => Bind(transaction, values).ExecuteScalar();

    /// <summary>Runs the command and gives its rows.</summary>
    public SqliteDataReader Rows(SqliteTransaction? transaction, params ReadOnlySpan<object> values) => Bind(transaction, values).ExecuteReader();

    /// <inheritdoc/>
    public void Dispose() => _command.Dispose();

    private SqliteCommand Bind(SqliteTransaction? transaction, ReadOnlySpan<object> values)
    {
        _command.Transaction = transaction;
        for (var i = 0; i < values.Length; i++)
        {
            _command.Parameters[i].Value = values[i];
        }

        return _command;
    }
}
