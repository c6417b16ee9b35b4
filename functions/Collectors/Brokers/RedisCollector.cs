// Messages of an IntelMQ installation out of a Redis list.
using System.Globalization;
using System.Runtime.CompilerServices;
using IntelMq.Bots;
using IntelMq.Brokers;
using StackExchange.Redis;

namespace IntelMq.Collectors;

/// <summary>
/// Takes the events and reports that an IntelMQ bot sends to a Redis list. What is taken lies in a list of our own, under a mark, until it is queued
/// durably: a run that dies leaves it there, and the next one begins with it. Ids are made of the mark and the place, so they are the same again.
/// </summary>
[Bot("intelmq.bots.collectors.redis.collector_redis", "Takes the events and reports of an IntelMQ installation from the Redis list that one of its bots sends to.", Sets = ["*"])]
public sealed class RedisCollector : CollectorBot<RedisCollector.RedisParameters>
{
    // Of entries of any size about so many bytes are taken together.
    private const int MostBytes = 8 * 1024 * 1024;

    // One step at the server: what is left of a run that died, or else new entries under a new mark. KEYS: the queue, our list, its mark. ARGV: entries,
    // bytes, the new mark. Gives the mark and the entries, the newest first.
    private const string Take = """
        if redis.call('LLEN', KEYS[2]) == 0 then
            local bytes = 0
            for i = 1, tonumber(ARGV[1]) do
                local entry = redis.call('RPOPLPUSH', KEYS[1], KEYS[2])
                if not entry then break end
                bytes = bytes + #entry
                if bytes >= tonumber(ARGV[2]) then break end
            end
            if redis.call('LLEN', KEYS[2]) == 0 then return {} end
            redis.call('SET', KEYS[3], ARGV[3])
        end
        local entries = redis.call('LRANGE', KEYS[2], 0, -1)
        entries[#entries + 1] = redis.call('GET', KEYS[3]) or ARGV[3]
        return entries
        """;

    // What has another mark by now belongs to another run.
    private const string Forget = "if redis.call('GET', KEYS[2]) == ARGV[1] then return redis.call('DEL', KEYS[1], KEYS[2]) end return 0";

    private RedisLists? _lists;
    private long _batches;

    /// <summary>The parameters.</summary>
    public sealed record RedisParameters : DrainParameters, IRedisParameters
    {
        /// <summary>See the attribute.</summary>
        [Parameter("The list. An IntelMQ bot makes it with redis_queue here as one of its destination_queues.", Required = true, Example = "to-functions-queue")]
        public string RedisQueue { get; init; } = "";

        /// <summary>See the attribute.</summary>
        [Parameter("The server (destination_pipeline_host of the IntelMQ bot): a host, or the path of a Unix socket.")]
        public string RedisServerIp { get; init; } = "127.0.0.1";

        /// <summary>See the attribute.</summary>
        [Parameter("The port of the server (destination_pipeline_port).", Minimum = 1, Maximum = 65535)]
        public int RedisServerPort { get; init; } = 6379;

        /// <summary>See the attribute.</summary>
        [Parameter("The database (destination_pipeline_db).", Minimum = 0)]
        public int RedisDb { get; init; } = 2;

        /// <summary>See the attribute.</summary>
        [Parameter("The password of the server (destination_pipeline_password).", Secret = true)]
        public string? RedisPassword { get; init; }

        /// <summary>See the attribute.</summary>
        [Parameter("How long the server may take, in milliseconds.", Minimum = 1, Maximum = 600000)]
        public int RedisTimeout { get; init; } = 5000;
    }

    // Two bots of ours may read one queue; each has its own list.
    private RedisKey Taken => $"{Parameters.RedisQueue}-taken-by-{Context.BotId}";

    private RedisKey Mark => $"{Parameters.RedisQueue}-taken-by-{Context.BotId}-mark";

    /// <inheritdoc/>
    protected override ValueTask StartAsync(CancellationToken cancellation)
    {
        _lists = new RedisLists(Parameters, Context.BotId);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<Collected> CollectAsync(CollectorRun run, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var end = Context.Clock.GetUtcNow() + TimeSpan.FromSeconds(Parameters.RunMaxSeconds);
        for (var left = Parameters.RunMaxMessages; left > 0 && Context.Clock.GetUtcNow() < end;)
        {
            var (mark, entries) = await TakeAsync(Math.Min(left, Parameters.BatchMessages), cancellation);
            if (entries.Count == 0)
            {
                yield break;
            }

            left -= entries.Count;
            yield return new CollectedMessages
            {
                Source = mark,
                Queue = Parameters.RedisQueue,
                Messages = entries,
                Queued = async token => await _lists!.AskAsync(database => database.ScriptEvaluateAsync(Forget, [Taken, Mark], [mark]), token),
            };
        }
    }

    /// <inheritdoc/>
    public override ValueTask StopAsync(CancellationToken cancellation) => _lists?.CloseAsync() ?? ValueTask.CompletedTask;

    private async Task<(string Mark, IReadOnlyList<CollectedMessage> Entries)> TakeAsync(int most, CancellationToken cancellation)
    {
        // Never the same twice, also after the server has lost its memory.
        var wanted = string.Create(CultureInfo.InvariantCulture, $"{Context.Clock.GetUtcNow().UtcTicks}-{_batches++}");
        var answer = (RedisValue[])(await _lists!.AskAsync(database => database.ScriptEvaluateAsync(Take, [Parameters.RedisQueue, Taken, Mark], [most, MostBytes, wanted]), cancellation))!;
        if (answer.Length == 0)
        {
            return (wanted, []);
        }

        var mark = answer[^1].ToString();
        return (mark, answer.SkipLast(1).Reverse().Select((entry, i) => new CollectedMessage(mark, i, (byte[])entry!)).ToArray());
    }
}
