// Events to an exchange of RabbitMQ (AMQP 0-9-1).
using System.Text;
using IntelMq.Bots;
using IntelMq.Brokers;
using IntelMq.DataFormat;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace IntelMq.Outputs;

/// <summary>
/// Publishes events to an exchange, one message each, whose message id is that of the event. The messages of an invocation are on their way beside each
/// other; it succeeds when the server has taken responsibility for all of them.
/// </summary>
[Bot("intelmq.bots.outputs.amqptopic.output", "Publishes events to an exchange of RabbitMQ (AMQP 0-9-1). The message id is the id of the event.", Guarantee = OutputGuarantee.AtLeastOnceMarked,
    Unverified = "What the parameters do follows their names; no behaviour of the original was recorded.")]
public sealed class AmqpTopicOutput : OutputBot<AmqpTopicParameters>
{
    // The longest routing key of the protocol, in bytes.
    private const int LongestKey = 255;

    private EventExport _export = new(new AmqpTopicParameters());
    private EventTemplate? _key;
    private AmqpServer? _server;

    /// <inheritdoc/>
    protected override ValueTask StartAsync(CancellationToken cancellation)
    {
        _export = new EventExport(Parameters, forIntelMq: Parameters.MessageWithType);
        _key = Parameters.FormatRoutingKey ? new EventTemplate("routing_key", "routing key", "ev", Parameters.RoutingKey, Context.Fields) : null;
        var options = new CreateChannelOptions(Parameters.RequireConfirmation, Parameters.RequireConfirmation);
        _server = new AmqpServer(Parameters, Parameters, Context, options, DeclareAsync);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(EventBatch batch, CancellationToken cancellation)
    {
        var sending = new List<(Event Event, string Key, ExportedBody Body)>();
        foreach (var item in batch.Events)
        {
            try
            {
                var key = KeyOf(item);
                sending.AddRange(_export.Bodies(item).Select(body => (item, key, body)));
            }
            catch (Exception error) when (error is DataFormatException or InvalidRecordException)
            {
                batch.Fail(item, error);
            }
        }

        if (sending.Count == 0)
        {
            return;
        }

        await _server!.UseAsync(
            async channel =>
            {
                // All are on their way before the first answer is waited for.
                var sent = sending.ConvertAll(message => PublishAsync(channel, message.Key, message.Body, cancellation));
                await Task.WhenAll(sent).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                for (var i = 0; i < sent.Count; i++)
                {
                    await TakenAsync(batch, sending[i].Event, sending[i].Key, sent[i]);
                }

                return sent.Count;
            },
            cancellation);
    }

    /// <inheritdoc/>
    public override async ValueTask StopAsync(CancellationToken cancellation) => await (_server?.CloseAsync() ?? Task.CompletedTask);

    private string Exchange => Parameters.ExchangeName ?? "";

    private async Task DeclareAsync(IChannel channel, CancellationToken cancellation)
    {
        if (Exchange.Length > 0)
        {
            await channel.ExchangeDeclareAsync(Exchange, Parameters.ExchangeType, Parameters.ExchangeDurable, autoDelete: false, cancellationToken: cancellation);
        }
    }

    private string KeyOf(Event item)
    {
        var key = _key?.Fill(item) ?? Parameters.RoutingKey;
        return Encoding.UTF8.GetByteCount(key) <= LongestKey ? key : throw new InvalidRecordException($"The routing key '{Parameters.RoutingKey}' gets longer than {LongestKey} bytes for this event.");
    }

    private async Task PublishAsync(IChannel channel, string key, ExportedBody body, CancellationToken cancellation)
    {
        var properties = new BasicProperties
        {
            ContentType = Parameters.ContentType,
            DeliveryMode = (DeliveryModes)Parameters.DeliveryMode,
            MessageId = body.Id.ToString(),
        };
        await channel.BasicPublishAsync(Exchange, key, mandatory: Parameters.RequireConfirmation, properties, body.Body, cancellation);
    }

    // A key that the event makes concerns this event; one that is the same for all concerns the bot.
    private async Task TakenAsync(EventBatch batch, Event item, string key, Task sent)
    {
        try
        {
            await sent;
        }
        catch (PublishException error) when (error.IsReturn)
        {
            var sentence = Exchange.Length > 0
                ? $"No queue is bound to the exchange '{Exchange}' for the routing key '{key}'. Bind one, or correct 'exchange_name' and 'routing_key'."
                : $"There is no queue '{key}'. Make it, or correct 'routing_key'; to publish to an exchange name it in 'exchange_name'.";
            if (_key is null)
            {
                throw new BotConfigurationException(sentence);
            }

            batch.Fail(item, new InvalidRecordException(sentence));
        }
    }
}
