// The state of one bot in Redis.
using System.Text;
using IntelMq.Bots;
using StackExchange.Redis;

namespace IntelMq.Stores;

/// <summary>
/// The state of one bot, for any number of instances. A batch goes out as one stream of commands without waiting in between: one round trip. Values
/// expire by Redis's own clock. Works with every Redis since 2.6, clusters included.
/// </summary>
public sealed class RedisStateStore : IStateStore
{
    private const int LongestKey = 512;
    private const int LongestValue = 32 * 1024;

    // "SET … NX GET" would do, but only since Redis 7.0, and managed Redis is often older.
    private const string PutIfAbsent =
        """
        local before = redis.call('GET', KEYS[1])
        if before then return before end
        if ARGV[2] == '' then redis.call('SET', KEYS[1], ARGV[1]) else redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end
        return false
        """;

    private readonly IDatabase _database;
    private readonly byte[] _prefix;
    private readonly string _bot;

    /// <summary>Makes the store of a bot; its keys begin with <c>intelmq:</c>, the bot's id and a colon.</summary>
    public RedisStateStore(IDatabase database, string botId)
    {
        (_database, _bot) = (database, botId);
        _prefix = Encoding.UTF8.GetBytes($"intelmq:{botId}:");
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<byte[]?>> GetAsync(IReadOnlyList<byte[]> keys, CancellationToken cancellation) =>
        AllAsync(keys.Select(KeyOf).ToArray(), key => _database.StringGetAsync(key), value => (byte[]?)value, cancellation);

    /// <inheritdoc/>
    public async ValueTask PutAsync(IReadOnlyList<StateItem> items, TimeSpan? lifetime, CancellationToken cancellation)
    {
        foreach (var item in items)
        {
            Check(item);
        }

        if (Milliseconds(lifetime) == 0)
        {
            // What is over at once is not there; Redis refuses such a lifetime.
            await RemoveAsync(items.Select(item => item.Key).ToArray(), cancellation);
            return;
        }

        var expiry = Milliseconds(lifetime) is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : (TimeSpan?)null;
        await AllAsync(items, item => _database.StringSetAsync(KeyOf(item.Key), item.Value, expiry, When.Always), _ => true, cancellation);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<byte[]?>> PutIfAbsentAsync(IReadOnlyList<StateItem> items, TimeSpan? lifetime, CancellationToken cancellation)
    {
        foreach (var item in items)
        {
            Check(item);
        }

        // Redis takes no lifetime of zero; a millisecond is as good.
        RedisValue expiry = Milliseconds(lifetime) is { } milliseconds ? Math.Max(1, milliseconds) : RedisValue.EmptyString;
        return AllAsync(items, item => _database.ScriptEvaluateAsync(PutIfAbsent, [KeyOf(item.Key)], [item.Value, expiry]), before => (byte[]?)before, cancellation);
    }

    /// <inheritdoc/>
    public async ValueTask RemoveAsync(IReadOnlyList<byte[]> keys, CancellationToken cancellation) =>
        await AllAsync(keys.Select(KeyOf).ToArray(), key => _database.KeyDeleteAsync(key), _ => true, cancellation);

    // Redis keeps lifetimes as milliseconds since 1970 in 64 bits: what is longer than a thousand years is for ever.
    private static long? Milliseconds(TimeSpan? lifetime) => lifetime is { } span && span.TotalDays < 365_000 ? Math.Max(0, (long)span.TotalMilliseconds) : null;

    // All commands are sent before the first answer is waited for. They go over one connection, so that items of the same key keep their order.
    private async ValueTask<IReadOnlyList<TOut>> AllAsync<TIn, TAnswer, TOut>(
        IReadOnlyList<TIn> items, Func<TIn, Task<TAnswer>> send, Func<TAnswer, TOut> read, CancellationToken cancellation)
    {
        try
        {
            var sent = new Task<TAnswer>[items.Count];
            for (var i = 0; i < sent.Length; i++)
            {
                sent[i] = send(items[i]);
            }

            var answers = await Task.WhenAll(sent).WaitAsync(cancellation);
            return Array.ConvertAll(answers, answer => read(answer));
        }
        catch (RedisException error) when (RedisServer.IsRefusal(error))
        {
            throw RedisServer.Refused(error);
        }
        catch (Exception error) when (error is RedisException or TimeoutException)
        {
            throw new TransientException($"The state of '{_bot}' cannot be used now: {error.Message.Split('\n')[0]}", inner: error);
        }
    }

    private static void Check(StateItem item)
    {
        if (item.Value.Length > LongestValue)
        {
            throw new ArgumentException($"A value of state has {item.Value.Length} bytes; {LongestValue} are allowed.", nameof(item));
        }
    }

    private RedisKey KeyOf(byte[] key) => key.Length <= LongestKey
        ? (RedisKey)(byte[])[.. _prefix, .. key]
        : throw new ArgumentException($"A key of state has {key.Length} bytes; {LongestKey} are allowed.", nameof(key));
}
