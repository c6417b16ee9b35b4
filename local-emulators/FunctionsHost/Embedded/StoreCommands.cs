// The prepared commands of the embedded transport.
using IntelMq.Runtime;
using Microsoft.Data.Sqlite;

namespace IntelMq.FunctionsHost.Embedded;

/// <summary>The SQL of the index. Not thread-safe: the store's lock guards it.</summary>
internal sealed class StoreCommands(SqliteConnection connection) : IDisposable
{
    private readonly PreparedCommand _addFrame = new(
        connection,
        "INSERT INTO frames (queue, segment, offset, length, messages, attempt, due, first_tried) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) RETURNING id");

    private readonly PreparedCommand _putState = new(
        connection, "INSERT INTO state (bot, key, value, expires) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (bot, key) DO UPDATE SET value = ?3, expires = ?4");

    private readonly PreparedCommand _removeState = new(connection, "DELETE FROM state WHERE bot = ?1 AND key = ?2");

    private readonly PreparedCommand _addChanges = new(connection, "INSERT INTO state_changes (bot, changes) VALUES (?1, ?2) RETURNING id");
    private readonly PreparedCommand _forgetChanges = new(connection, "DELETE FROM state_changes WHERE bot = ?1 AND id <= ?2");

    private readonly PreparedCommand _addDeadLetter = new(
        connection,
        "INSERT OR REPLACE INTO dead_letters (id, bot, queue, time, error, stack, parameters_version, message) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");

    private readonly PreparedCommand _releaseClaim = new(connection, "UPDATE claims SET uses = uses - 1 WHERE address = ?1 RETURNING uses");
    private readonly PreparedCommand _forgetClaim = new(connection, "DELETE FROM claims WHERE address = ?1");

    public PreparedCommand DeleteFrame { get; } = new(connection, "DELETE FROM frames WHERE id = ?1");

    public PreparedCommand AddCollected { get; } = new(connection, "INSERT OR IGNORE INTO collected (collector, occurrence, source) VALUES (?1, ?2, ?3)");

    public PreparedCommand UseClaim { get; } = new(
        connection, "INSERT INTO claims (address, uses) VALUES (?1, ?2) ON CONFLICT (address) DO UPDATE SET uses = uses + ?2");

    public PreparedCommand GetSetting { get; } = new(connection, "SELECT value FROM settings WHERE name = ?1");

    public PreparedCommand PutSetting { get; } = new(connection, "INSERT OR REPLACE INTO settings (name, value) VALUES (?1, ?2)");

    public PreparedCommand PurgeState { get; } = new(connection, "DELETE FROM state WHERE expires > 0 AND expires <= ?1");

    public long AddFrame(string queue, QueuedFrame frame) => (long)_addFrame.Scalar(
        queue, frame.Place.Segment, frame.Place.Offset, frame.Place.Length, frame.Messages, frame.Attempt, frame.Due, frame.FirstTried)!;

    /// <summary>Writes what an invocation changed, and a slice of what earlier ones did to the table.</summary>
    public void WriteState(EmbeddedState state)
    {
        if (state.Written.Count == 0)
        {
            return;
        }

        foreach (var (key, value, expires) in state.Slice)
        {
            if (value is null)
            {
                _removeState.Run(state.Bot, key);
            }
            else
            {
                _putState.Run(state.Bot, key, value, expires);
            }
        }

        if (state.LastDone is { } row)
        {
            _forgetChanges.Run(state.Bot, row);
        }

        state.Row = (long)_addChanges.Scalar(state.Bot, StateChanges.Pack(state.Written))!;
    }

    public void AddDeadLetter(DeadLetter letter) => _addDeadLetter.Run(
        letter.Id.ToString(),
        letter.BotId,
        letter.Queue,
        letter.Time.ToUnixTimeMilliseconds(),
        letter.Error,
        letter.Stack,
        letter.ParametersVersion,
        letter.Message);

    /// <summary>One user less; true where it was the last.</summary>
    public bool ReleaseClaim(string address)
    {
        if (_releaseClaim.Scalar(address) is long uses and > 0)
        {
            return false;
        }

        _forgetClaim.Run(address);
        return true;
    }

    public IReadOnlyList<(string Queue, QueuedFrame Frame)> ReadFrames()
    {
        using var command = new PreparedCommand(connection, "SELECT queue, id, segment, offset, length, messages, attempt, due, first_tried FROM frames ORDER BY id");
        return command.Rows(row => (row.Text(0)!, new QueuedFrame(
            row.Number(1), new FramePlace(row.Number(2), row.Number(3), (int)row.Number(4)), (int)row.Number(5), (int)row.Number(6), row.Number(7), row.Number(8))));
    }

    public IReadOnlySet<string> ReadClaims()
    {
        using var command = new PreparedCommand(connection, "SELECT address FROM claims");
        return command.Rows(row => row.Text(0)!).ToHashSet(StringComparer.Ordinal);
    }

    public void Dispose()
    {
        foreach (var command in (PreparedCommand[])
            [_addFrame, _putState, _removeState, _addChanges, _forgetChanges, _addDeadLetter, _releaseClaim, _forgetClaim, DeleteFrame, AddCollected, UseClaim, GetSetting, PutSetting, PurgeState])
        {
            command.Dispose();
        }
    }
}
