// A partition of an event hub.
using System.Globalization;
using Microsoft.Azure.Amqp;

namespace IntelMq.AzureBrokers;

/// <summary>Events in order, with numbers; nothing is ever removed. Each reader has a position of its own.</summary>
internal sealed class HubPartition
{
    private readonly Lock _gate = new();
    private readonly List<HubEvent> _events = [];
    private readonly List<Reader> _readers = [];
    private readonly TimeProvider _clock;
    private readonly LinkPump _pump;
    private long _offset;
    private long _sent;

    public HubPartition(string id, TimeProvider clock) => (Id, _clock, _pump) = (id, clock, new LinkPump(Next));

    public string Id { get; }

    /// <summary>The last event; null for an empty partition.</summary>
    public HubEvent? Last
    {
        get
        {
            lock (_gate)
            {
                return _events.LastOrDefault();
            }
        }
    }

    public void Add(IEnumerable<StoredMessage> contents)
    {
        lock (_gate)
        {
            foreach (var content in contents)
            {
                _events.Add(new HubEvent(content, _events.Count, _offset, _clock.GetUtcNow()));
                _offset += content.Body.Length + 64;
            }
        }

        _pump.Wake();
    }

    /// <summary>Gives events to a link while it has credit, from the first one that it wants on.</summary>
    public void Attach(SendingAmqpLink link, Func<HubEvent, bool> wanted)
    {
        lock (_gate)
        {
            var first = _events.FindIndex(item => wanted(item));
            _readers.Add(new Reader(link) { Next = first < 0 ? _events.Count : first });
        }

        link.Closed += (_, _) => Forget(link);
        link.Opened += (_, _) => _pump.Wake();
        link.RegisterCreditListener((_, _, _) => _pump.Wake());
        link.RegisterDispositionListener(delivery => link.DisposeDelivery(delivery, true, delivery.State));
    }

    private (SendingAmqpLink Receiver, AmqpMessage Message, byte[] Tag)? Next()
    {
        lock (_gate)
        {
            if (_readers.Find(reader => reader.Next < _events.Count && reader.Link.LinkCredit > 0 && reader.Link.State == AmqpObjectState.Opened) is not { } reader)
            {
                return null;
            }

            var next = _events[reader.Next++];
            var annotations = new Dictionary<string, object>
            {
                ["x-opt-sequence-number"] = next.Sequence,
                ["x-opt-offset"] = next.Offset.ToString(CultureInfo.InvariantCulture),
                ["x-opt-enqueued-time"] = next.Enqueued.UtcDateTime,
            };
            return (reader.Link, next.Content.Write(annotations), BitConverter.GetBytes(++_sent));
        }
    }

    private void Forget(SendingAmqpLink link)
    {
        lock (_gate)
        {
            _readers.RemoveAll(reader => reader.Link == link);
        }
    }

    private sealed class Reader(SendingAmqpLink link)
    {
        public SendingAmqpLink Link => link;

        public int Next { get; set; }
    }
}

/// <summary>An event in a partition.</summary>
internal sealed record HubEvent(StoredMessage Content, long Sequence, long Offset, DateTimeOffset Enqueued);
