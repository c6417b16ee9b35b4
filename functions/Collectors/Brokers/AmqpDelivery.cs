// What RabbitMQ brings.
using System.Security.Cryptography;
using System.Threading.Channels;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace IntelMq.Collectors;

/// <summary>One message that RabbitMQ brought and that waits to be acknowledged.</summary>
/// <param name="Tag">Its number on the channel.</param>
/// <param name="MessageId">The id that its sender gave it; null where it gave none.</param>
/// <param name="Body">The message.</param>
internal sealed record AmqpDelivery(ulong Tag, string? MessageId, byte[] Body)
{
    /// <summary>
    /// What the message is known by. The sender's id, with the body's hash because some senders use one id for all: the same when the message is
    /// brought again. Without it there is nothing that stays: then the number on the channel, and the channel's own name.
    /// </summary>
    public string NameOn(string channel) => MessageId is { Length: > 0 } id
        ? $"{id}|{Convert.ToHexStringLower(SHA256.HashData(Body))}"
        : FormattableString.Invariant($"{channel}|{Tag}");
}

/// <summary>Keeps what is brought until somebody takes it.</summary>
internal sealed class AmqpInbox(IChannel channel) : AsyncDefaultBasicConsumer(channel)
{
    private readonly Channel<AmqpDelivery> _brought = System.Threading.Channels.Channel.CreateUnbounded<AmqpDelivery>();

    /// <summary>What was brought, in order. Ends with an error when the channel breaks.</summary>
    public ChannelReader<AmqpDelivery> Brought => _brought.Reader;

    /// <inheritdoc/>
    public override Task HandleBasicDeliverAsync(
        string consumerTag, ulong deliveryTag, bool redelivered, string exchange, string routingKey, IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken = default)
    {
        // A copy: the library uses the memory again.
        _brought.Writer.TryWrite(new AmqpDelivery(deliveryTag, properties.MessageId, body.ToArray()));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task HandleChannelShutdownAsync(object channel, ShutdownEventArgs reason)
    {
        _brought.Writer.TryComplete(new IOException($"The channel was closed: {reason.ReplyText}"));
        return base.HandleChannelShutdownAsync(channel, reason);
    }

    /// <inheritdoc/>
    public override Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default)
    {
        _brought.Writer.TryComplete(new IOException("The server has ended the delivery: the queue was deleted, or moved to another node."));
        return base.HandleBasicCancelAsync(consumerTag, cancellationToken);
    }
}
