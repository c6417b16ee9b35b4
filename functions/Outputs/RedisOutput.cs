// Events into a Redis list, from where an IntelMQ bot takes them.
using IntelMq.Bots;
using IntelMq.Brokers;
using IntelMq.DataFormat;
using StackExchange.Redis;

namespace IntelMq.Outputs;

/// <summary>
/// Pushes events into a list at a Redis server, in IntelMQ's own form: the source queue of an IntelMQ bot can be named. The events of an invocation are
/// pushed by one command, all or none of them.
/// </summary>
[Bot("intelmq.bots.outputs.redis.output", "Pushes events into a Redis list: the source queue of an IntelMQ bot, or of any other program.", Guarantee = OutputGuarantee.AtLeastOnce)]
public sealed class RedisOutput : OutputBot<RedisOutput.RedisParameters>
{
    private EventExport _export = new(new RedisParameters());
    private RedisLists? _lists;

    /// <summary>The parameters.</summary>
    public sealed record RedisParameters : ExportParameters, IRedisParameters
    {
        /// <summary>See the attribute.</summary>
        [Parameter("The list. An IntelMQ bot reads '<its id>-queue'.", Required = true, Example = "file-output-queue")]
        public string RedisQueue { get; init; } = "";

        /// <summary>See the attribute.</summary>
        [Parameter("The server: a host, or the path of a Unix socket.")]
        public string RedisServerIp { get; init; } = "127.0.0.1";

        /// <summary>See the attribute.</summary>
        [Parameter("The port of the server.", Minimum = 1, Maximum = 65535)]
        public int RedisServerPort { get; init; } = 6379;

        /// <summary>See the attribute.</summary>
        [Parameter("The database. IntelMQ's queues lie in 2.", Minimum = 0)]
        public int RedisDb { get; init; } = 2;

        /// <summary>See the attribute.</summary>
        [Parameter("The password of the server.", Secret = true)]
        public string? RedisPassword { get; init; }

        /// <summary>See the attribute.</summary>
        [Parameter("How long the server may take, in milliseconds.", Minimum = 1, Maximum = 600000)]
        public int RedisTimeout { get; init; } = 5000;

        /// <inheritdoc/>
        public override bool KeepRawField { get; init; } = true;

        /// <inheritdoc/>
        public override bool MessageWithType { get; init; } = true;

        // IntelMQ knows one value per field.
        /// <inheritdoc/>
        public override MultipleOutput MultipleValues { get; init; } = MultipleOutput.First;
    }

    /// <inheritdoc/>
    protected override ValueTask StartAsync(CancellationToken cancellation)
    {
        _export = new EventExport(Parameters, forIntelMq: Parameters.MessageWithType);
        _lists = new RedisLists(Parameters, Context.BotId);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(EventBatch batch, CancellationToken cancellation)
    {
        var entries = new List<RedisValue>();
        foreach (var item in batch.Events)
        {
            try
            {
                entries.AddRange(_export.Bodies(item).Select(body => (RedisValue)body.Body));
            }
            catch (DataFormatException error)
            {
                batch.Fail(item, error);
            }
        }

        if (entries.Count > 0)
        {
            await _lists!.AskAsync(database => database.ListLeftPushAsync(Parameters.RedisQueue, entries.ToArray()), cancellation);
        }
    }

    /// <inheritdoc/>
    public override ValueTask StopAsync(CancellationToken cancellation) => _lists?.CloseAsync() ?? ValueTask.CompletedTask;
}
