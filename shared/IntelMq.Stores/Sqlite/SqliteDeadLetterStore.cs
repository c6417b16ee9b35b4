// Dead letters in a SQLite file.
using System.Runtime.CompilerServices;
using IntelMq.Runtime;
using Microsoft.Data.Sqlite;

namespace IntelMq.Stores;

/// <summary>What failed for good, in a SQLite file.</summary>
public sealed class SqliteDeadLetterStore(SqliteFile file) : IDeadLetterStore
{
    private const string Columns = "SELECT id, bot, queue, time, error, stack, parameters_version, message FROM dead_letters";

    /// <inheritdoc/>
    public ValueTask AddAsync(IReadOnlyList<DeadLetter> letters, CancellationToken cancellation)
    {
        using var connection = file.Open();
        using var transaction = SqliteFile.BeginWriting(connection);
        foreach (var letter in letters)
        {
            SqliteFile.Run(
                connection,
                transaction,
                "INSERT OR REPLACE INTO dead_letters (id, bot, queue, time, error, stack, parameters_version, message) VALUES (@id, @bot, @queue, @time, @error, @stack, @version, @message)",
                ("@id", letter.Id.ToString()),
                ("@bot", letter.BotId),
                ("@queue", letter.Queue),
                ("@time", letter.Time.ToUnixTimeMilliseconds()),
                ("@error", letter.Error),
                ("@stack", letter.Stack),
                ("@version", letter.ParametersVersion),
                ("@message", letter.Message));
        }

        transaction.Commit();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<DeadLetter> ListAsync(string? bot, CancellationToken cancellation) =>
        ReadAsync(Columns + " WHERE @bot = '' OR bot = @bot ORDER BY time, id", ("@bot", bot ?? ""), cancellation);

    /// <inheritdoc/>
    public IAsyncEnumerable<DeadLetter> FindAsync(string idPrefix, CancellationToken cancellation) =>
        ReadAsync(Columns + " WHERE substr(id, 1, length(@prefix)) = @prefix ORDER BY time, id", ("@prefix", idPrefix.ToLowerInvariant()), cancellation);

    /// <inheritdoc/>
    public ValueTask<long> CountAsync(CancellationToken cancellation)
    {
        using var connection = file.Open();
        using var command = SqliteFile.Command(connection, null, "SELECT count(*) FROM dead_letters");
        return ValueTask.FromResult((long)command.ExecuteScalar()!);
    }

    /// <inheritdoc/>
    public ValueTask DeleteAsync(Guid id, CancellationToken cancellation)
    {
        using var connection = file.Open();
        SqliteFile.Run(connection, null, "DELETE FROM dead_letters WHERE id = @id", ("@id", id.ToString()));
        return ValueTask.CompletedTask;
    }

    private async IAsyncEnumerable<DeadLetter> ReadAsync(string sql, (string, object?) value, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var connection = file.Open();
        using var command = SqliteFile.Command(connection, null, sql, value);
        using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            yield return new DeadLetter(
                Guid.Parse(reader.GetString(0)),
                reader.GetString(1),
                reader.GetString(2),
                DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(3)),
                reader.GetString(4),
                reader.IsDBNull(5) ? null : reader.GetString(5),
                reader.GetString(6),
                reader.GetString(7));
        }
    }
}
