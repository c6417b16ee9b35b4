// A queue of Service Bus.
using Microsoft.Azure.Amqp;

namespace IntelMq.AzureBrokers;

/// <summary>How queues behave. The service's own defaults: a minute, ten deliveries, 256 KiB.</summary>
public sealed record BusQueueOptions
{
    /// <summary>A message that was received is hidden for so long.</summary>
    public TimeSpan LockDuration { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>After so many deliveries a message goes to the dead-letter queue.</summary>
    public int MaxDeliveryCount { get; init; } = 10;
}

/// <summary>A message of a queue.</summary>
internal sealed class BusMessage(StoredMessage content, long sequence, DateTimeOffset enqueued)
{
    public StoredMessage Content => content;

    public long Sequence => sequence;

    public DateTimeOffset Enqueued => enqueued;

    /// <summary>Deliveries that failed.</summary>
    public int Deliveries { get; set; }

    public Guid? Lock { get; set; }

    public DateTimeOffset LockedUntil { get; set; }

    public string? DeadLetterReason { get; set; }
}

/// <summary>
/// Messages in order. One that was received is locked: until it is settled, or until its time is over, also when its receiver is gone. Each end without
/// success counts as a delivery.
/// </summary>
internal sealed class BusQueue : IDisposable
{
    private readonly Lock _gate = new();
    private readonly LinkedList<BusMessage> _messages = [];
    private readonly List<SendingAmqpLink> _receivers = [];
    private readonly string _name;
    private readonly BusQueueOptions _options;
    private readonly TimeProvider _clock;
    private readonly ITimer _expiry;
    private readonly LinkPump _pump;
    private long _sequence;
    private long _locks;

    public BusQueue(string name, BusQueueOptions options, TimeProvider clock, bool isDeadLetters = false)
    {
        (_name, _options, _clock) = (name, options, clock);
        DeadLetters = isDeadLetters ? null : new BusQueue(name + "/$DeadLetterQueue", options, clock, isDeadLetters: true);
        _pump = new LinkPump(Next);
        _expiry = clock.CreateTimer(_ => Expire(), null, TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(100));
    }

    /// <summary>Where messages lie that were given up; null for such a queue itself.</summary>
    public BusQueue? DeadLetters { get; }

    /// <summary>All messages, locked ones included.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _messages.Count;
            }
        }
    }

    /// <summary>When the first lock ends; null where nothing is locked.</summary>
    public DateTimeOffset? FirstLockEnd
    {
        get
        {
            lock (_gate)
            {
                return _messages.Where(message => message.Lock is not null).Min(message => (DateTimeOffset?)message.LockedUntil);
            }
        }
    }

    public void Add(IEnumerable<StoredMessage> contents)
    {
        lock (_gate)
        {
            foreach (var content in contents)
            {
                _messages.AddLast(new BusMessage(content, ++_sequence, _clock.GetUtcNow()));
            }
        }

        _pump.Wake();
    }

    /// <summary>Gives messages to a link while it has credit.</summary>
    public void Attach(SendingAmqpLink link)
    {
        lock (_gate)
        {
            _receivers.Add(link);
        }

        link.Closed += (_, _) => Forget(link);
        link.Opened += (_, _) => _pump.Wake();
        link.RegisterCreditListener((_, _, _) => _pump.Wake());
    }

    /// <summary>Ends the lock of a message; false where there is no such lock any more.</summary>
    public bool TrySettle(Guid token, Settlement settlement, string? reason = null)
    {
        lock (_gate)
        {
            if (Find(token) is not { } node)
            {
                return false;
            }

            switch (settlement)
            {
                case Settlement.Complete:
                    _messages.Remove(node);
                    break;
                case Settlement.DeadLetter:
                    GiveUp(node, reason ?? "");
                    break;
                case Settlement.Release:
                    node.Value.Lock = null;
                    break;
                default:
                    Failed(node);
                    break;
            }
        }

        _pump.Wake();
        return true;
    }

    /// <summary>Locks a message for longer; null where there is no such lock any more.</summary>
    public DateTimeOffset? Renew(Guid token)
    {
        lock (_gate)
        {
            return Find(token) is { } node ? node.Value.LockedUntil = _clock.GetUtcNow() + _options.LockDuration : null;
        }
    }

    /// <summary>Messages from a number on, whatever is done with them.</summary>
    public IReadOnlyList<AmqpMessage> Peek(long from, int most)
    {
        lock (_gate)
        {
            return _messages.Where(message => message.Sequence >= from).Take(most).Select(Write).ToArray();
        }
    }

    public void Dispose()
    {
        _expiry.Dispose();
        DeadLetters?.Dispose();
    }

    private (SendingAmqpLink Receiver, AmqpMessage Message, byte[] Tag)? Next()
    {
        lock (_gate)
        {
            if (_receivers.Find(link => link.LinkCredit > 0 && link.State == AmqpObjectState.Opened) is not { } receiver
                || _messages.FirstOrDefault(message => message.Lock is null) is not { } message)
            {
                return null;
            }

            // The next one is for another receiver.
            _receivers.Remove(receiver);
            _receivers.Add(receiver);
            var token = new Guid(0, 0, 0, BitConverter.GetBytes(++_locks));
            message.Lock = token;
            message.LockedUntil = _clock.GetUtcNow() + _options.LockDuration;
            return (receiver, Write(message), token.ToByteArray());
        }
    }

    private AmqpMessage Write(BusMessage message)
    {
        var annotations = new Dictionary<string, object>
        {
            ["x-opt-sequence-number"] = message.Sequence,
            ["x-opt-enqueued-time"] = message.Enqueued.UtcDateTime,
            ["x-opt-locked-until"] = message.LockedUntil.UtcDateTime,
        };
        var written = message.Content.Write(annotations, (uint)message.Deliveries);
        if (message.DeadLetterReason is { } reason)
        {
            written.ApplicationProperties.Map["DeadLetterReason"] = reason;
        }

        return written;
    }

    private void Expire()
    {
        lock (_gate)
        {
            var now = _clock.GetUtcNow();
            for (var node = _messages.First; node is not null;)
            {
                var (current, next) = (node, node.Next);
                if (current.Value.Lock is not null && current.Value.LockedUntil <= now)
                {
                    Failed(current);
                }

                node = next;
            }
        }

        _pump.Wake();
    }

    private void Failed(LinkedListNode<BusMessage> node)
    {
        node.Value.Lock = null;
        node.Value.Deliveries++;
        if (DeadLetters is not null && node.Value.Deliveries >= _options.MaxDeliveryCount)
        {
            GiveUp(node, "MaxDeliveryCountExceeded");
        }
    }

    private void GiveUp(LinkedListNode<BusMessage> node, string reason)
    {
        if (DeadLetters is null)
        {
            throw new InvalidOperationException($"'{_name}' has no dead-letter queue of its own.");
        }

        _messages.Remove(node);
        (node.Value.Lock, node.Value.DeadLetterReason) = (null, reason);
        DeadLetters.Take(node.Value);
    }

    private void Take(BusMessage message)
    {
        lock (_gate)
        {
            _messages.AddLast(message);
        }

        _pump.Wake();
    }

    private LinkedListNode<BusMessage>? Find(Guid token)
    {
        for (var node = _messages.First; node is not null; node = node.Next)
        {
            if (node.Value.Lock == token)
            {
                return node;
            }
        }

        return null;
    }

    private void Forget(SendingAmqpLink link)
    {
        lock (_gate)
        {
            _receivers.Remove(link);
        }
    }
}

/// <summary>What a receiver does with a message.</summary>
internal enum Settlement
{
    /// <summary>It is done.</summary>
    Complete,

    /// <summary>It failed and comes again.</summary>
    Abandon,

    /// <summary>It was never looked at.</summary>
    Release,

    /// <summary>It is given up.</summary>
    DeadLetter,
}
