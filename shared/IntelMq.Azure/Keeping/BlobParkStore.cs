// Parked frames in tables and blobs.
using System.Security.Cryptography;
using Azure;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using IntelMq.Bots;
using IntelMq.Runtime;

namespace IntelMq.Azure;

/// <summary>
/// Parked frames for any number of instances. An entry is taken by moving it in the order of sending, in one step: of several that try, the moves
/// of all but one fail. Looking for what is due costs one request per partition however much waits.
/// </summary>
/// <param name="tables">The table service.</param>
/// <param name="blobs">The blob service, for frames that are too large for a row.</param>
/// <param name="name">The table and the container, both made on demand: lower-case letters and digits, 3 to 63.</param>
public sealed class BlobParkStore(TableServiceClient tables, BlobServiceClient blobs, string name) : IParkStore
{
    private const string What = "Waiting messages cannot be kept";
    private const int AtOnce = 16;
    private const int MostTries = 20;

    // Three rows are written to take an entry, and two to keep one; a transaction takes a hundred rows and 4 MiB.
    private const int TakenTogether = 33;
    private const int KeptTogether = 40;

    private readonly TableClient _table = tables.GetTableClient(name);
    private readonly BlobContainerClient _container = blobs.GetBlobContainerClient(name);

    /// <inheritdoc/>
    public async ValueTask AddAsync(IReadOnlyList<ParkedEntry> entries, CancellationToken cancellation)
    {
        foreach (var entry in entries)
        {
            ParkRows.CheckId(entry.Id);
        }

        var chunks = entries.DistinctBy(entry => entry.Id).GroupBy(entry => ParkRows.PartitionOf(entry.Id)).SelectMany(partition => partition.Chunk(KeptTogether));
        await EachAsync(chunks, async (chunk, token) =>
        {
            var rows = new List<TableTransactionAction[]>();
            foreach (var entry in chunk)
            {
                rows.Add(await RowsAsync(entry, token));
            }

            if (!await TryWriteAsync(rows.SelectMany(row => row), token))
            {
                // One of them is there already. Alone, each is kept or stays as it was.
                await EachAsync(rows, async (row, alone) => await TryWriteAsync(row, alone), token);
            }
        }, cancellation);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<ParkedEntry>> TakeDueAsync(DateTimeOffset now, DateTimeOffset again, int most, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(again, now);
        var due = (await Task.WhenAll(ParkRows.Partitions.Select(partition => DueAsync(partition, now, most, cancellation))))
            .SelectMany(rows => rows).OrderBy(row => row, StringComparer.Ordinal).Take(most).Select(ParkRows.ReadOrder).ToList();
        var taker = RandomNumberGenerator.GetBytes(12);
        var taken = new List<(long Due, string Id)>();
        await EachAsync(due.GroupBy(entry => ParkRows.PartitionOf(entry.Id)).SelectMany(partition => partition.Chunk(TakenTogether)), async (chunk, token) =>
        {
            var won = await TakeAsync(chunk, again.UtcTicks, taker, token);
            lock (taken)
            {
                taken.AddRange(won);
            }
        }, cancellation);

        taken.Sort();
        var entries = new ParkedEntry?[taken.Count];
        await EachAsync(Enumerable.Range(0, taken.Count), async (index, token) => entries[index] = await LoadAsync(taken[index], token), cancellation);
        return entries.OfType<ParkedEntry>().ToList();
    }

    /// <inheritdoc/>
    public async ValueTask ReleaseAsync(IReadOnlyList<string> ids, DateTimeOffset now, CancellationToken cancellation) =>
        await EachAsync(ids, async (id, token) =>
        {
            ParkRows.CheckId(id);
            if (await RowAsync(ParkRows.PartitionOf(id), ParkRows.EntryRow(id), ParkRows.PlaceColumns, token) is { } row && ParkRows.DueOf(row) > now.UtcTicks)
            {
                // Where it fails, somebody has taken or removed the entry meanwhile: then it is under way.
                await TryWriteAsync(Move((ParkRows.DueOf(row), id), now.UtcTicks, []), token);
            }
        }, cancellation);

    /// <inheritdoc/>
    public async ValueTask<bool> ContainsAsync(string id, CancellationToken cancellation)
    {
        ParkRows.CheckId(id);
        return await RowAsync(ParkRows.PartitionOf(id), ParkRows.EntryRow(id), ParkRows.PlaceColumns, cancellation) is not null;
    }

    /// <inheritdoc/>
    public async ValueTask RemoveAsync(string id, CancellationToken cancellation)
    {
        ParkRows.CheckId(id);
        var partition = ParkRows.PartitionOf(id);
        for (var tries = 0; tries < MostTries; tries++)
        {
            if (await RowAsync(partition, ParkRows.EntryRow(id), ParkRows.PlaceColumns, cancellation) is not { } row)
            {
                return;
            }

            // Whoever moves the entry meanwhile takes its row of the order away, and then nothing is deleted.
            var (entry, order) = (new TableEntity(partition, ParkRows.EntryRow(id)), new TableEntity(partition, ParkRows.OrderRow(ParkRows.DueOf(row), id)));
            if (await TryWriteAsync([Delete(entry), Delete(order)], cancellation))
            {
                if (ParkRows.BlobOf(row) is { } blob)
                {
                    await StorageFailure.GuardAsync(What, () => _container.GetBlobClient(blob).DeleteIfExistsAsync(cancellationToken: cancellation), null, cancellation);
                }

                return;
            }
        }

        throw new TransientException($"{What}: others change the entry '{id}' all the time.");
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyDictionary<string, long>> CountAsync(CancellationToken cancellation)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        await foreach (var row in RowsAsync(ParkRows.Entries, 1000, ParkRows.CountColumns, cancellation))
        {
            var (queue, messages) = ParkRows.CountOf(row);
            counts[queue] = counts.GetValueOrDefault(queue) + messages;
        }

        return counts;
    }

    /// <summary>Deletes frames that no entry names, written before a time: what an interrupted call has left behind. An hour ago is enough.</summary>
    public ValueTask<long> PurgeAsync(DateTimeOffset olderThan, CancellationToken cancellation) => BlobPurge.RunAsync(What, _container, olderThan, async blob =>
    {
        var id = blob.Split('.')[0];
        return await RowAsync(ParkRows.PartitionOf(id), ParkRows.EntryRow(id), ParkRows.PlaceColumns, cancellation) is not { } row || ParkRows.BlobOf(row) != blob;
    }, cancellation);

    private async ValueTask<TableTransactionAction[]> RowsAsync(ParkedEntry entry, CancellationToken cancellation)
    {
        string? blob = null;
        if (entry.Frame.Length > ParkRows.LargestInRow)
        {
            // A name for this call alone: removing the entry that is there already must not take our frame along, nor ours its frame.
            blob = $"{entry.Id}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";
            using var frame = BinaryData.FromBytes(entry.Frame).ToStream();
            await BlockUpload.WriteAsync(What, _container, blob, frame, null, cancellation);
        }

        return
        [
            new TableTransactionAction(TableTransactionActionType.Add, ParkRows.Entry(entry, blob)),
            new TableTransactionAction(TableTransactionActionType.Add, ParkRows.Order(entry.Due.UtcTicks, entry.Id, [])),
        ];
    }

    private async Task<List<string>> DueAsync(string partition, DateTimeOffset now, int most, CancellationToken cancellation)
    {
        var rows = new List<string>();
        await foreach (var row in RowsAsync(ParkRows.DueUntil(partition, now), Math.Clamp(most, 1, 1000), ["RowKey"], cancellation))
        {
            rows.Add(row.RowKey);
            if (rows.Count >= most)
            {
                break;
            }
        }

        return rows;
    }

    private async ValueTask<IReadOnlyList<(long Due, string Id)>> TakeAsync((long Due, string Id)[] entries, long again, byte[] taker, CancellationToken cancellation)
    {
        if (await TryWriteAsync(entries.SelectMany(entry => Move(entry, again, taker)), cancellation))
        {
            return entries;
        }

        // Somebody else takes some of the same ones.
        var won = new List<(long Due, string Id)>();
        foreach (var entry in entries)
        {
            if (await TryWriteAsync(Move(entry, again, taker), cancellation) || await IsOursAsync(entry.Id, again, taker, cancellation))
            {
                won.Add(entry);
            }
        }

        return won;
    }

    private static TableTransactionAction[] Move((long Due, string Id) entry, long again, byte[] taker) =>
    [
        Delete(new TableEntity(ParkRows.PartitionOf(entry.Id), ParkRows.OrderRow(entry.Due, entry.Id))),
        new(TableTransactionActionType.Add, ParkRows.Order(again, entry.Id, taker)),
        new(TableTransactionActionType.UpdateMerge, ParkRows.NewDue(entry.Id, again), ETag.All),
    ];

    // The answer to our own move may have been lost.
    private async ValueTask<bool> IsOursAsync(string id, long again, byte[] taker, CancellationToken cancellation) =>
        await RowAsync(ParkRows.PartitionOf(id), ParkRows.OrderRow(again, id), ParkRows.TakerColumn, cancellation) is { } row && ParkRows.IsTakenBy(row, taker);

    private async ValueTask<ParkedEntry?> LoadAsync((long Due, string Id) taken, CancellationToken cancellation)
    {
        if (await RowAsync(ParkRows.PartitionOf(taken.Id), ParkRows.EntryRow(taken.Id), null, cancellation) is not { } row)
        {
            // Its bot has succeeded meanwhile.
            return null;
        }

        if (ParkRows.BlobOf(row) is not { } blob)
        {
            return ParkRows.Read(row, ParkRows.FrameOf(row) ?? [], taken.Due);
        }

        try
        {
            var content = await StorageFailure.GuardAsync(What, () => _container.GetBlobClient(blob).DownloadContentAsync(cancellation), null, cancellation);
            return ParkRows.Read(row, content.Value.Content.ToMemory(), taken.Due);
        }
        catch (RequestFailedException error) when (error.Status == 404)
        {
            // Removed meanwhile, or deleted by hand: the others must not wait for it.
            return null;
        }
    }

    private async ValueTask<TableEntity?> RowAsync(string partition, string row, string[]? columns, CancellationToken cancellation)
    {
        var found = await StorageFailure.GuardAsync(What, () => _table.GetEntityIfExistsAsync<TableEntity>(partition, row, columns, cancellation), null, cancellation);
        return found.HasValue ? found.Value : null;
    }

    private async IAsyncEnumerable<TableEntity> RowsAsync(
        string filter, int pageSize, string[] columns, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var each = StorageFailure.GuardEachAsync(What, _table.QueryAsync<TableEntity>(filter, pageSize, columns, cancellation), cancellation).GetAsyncEnumerator(cancellation);
        while (await HasNextAsync(each))
        {
            yield return each.Current;
        }
    }

    private static async ValueTask<bool> HasNextAsync(IAsyncEnumerator<TableEntity> each)
    {
        try
        {
            return await each.MoveNextAsync();
        }
        catch (RequestFailedException error) when (StorageFailure.IsHomeless(error))
        {
            // No table, nothing waits.
            return false;
        }
    }

    private async ValueTask<bool> TryWriteAsync(IEnumerable<TableTransactionAction> actions, CancellationToken cancellation)
    {
        var rows = actions.ToList();
        try
        {
            await StorageFailure.GuardAsync(What, () => _table.SubmitTransactionAsync(rows, cancellation), () => _table.CreateIfNotExistsAsync(cancellation), cancellation);
            return true;
        }
        catch (RequestFailedException error) when (error.Status is 404 or 409 or 412)
        {
            return false;
        }
    }

    private static TableTransactionAction Delete(TableEntity row) => new(TableTransactionActionType.Delete, row, ETag.All);

    private static Task EachAsync<T>(IEnumerable<T> items, Func<T, CancellationToken, ValueTask> work, CancellationToken cancellation) =>
        Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation }, work);
}
