// The dead letters of a data folder.
using System.Text;
using IntelMq.DataFormat;
using IntelMq.Runtime;
using Microsoft.Data.Sqlite;

namespace IntelMq.FunctionsHost.Embedded;

/// <summary>What failed for good: to look at, to change, to try again.</summary>
public sealed class DeadLetterBox
{
    private const string Columns = "SELECT id, bot, queue, time, error, stack, parameters_version, message FROM dead_letters";

    private readonly SqliteConnection _connection;
    private readonly Lock _gate;
    private readonly EmbeddedStore _store;

    internal DeadLetterBox(SqliteConnection connection, Lock gate, EmbeddedStore store) => (_connection, _gate, _store) = (connection, gate, store);

    /// <summary>How many there are.</summary>
    public long Count
    {
        get
        {
            lock (_gate)
            {
                using var command = new PreparedCommand(_connection, "SELECT count(*) FROM dead_letters");
                return (long)command.Scalar()!;
            }
        }
    }

    /// <summary>The dead letters, oldest first; of one bot where it is named.</summary>
    public IReadOnlyList<DeadLetter> List(string? bot = null, int most = 1000)
    {
        lock (_gate)
        {
            using var command = new PreparedCommand(_connection, Columns + " WHERE ?1 = '' OR bot = ?1 ORDER BY time, id LIMIT ?2");
            return command.Rows(Read, bot ?? "", most);
        }
    }

    /// <summary>The dead letters whose id starts with a text.</summary>
    public IReadOnlyList<DeadLetter> Find(string idPrefix)
    {
        lock (_gate)
        {
            using var command = new PreparedCommand(_connection, Columns + " WHERE substr(id, 1, length(?1)) = ?1 ORDER BY time, id LIMIT 1000");
            return command.Rows(Read, idPrefix);
        }
    }

    /// <summary>Sends a dead letter to its queue again and removes it, in one step.</summary>
    public void Retry(DeadLetter letter) => _store.Requeue(
        letter.Queue,
        Encoding.UTF8.GetBytes(letter.Message.ReplaceLineEndings(" ") + "\n"),
        () => Remove(letter.Id));

    /// <summary>Replaces the message of a dead letter, after checking it.</summary>
    /// <exception cref="DataFormatException">The new text is no message, or a value is unfit.</exception>
    public void Edit(DeadLetter letter, string message, FieldCatalogue fields)
    {
        var line = Check(message, fields);
        lock (_gate)
        {
            using var command = new PreparedCommand(_connection, "UPDATE dead_letters SET message = ?2 WHERE id = ?1");
            command.Run(letter.Id.ToString(), line);
        }
    }

    /// <summary>Checks a message that a person has changed, and gives it as one line.</summary>
    /// <exception cref="DataFormatException">The new text is no message, or a value is unfit.</exception>
    internal static string Check(string message, FieldCatalogue fields)
    {
        var line = message.ReplaceLineEndings(" ").Trim();
        var read = new EnvelopeReader(fields).Read(Encoding.UTF8.GetBytes(line), MessageKinds.Event);
        foreach (var slot in read.Slots.ToArray())
        {
            // The payload of an envelope is taken on trust on the wire; a person's changes are not.
            read.Add(slot.Field, slot.Value.Materialise(), AddOptions.Overwrite | AddOptions.AsIs);
        }

        return line;
    }

    /// <summary>Removes a dead letter for ever.</summary>
    public void Delete(DeadLetter letter)
    {
        lock (_gate)
        {
            Remove(letter.Id);
        }
    }

    private void Remove(Guid id)
    {
        using var command = new PreparedCommand(_connection, "DELETE FROM dead_letters WHERE id = ?1");
        command.Run(id.ToString());
    }

    private static DeadLetter Read(SqliteRow row) => new(
        Guid.Parse(row.Text(0)!), row.Text(1)!, row.Text(2)!, DateTimeOffset.FromUnixTimeMilliseconds(row.Number(3)), row.Text(4)!, row.Text(5), row.Text(6)!, row.Text(7)!);
}
