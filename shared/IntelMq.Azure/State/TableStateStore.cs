// The state of one bot in Azure tables.
using Azure;
using Azure.Data.Tables;
using IntelMq.Bots;

namespace IntelMq.Azure;

/// <summary>
/// The state of one bot, for any number of instances at once. A batch is written as one transaction per partition: one request for up to a hundred
/// keys. Where some of them are there already the transaction as a whole is refused, and what is there is looked at key by key.
/// </summary>
public sealed class TableStateStore : IStateStore
{
    private const int LongestKey = 512;
    private const int LongestValue = 32 * 1024;
    private const int MostInTransaction = 100;

    // The limit is 4 MiB of request, where a value is Base64.
    private const int LargestTransaction = 3_500_000;
    private const int AtOnce = 16;
    private const int MostTries = 20;

    private readonly StateTable _table;
    private readonly string _bot;
    private readonly string _what;

    internal TableStateStore(StateTable table, string botId)
    {
        _table = table;
        _bot = StateAddress.BotPart(botId);
        _what = $"The state of '{botId}' cannot be used now";
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<byte[]?>> GetAsync(IReadOnlyList<byte[]> keys, CancellationToken cancellation)
    {
        var values = new byte[]?[keys.Count];
        var now = Now();
        await EachAsync(keys.Select((key, index) => (Address: AddressOf(key), index)).GroupBy(key => key.Address), async (same, token) =>
        {
            var row = await _table.ReadAsync(_what, same.Key, token);
            foreach (var (_, index) in same)
            {
                values[index] = row?.Expires > now ? row.Value : null;
            }
        }, cancellation);
        return values;
    }

    /// <inheritdoc/>
    public async ValueTask PutAsync(IReadOnlyList<StateItem> items, TimeSpan? lifetime, CancellationToken cancellation)
    {
        var (expires, writer) = (Expiry(lifetime), NewWriter());

        // Of a key that comes twice the last value counts, and a transaction takes a row only once.
        var last = items.Select(Pending).GroupBy(item => item.Address).Select(same => same.Last());
        await EachAsync(Transactions(last), async (batch, token) =>
        {
            var actions = batch.ConvertAll(item => new TableTransactionAction(TableTransactionActionType.UpsertReplace, StateColumns.Entity(item.Address, item.Value, expires, writer)));
            if (!await _table.TryWriteAsync(_what, actions, token))
            {
                throw new TransientException($"{_what}: others write the same rows.");
            }
        }, cancellation);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<byte[]?>> PutIfAbsentAsync(IReadOnlyList<StateItem> items, TimeSpan? lifetime, CancellationToken cancellation)
    {
        var (expires, writer) = (Expiry(lifetime), NewWriter());
        var before = new byte[]?[items.Count];
        var firsts = new Dictionary<StateAddress, PendingItem>();
        for (var i = 0; i < before.Length; i++)
        {
            var item = Pending(items[i]);
            firsts.TryAdd(item.Address, item);
        }

        await EachAsync(Transactions(firsts.Values), (batch, token) => WriteAbsentAsync(batch, expires, writer, token), cancellation);
        for (var i = 0; i < before.Length; i++)
        {
            // The first item of a key gets what was there, the later ones get the first, where it was written.
            var address = AddressOf(items[i].Key);
            var first = firsts[address];
            before[i] = first.Before ?? (first.Told ? first.Value : null);
            first.Told = true;
        }

        return before;
    }

    /// <inheritdoc/>
    public async ValueTask RemoveAsync(IReadOnlyList<byte[]> keys, CancellationToken cancellation) =>
        await EachAsync(keys.Select(AddressOf).Distinct(), (address, token) => _table.DeleteAsync(_what, address, token), cancellation);

    private async ValueTask WriteAbsentAsync(List<PendingItem> batch, long expires, byte[] writer, CancellationToken cancellation)
    {
        TableTransactionAction Write(PendingItem item) => item.Write(StateColumns.Entity(item.Address, item.Value, expires, writer));

        if (await _table.TryWriteAsync(_what, batch.ConvertAll(Write), cancellation))
        {
            return;
        }

        await EachAsync(batch, async (item, token) => item.Look(await _table.ReadAsync(_what, item.Address, token), Now(), writer), cancellation);
        var rest = batch.FindAll(item => !item.Done);
        if (rest.Count == 0 || await _table.TryWriteAsync(_what, rest.ConvertAll(Write), cancellation))
        {
            return;
        }

        // Somebody else writes the same keys at this moment. Alone, each key is decided at once.
        await EachAsync(rest, async (item, token) =>
        {
            for (var tries = 0; tries < MostTries; tries++)
            {
                item.Look(await _table.ReadAsync(_what, item.Address, token), Now(), writer);
                if (item.Done || await _table.TryWriteAsync(_what, [Write(item)], token))
                {
                    return;
                }
            }

            throw new TransientException($"{_what}: others write the same key all the time.");
        }, cancellation);
    }

    // As few transactions as the limits of the service allow.
    private static IEnumerable<List<PendingItem>> Transactions(IEnumerable<PendingItem> items)
    {
        foreach (var partition in items.GroupBy(item => item.Address.Partition))
        {
            var batch = new List<PendingItem>();
            var size = 0;
            foreach (var item in partition)
            {
                var length = (item.Value.Length * 4 / 3) + StateColumns.Overhead;
                if (batch.Count == MostInTransaction || (size += length) > LargestTransaction)
                {
                    yield return batch;
                    (batch, size) = ([], length);
                }

                batch.Add(item);
            }

            yield return batch;
        }
    }

    private static Task EachAsync<T>(IEnumerable<T> items, Func<T, CancellationToken, ValueTask> work, CancellationToken cancellation) =>
        Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation }, work);

    private static byte[] NewWriter() => System.Security.Cryptography.RandomNumberGenerator.GetBytes(12);

    private PendingItem Pending(StateItem item) => item.Value.Length <= LongestValue
        ? new PendingItem(AddressOf(item.Key), item.Value)
        : throw new ArgumentException($"A value of state has {item.Value.Length} bytes; {LongestValue} are allowed.", nameof(item));

    private StateAddress AddressOf(byte[] key) => key.Length <= LongestKey
        ? StateAddress.Of(_bot, key)
        : throw new ArgumentException($"A key of state has {key.Length} bytes; {LongestKey} are allowed.", nameof(key));

    private long Now() => _table.Clock.GetUtcNow().ToUnixTimeMilliseconds();

    private long Expiry(TimeSpan? lifetime) => lifetime is { } span && span.TotalMilliseconds < long.MaxValue / 2 ? Now() + (long)span.TotalMilliseconds : long.MaxValue;

    /// <summary>An item on its way into the table.</summary>
    private sealed class PendingItem(StateAddress address, byte[] value)
    {
        private ETag? _expired;

        public StateAddress Address { get; } = address;

        public byte[] Value { get; } = value;

        /// <summary>What was there before; null where this item was written.</summary>
        public byte[]? Before { get; private set; }

        /// <summary>Whether there is nothing to write any more.</summary>
        public bool Done { get; private set; }

        /// <summary>Whether the first item of this key has got its answer.</summary>
        public bool Told { get; set; }

        public void Look(StateRow? row, long now, byte[] writer)
        {
            _expired = null;
            if (row is null)
            {
                return;
            }

            if (row.Writer.AsSpan().SequenceEqual(writer))
            {
                // We wrote it and the answer was lost.
                Done = true;
            }
            else if (row.Expires > now)
            {
                (Before, Done) = (row.Value, true);
            }
            else
            {
                _expired = row.Version;
            }
        }

        public TableTransactionAction Write(TableEntity entity) => _expired is { } version
            ? new TableTransactionAction(TableTransactionActionType.UpdateReplace, entity, version)
            : new TableTransactionAction(TableTransactionActionType.Add, entity);
    }
}
