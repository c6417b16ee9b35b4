// Messages out of a queue of RabbitMQ (AMQP 0-9-1).
using System.Globalization;
using System.Runtime.CompilerServices;
using IntelMq.Bots;
using IntelMq.Brokers;
using RabbitMQ.Client;

namespace IntelMq.Collectors;

/// <summary>
/// Takes what lies in a queue, batch by batch, and acknowledges a batch when it is queued durably. Of a run that dies the server brings again what was
/// not acknowledged: with the same ids where the sender gave each message an id.
/// </summary>
[Bot("intelmq.bots.collectors.amqp.collector_amqp", "Takes messages from a queue of RabbitMQ (AMQP 0-9-1): events and reports of IntelMQ, or raw data of any kind.", Sets = ["*"])]
public sealed class AmqpCollector : CollectorBot<AmqpParameters>
{
    // Larger bodies do not travel in a message; each is streamed to where raw data lies.
    private const int LargestTogether = 32 * 1024;

    private AmqpServer? _server;
    private AmqpInbox? _inbox;
    private string _channelName = "";
    private uint _announced;

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
        (_inbox, _announced) = (null, 0);
        try
        {
            for (var left = Parameters.RunMaxMessages; left > 0 && Context.Clock.GetUtcNow() < end;)
            {
                var batch = await _server!.UseAsync(channel => NextAsync(channel, Math.Min(left, Parameters.BatchMessages), cancellation), cancellation);
                if (batch.Count == 0)
                {
                    yield break;
                }

                left -= batch.Count;
                foreach (var collected in Parameters.ExpectIntelmqMessage ? [Together(batch)] : Raw(batch))
                {
                    yield return collected;
                }
            }
        }
        finally
        {
            if (_inbox is not null)
            {
                // What was brought beyond the run goes back to the queue.
                await _server!.CloseChannelAsync();
            }
        }
    }

    /// <inheritdoc/>
    public override async ValueTask StopAsync(CancellationToken cancellation) => await (_server?.CloseAsync() ?? Task.CompletedTask);

    private async Task<List<AmqpDelivery>> NextAsync(IChannel channel, int most, CancellationToken cancellation)
    {
        var batch = new List<AmqpDelivery>();
        while (batch.Count < most)
        {
            if (_inbox is not null && _inbox.Brought.TryRead(out var delivery))
            {
                batch.Add(delivery);
                _announced -= _announced > 0 ? 1u : 0u;
                continue;
            }

            if (_announced == 0)
            {
                // What is there is handled before anybody asks for more.
                _announced = batch.Count > 0 ? 0 : await channel.MessageCountAsync(Parameters.QueueName, cancellation);
                if (_announced == 0)
                {
                    break;
                }
            }

            _inbox ??= await ConsumeAsync(channel, cancellation);
            if (!await IsBroughtAsync(_inbox, cancellation))
            {
                _announced = 0;
                break;
            }
        }

        return batch;
    }

    private async Task<AmqpInbox> ConsumeAsync(IChannel channel, CancellationToken cancellation)
    {
        _channelName = Context.Clock.GetUtcNow().UtcTicks.ToString(CultureInfo.InvariantCulture);
        var inbox = new AmqpInbox(channel);
        await channel.BasicConsumeAsync(Parameters.QueueName, autoAck: false, inbox, cancellation);
        return inbox;
    }

    private async Task<bool> IsBroughtAsync(AmqpInbox inbox, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(Parameters.RunWaitSeconds), Context.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        try
        {
            return await inbox.Brought.WaitToReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    private CollectedMessages Together(List<AmqpDelivery> batch, bool areRaw = false) => new()
    {
        Source = $"{_channelName}|{batch[0].Tag}",
        Queue = Parameters.QueueName,
        AreRaw = areRaw,
        Messages = batch.ConvertAll(delivery => new CollectedMessage(delivery.NameOn(_channelName), 0, delivery.Body)),
        Queued = token => AcknowledgeAsync(batch[^1].Tag, token),
    };

    // In order, because an acknowledgement stands for all before it.
    private IEnumerable<Collected> Raw(List<AmqpDelivery> batch)
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
                yield return Together(small, areRaw: true);
                small = [];
            }

            yield return new CollectedReport
            {
                Source = delivery.NameOn(_channelName),
                Report = NewReport(),
                OpenRaw = _ => ValueTask.FromResult<Stream?>(new MemoryStream(delivery.Body, writable: false)),
                Queued = token => AcknowledgeAsync(delivery.Tag, token),
            };
        }

        if (small.Count > 0)
        {
            yield return Together(small, areRaw: true);
        }
    }

    private async ValueTask AcknowledgeAsync(ulong tag, CancellationToken cancellation) => await _server!.UseAsync(
        async channel =>
        {
            if (!ReferenceEquals(channel, _inbox?.Channel))
            {
                throw new IOException("The connection broke before the messages were acknowledged; they are brought again.");
            }

            await channel.BasicAckAsync(tag, multiple: true, cancellation);
            return true;
        },
        cancellation);
}
