// Messages out of a queue of RabbitMQ (AMQP 0-9-1).
using System.Runtime.CompilerServices;
using IntelMq.Bots;
using IntelMq.Brokers;
using RabbitMQ.Client;

namespace IntelMq.Collectors;

/// <summary>
/// Takes what lies in a queue, batch by batch, and acknowledges a batch when it is queued durably. Of a run that dies the server brings again what was
/// not acknowledged: with the same ids where the sender gave each message an id.
/// </summary>
[Bot("intelmq.bots.collectors.amqp.collector_amqp", "Takes messages from a queue of RabbitMQ (AMQP 0-9-1): events and reports of IntelMQ, or raw data of any kind.", Sets = ["*"],
    Unverified = "What the parameters do follows their names; no behaviour of the original was recorded.")]
public sealed class AmqpCollector : CollectorBot<AmqpParameters>
{
    // Larger bodies do not travel in a message; each is streamed to where raw data lies.
    private const int LargestTogether = 32 * 1024;

    private AmqpServer? _server;

    /// <inheritdoc/>
    protected override ValueTask StartAsync(CancellationToken cancellation)
    {
        var options = new CreateChannelOptions(publisherConfirmationsEnabled: false, publisherConfirmationTrackingEnabled: false);
        _server = new AmqpServer(Parameters, Parameters, Context, options, (channel, token) => channel.BasicQosAsync(0, (ushort)Parameters.BatchMessages, global: false, token));
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<Collected> CollectAsync(CollectorRun run, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var end = Context.Clock.GetUtcNow() + TimeSpan.FromSeconds(Parameters.RunMaxSeconds);
        var drain = new AmqpDrain(Parameters, Context.Clock);
        try
        {
            for (var left = Parameters.RunMaxMessages; left > 0 && Context.Clock.GetUtcNow() < end;)
            {
                var batch = await _server!.UseAsync(channel => drain.NextAsync(channel, Math.Min(left, Parameters.BatchMessages), cancellation), cancellation);
                if (batch.Count == 0)
                {
                    yield break;
                }

                left -= batch.Count;
                foreach (var collected in Parameters.ExpectIntelmqMessage ? [Together(drain, batch)] : Raw(drain, batch))
                {
                    yield return collected;
                }
            }
        }
        finally
        {
            if (drain.HasBegun)
            {
                // What was brought beyond the run goes back to the queue.
                await _server!.CloseChannelAsync();
            }
        }
    }

    /// <inheritdoc/>
    public override async ValueTask StopAsync(CancellationToken cancellation) => await (_server?.CloseAsync() ?? Task.CompletedTask);

    private CollectedMessages Together(AmqpDrain drain, List<AmqpDelivery> batch, bool areRaw = false) => new()
    {
        Source = $"{drain.ChannelName}|{batch[0].Tag}",
        Queue = Parameters.QueueName,
        AreRaw = areRaw,
        Messages = batch.ConvertAll(delivery => new CollectedMessage(delivery.NameOn(drain.ChannelName), 0, delivery.Body)),
        Queued = token => AcknowledgeAsync(drain, batch[^1].Tag, token),
    };

    // In order, because an acknowledgement stands for all before it.
    private IEnumerable<Collected> Raw(AmqpDrain drain, List<AmqpDelivery> batch)
    {
        var small = new List<AmqpDelivery>();
        foreach (var delivery in batch)
        {
            if (delivery.Body.Length <= LargestTogether)
            {
                small.Add(delivery);
                continue;
            }

            if (small.Count > 0)
            {
                yield return Together(drain, small, areRaw: true);
                small = [];
            }

            yield return new CollectedReport
            {
                Source = delivery.NameOn(drain.ChannelName),
                Report = NewReport(),
                OpenRaw = _ => ValueTask.FromResult<Stream?>(new MemoryStream(delivery.Body, writable: false)),
                Queued = token => AcknowledgeAsync(drain, delivery.Tag, token),
            };
        }

        if (small.Count > 0)
        {
            yield return Together(drain, small, areRaw: true);
        }
    }

    private async ValueTask AcknowledgeAsync(AmqpDrain drain, ulong tag, CancellationToken cancellation) =>
        await _server!.UseAsync(channel => drain.AcknowledgeAsync(channel, tag, cancellation), cancellation);
}
