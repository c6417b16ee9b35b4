// RabbitMQ as the trigger and the output binding use it.
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using IntelMq.Pipeline;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace IntelMq.FunctionsHost.Transports;

/// <summary>
/// Queues of RabbitMQ, durable, messages persistent and confirmed. A message that failed is sent again with a count in its header, as the real trigger does it;
/// after <see cref="MostDeliveries"/> it is rejected, and the queue's own arguments let the broker move it to the poison queue.
/// </summary>
public sealed class RabbitMqTransport(Uri broker) : ITransport
{
    /// <summary>A message that failed so often is rejected.</summary>
    public const int MostDeliveries = 5;

    private const string CountHeader = "requeueCount";

    private readonly SemaphoreSlim _turn = new(1);
    private readonly ConcurrentDictionary<string, long> _underWay = new(StringComparer.Ordinal);
    private readonly HashSet<string> _declared = new(StringComparer.Ordinal);
    private IConnection? _connection;
    private IChannel? _channel;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<TransportMessage>> ReceiveAsync(CompiledQueue queue, bool poison, int most, CancellationToken cancellation) =>
        AskAsync<IReadOnlyList<TransportMessage>>($"The queue '{NameOf(queue, poison)}' cannot be read", async channel =>
        {
            await DeclareAsync(channel, queue);
            if (await channel.BasicGetAsync(NameOf(queue, poison), autoAck: false, cancellation) is not { } got)
            {
                return [];
            }

            _underWay.AddOrUpdate(NameOf(queue, poison), 1, (_, count) => count + 1);
            var failures = got.BasicProperties.Headers?.TryGetValue(CountHeader, out var count) == true ? Convert.ToInt32(count, CultureInfo.InvariantCulture) : 0;
            var body = got.Body.ToArray();

            // The delivery tag is no name: it begins anew with every channel.
            var id = got.BasicProperties.MessageId ?? Convert.ToHexStringLower(SHA256.HashData(body));
            return [new TransportMessage(queue, poison, id, body, failures + (got.Redelivered ? 2 : 1), new Delivery(channel, got.DeliveryTag, failures)) { Sequence = (long)got.DeliveryTag }];
        });

    /// <inheritdoc/>
    public async ValueTask CompleteAsync(IReadOnlyList<TransportMessage> done, IReadOnlyList<QueuedText> texts, CancellationToken cancellation)
    {
        foreach (var text in texts)
        {
            var name = NameOf(text.Queue, text.Poison);
            await AskAsync($"The queue '{name}' cannot be written to", async channel =>
            {
                await DeclareAsync(channel, text.Queue);
                await SendAsync(channel, name, Encoding.UTF8.GetBytes(text.Text), failures: 0, id: null);
                return true;
            });
        }

        foreach (var message in done)
        {
            await SettleAsync(message, (channel, tag) => channel.BasicAckAsync(tag, multiple: false, CancellationToken.None));
        }
    }

    /// <inheritdoc/>
    public async ValueTask AbandonAsync(IReadOnlyList<TransportMessage> batch, CancellationToken cancellation)
    {
        foreach (var message in batch)
        {
            var failures = ((Delivery)message.Receipt).Failures + 1;
            await SettleAsync(message, async (channel, tag) =>
            {
                if (message.Poison)
                {
                    await channel.BasicNackAsync(tag, multiple: false, requeue: true);
                    return;
                }

                if (failures >= MostDeliveries)
                {
                    await channel.BasicRejectAsync(tag, requeue: false);
                    return;
                }

                await SendAsync(channel, message.Queue.Entity, message.Text, failures, message.Id);
                await channel.BasicAckAsync(tag, multiple: false);
            });
        }
    }

    /// <summary>The messages that wait, and those that this host handles; what other hosts handle, the broker does not tell.</summary>
    public ValueTask<long> DepthAsync(CompiledQueue queue, bool poison, CancellationToken cancellation) =>
        AskAsync($"The queue '{NameOf(queue, poison)}' cannot be looked at", async channel =>
        {
            await DeclareAsync(channel, queue);
            return await channel.MessageCountAsync(NameOf(queue, poison), cancellation) + _underWay.GetValueOrDefault(NameOf(queue, poison));
        });

    /// <inheritdoc/>
    public bool IsFull(CompiledQueue queue) => false;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _turn.Dispose();
    }

    private static string NameOf(CompiledQueue queue, bool poison) => poison ? queue.Poison! : queue.Entity;

    private static ValueTask SendAsync(IChannel channel, string queue, ReadOnlyMemory<byte> text, int failures, string? id)
    {
        var properties = new BasicProperties { Persistent = true, MessageId = id };
        if (failures > 0)
        {
            properties.Headers = new Dictionary<string, object?> { [CountHeader] = failures };
        }

        return channel.BasicPublishAsync(exchange: "", queue, mandatory: true, properties, text);
    }

    // With the arguments that whoever makes the queues for Azure gives them too: what is rejected goes to the poison queue.
    private async Task DeclareAsync(IChannel channel, CompiledQueue queue)
    {
        if (_declared.Add(queue.Entity))
        {
            var arguments = new Dictionary<string, object?> { ["x-dead-letter-exchange"] = "", ["x-dead-letter-routing-key"] = queue.Poison };
            await channel.QueueDeclareAsync(queue.Poison!, durable: true, exclusive: false, autoDelete: false);
            await channel.QueueDeclareAsync(queue.Entity, durable: true, exclusive: false, autoDelete: false, arguments);
        }
    }

    // A delivery is known on its own channel only. Where that is gone, the broker gives the message again.
    private async ValueTask SettleAsync(TransportMessage message, Func<IChannel, ulong, ValueTask> settle)
    {
        var (origin, tag, _) = (Delivery)message.Receipt;
        await AskAsync($"A message of the queue '{NameOf(message.Queue, message.Poison)}' cannot be settled", async channel =>
        {
            if (ReferenceEquals(channel, origin))
            {
                await settle(channel, tag);
                _underWay.AddOrUpdate(NameOf(message.Queue, message.Poison), 0, (_, count) => Math.Max(0, count - 1));
            }

            return true;
        });
    }

    private async ValueTask<T> AskAsync<T>(string what, Func<IChannel, Task<T>> ask)
    {
        await _turn.WaitAsync();
        try
        {
            _connection ??= await new ConnectionFactory { Uri = broker, AutomaticRecoveryEnabled = false }.CreateConnectionAsync();
            _channel ??= await _connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
            return await ask(_channel);
        }
        catch (Exception error) when (error is RabbitMQClientException or IOException or TimeoutException or OperationCanceledException or ObjectDisposedException)
        {
            await CloseAsync();
            throw new TransportException($"{what}: {error.Message}", error);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async ValueTask CloseAsync()
    {
        var connection = _connection;
        (_connection, _channel) = (null, null);
        _underWay.Clear();
        _declared.Clear();
        if (connection is not null)
        {
            await connection.DisposeAsync();
        }
    }

    private sealed record Delivery(IChannel Channel, ulong Tag, int Failures);
}
