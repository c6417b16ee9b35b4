// A namespace of Service Bus.
using System.Collections.Concurrent;
using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Encoding;
using Microsoft.Azure.Amqp.Framing;

namespace IntelMq.AzureBrokers;

/// <summary>Queues with locks, deliveries and dead letters, as far as a receiver that peeks and locks sees them.</summary>
public sealed class ServiceBusBroker : AmqpBroker
{
    private const string Management = "/$management";
    private const string DeadLetters = "/$DeadLetterQueue";

    private static readonly AmqpSymbol s_lockLost = "com.microsoft:message-lock-lost";

    private readonly ConcurrentDictionary<string, BusQueue> _queues = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, RequestNode> _management = new(StringComparer.OrdinalIgnoreCase);
    private readonly TimeProvider _clock;

    private ServiceBusBroker(int port, TimeProvider clock)
        : base(port) => _clock = clock;

    /// <inheritdoc/>
    private protected override int LargestMessage => 256 * 1024;

    /// <summary>Starts a broker.</summary>
    /// <param name="port">The port; zero for a free one.</param>
    /// <param name="clock">The clock of the locks.</param>
    public static ServiceBusBroker Start(int port = 0, TimeProvider? clock = null) => new(port, clock ?? TimeProvider.System);

    /// <summary>Makes a queue.</summary>
    public void AddQueue(string name, BusQueueOptions? options = null) => _queues[name] = new BusQueue(name, options ?? new BusQueueOptions(), _clock);

    /// <summary>The messages of a queue and of its dead-letter queue, locked ones included.</summary>
    public (int Active, int DeadLettered) Count(string name) => (_queues[name].Count, _queues[name].DeadLetters!.Count);

    /// <summary>When the first lock in a queue ends; null where nothing is locked.</summary>
    public DateTimeOffset? FirstLockEnd(string name) => _queues[name].FirstLockEnd;

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        foreach (var queue in _queues.Values)
        {
            queue.Dispose();
        }
    }

    private protected override bool TryAttach(string address, AmqpLink link)
    {
        if (address.EndsWith(Management, StringComparison.OrdinalIgnoreCase))
        {
            return Find(address[..^Management.Length]) is { } managed
                && _management.GetOrAdd(address, _ => new RequestNode(request => Manage(managed, request))).TryAttach(link);
        }

        if (Find(address) is not { } queue)
        {
            return false;
        }

        if (link is ReceivingAmqpLink incoming)
        {
            incoming.RegisterMessageListener(message => Accept(queue, incoming, message));
        }
        else
        {
            var outgoing = (SendingAmqpLink)link;
            outgoing.RegisterDispositionListener(delivery => Settle(queue, outgoing, delivery));
            queue.Attach(outgoing);
        }

        return true;
    }

    private BusQueue? Find(string address) => address.EndsWith(DeadLetters, StringComparison.OrdinalIgnoreCase)
        ? _queues.GetValueOrDefault(address[..^DeadLetters.Length])?.DeadLetters
        : _queues.GetValueOrDefault(address);

    private void Accept(BusQueue queue, ReceivingAmqpLink link, AmqpMessage message)
    {
        if (message.SerializedMessageSize > LargestMessage)
        {
            var error = new Error { Condition = AmqpErrorCode.MessageSizeExceeded, Description = $"The received message is larger than {LargestMessage} bytes." };
            link.DisposeMessage(message, new Rejected { Error = error }, true, false);
            return;
        }

        queue.Add(StoredMessage.Read(message));
        link.AcceptMessage(message, batchable: false);
    }

    private static void Settle(BusQueue queue, SendingAmqpLink link, Delivery delivery)
    {
        var token = new Guid(delivery.DeliveryTag);
        var isHeld = delivery.State switch
        {
            Accepted => queue.TrySettle(token, Settlement.Complete),
            Modified => queue.TrySettle(token, Settlement.Abandon),
            Rejected => queue.TrySettle(token, Settlement.DeadLetter, "rejected"),
            Released => queue.TrySettle(token, Settlement.Release),
            _ => true,
        };
        DeliveryState outcome = isHeld ? delivery.State : new Rejected { Error = new Error { Condition = s_lockLost, Description = "The lock supplied is invalid." } };
        link.DisposeDelivery(delivery, true, outcome);
    }

    private static AmqpMessage Manage(BusQueue queue, AmqpMessage request)
    {
        var body = (AmqpMap)request.ValueBody.Value;
        switch (RequestNode.OperationOf(request))
        {
            case "com.microsoft:renew-lock":
                var renewed = Tokens(body).Select(queue.Renew).ToArray();
                return renewed.All(until => until is not null)
                    ? RequestNode.Answer(200, "OK", new AmqpMap { [new MapKey("expirations")] = renewed.Select(until => until!.Value.UtcDateTime).ToArray() })
                    : RequestNode.Answer(410, "The lock supplied is invalid.", condition: s_lockLost);
            case "com.microsoft:update-disposition":
                var settlement = (string)body[new MapKey("disposition-status")] switch
                {
                    "completed" => Settlement.Complete,
                    "abandoned" => Settlement.Abandon,
                    var other => throw new AmqpException(AmqpErrorCode.NotImplemented, $"Settling as '{other}' is not part of this broker."),
                };
                return Tokens(body).All(token => queue.TrySettle(token, settlement))
                    ? RequestNode.Answer(200, "OK")
                    : RequestNode.Answer(410, "The lock supplied is invalid.", condition: s_lockLost);
            case "com.microsoft:peek-message":
                var messages = queue.Peek((long)body[new MapKey("from-sequence-number")], (int)body[new MapKey("message-count")]);
                return messages.Count == 0
                    ? RequestNode.Answer(204, "No content")
                    : RequestNode.Answer(200, "OK", new AmqpMap { [new MapKey("messages")] = messages.Select(Encoded).ToList() });
            case var unknown:
                return RequestNode.Answer(501, $"'{unknown}' is not part of this broker.", condition: AmqpErrorCode.NotImplemented);
        }
    }

    private static IEnumerable<Guid> Tokens(AmqpMap body) => (IEnumerable<Guid>)body[new MapKey("lock-tokens")];

    private static AmqpMap Encoded(AmqpMessage message)
    {
        using var stream = message.ToStream();
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return new AmqpMap { [new MapKey("message")] = new ArraySegment<byte>(bytes.ToArray()) };
    }
}
