// The table that holds the state of all bots.
using Azure;
using Azure.Data.Tables;

namespace IntelMq.Azure;

/// <summary>The state of all bots of an installation, in one table. It is made on demand.</summary>
/// <param name="service">The table service.</param>
/// <param name="name">The table: letters and digits, 3 to 63.</param>
/// <param name="clock">The clock by which values expire.</param>
public sealed class StateTable(TableServiceClient service, string name, TimeProvider clock)
{
    private const int MostInTransaction = 100;

    private readonly TableClient _table = service.GetTableClient(name);

    internal TimeProvider Clock => clock;

    /// <summary>The state of one bot.</summary>
    public TableStateStore For(string botId) => new(this, botId);

    /// <summary>
    /// Removes the rows whose time is over, of all bots, and gives their number. A row that is written again meanwhile stays.
    /// Meant for a timer: reading skips expired rows anyway.
    /// </summary>
    public async ValueTask<long> PurgeAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        const string What = "Expired state cannot be removed";
        long removed = 0;
        var expired = new List<TableTransactionAction>();
        var rows = _table.QueryAsync<TableEntity>(StateColumns.ExpiredBefore(now), MostInTransaction * 10, ["PartitionKey", "RowKey", "Timestamp"], cancellation);
        await using var each = StorageFailure.GuardEachAsync(What, rows, cancellation).GetAsyncEnumerator(cancellation);
        while (true)
        {
            bool more;
            try
            {
                more = await each.MoveNextAsync();
            }
            catch (RequestFailedException error) when (StorageFailure.IsHomeless(error))
            {
                return removed;
            }

            if (expired.Count > 0 && (!more || expired.Count == MostInTransaction || expired[0].Entity.PartitionKey != each.Current.PartitionKey))
            {
                removed += await RemoveAsync(expired, cancellation);
                expired.Clear();
            }

            if (!more)
            {
                return removed;
            }

            expired.Add(new TableTransactionAction(TableTransactionActionType.Delete, each.Current, each.Current.ETag));
        }
    }

    internal async ValueTask<StateRow?> ReadAsync(string what, StateAddress address, CancellationToken cancellation)
    {
        // "No such table" is "no such row".
        var found = await StorageFailure.GuardAsync(
            what, () => _table.GetEntityIfExistsAsync<TableEntity>(address.Partition, address.Row, null, cancellation), null, cancellation);
        return found.HasValue ? StateColumns.Read(found.Value!) : null;
    }

    /// <summary>Writes rows of one partition in one step; false, and nothing written, where another has changed one of them.</summary>
    internal async ValueTask<bool> TryWriteAsync(string what, IReadOnlyList<TableTransactionAction> actions, CancellationToken cancellation)
    {
        try
        {
            await StorageFailure.GuardAsync(what, () => _table.SubmitTransactionAsync(actions, cancellation), () => _table.CreateIfNotExistsAsync(cancellation), cancellation);
            return true;
        }
        catch (RequestFailedException error) when (error.Status is 404 or 409 or 412)
        {
            return false;
        }
    }

    internal async ValueTask DeleteAsync(string what, StateAddress address, CancellationToken cancellation) =>
        await StorageFailure.GuardAsync(what, () => _table.DeleteEntityAsync(address.Partition, address.Row, ETag.All, cancellation), null, cancellation);

    private async ValueTask<long> RemoveAsync(List<TableTransactionAction> expired, CancellationToken cancellation)
    {
        const string What = "Expired state cannot be removed";
        if (await TryWriteAsync(What, expired, cancellation))
        {
            return expired.Count;
        }

        long removed = 0;
        foreach (var row in expired)
        {
            removed += await TryWriteAsync(What, [row], cancellation) ? 1 : 0;
        }

        return removed;
    }
}
