// One queue of the embedded transport, as it stands in memory.
namespace IntelMq.FunctionsHost.Embedded;

/// <summary>A frame in a queue.</summary>
/// <param name="Id">Its number in the index; also its transport id.</param>
/// <param name="Place">Where its bytes are.</param>
/// <param name="Messages">How many messages it holds.</param>
/// <param name="Attempt">How often they were tried.</param>
/// <param name="Due">When it may be taken (Unix milliseconds); 0 for at once.</param>
/// <param name="FirstTried">When they were tried first (Unix milliseconds); 0 for never.</param>
public sealed record QueuedFrame(long Id, FramePlace Place, int Messages, int Attempt = 0, long Due = 0, long FirstTried = 0);

/// <summary>The frames of one queue: those to take now, in order, and those that wait. Thread-safe.</summary>
public sealed class EmbeddedQueue(string name, long limit)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<QueuedFrame> _ready = [];
    private readonly PriorityQueue<QueuedFrame, long> _waiting = new();

    /// <summary>The name.</summary>
    public string Name { get; } = name;

    /// <summary>The messages in the queue, those that wait and those being handled included.</summary>
    public long Messages { get; private set; }

    /// <summary>The frames in the queue, those that wait and those being handled included.</summary>
    public long Frames { get; private set; }

    /// <summary>The bytes of the frames that are not parked.</summary>
    public long Bytes { get; private set; }

    /// <summary>Whether senders should hold back: the queue holds more than its limit.</summary>
    public bool IsFull => Bytes >= limit;

    /// <summary>Called when frames arrive; set by the bot that reads the queue.</summary>
    public Action? Arrived { get; set; }

    /// <summary>Called when the queue is no longer full; set by the bots that write to it.</summary>
    public Action? Drained { get; set; }

    internal void Add(QueuedFrame frame)
    {
        lock (_gate)
        {
            Messages += frame.Messages;
            Frames++;
            if (frame.Due > 0)
            {
                _waiting.Enqueue(frame, frame.Due);
            }
            else
            {
                Bytes += frame.Place.Length;
                _ready.AddLast(frame);
            }
        }

        Arrived?.Invoke();
    }

    /// <summary>Takes frames, oldest first, up to a number of bytes (at least one frame). They stay in the queue until they are removed.</summary>
    public IReadOnlyList<QueuedFrame> Take(long bytes, int most, long now)
    {
        lock (_gate)
        {
            while (_waiting.TryPeek(out var due, out var at) && at <= now)
            {
                _waiting.Dequeue();
                Bytes += due.Place.Length;
                _ready.AddLast(due);
            }

            var taken = new List<QueuedFrame>();
            while (_ready.First is { Value: var frame } && taken.Count < most && (taken.Count == 0 || bytes - frame.Place.Length >= 0))
            {
                // Frames of different history are handled apart: attempts belong to a frame.
                if (taken.Count > 0 && (frame.Attempt != taken[0].Attempt || frame.FirstTried != taken[0].FirstTried))
                {
                    break;
                }

                bytes -= frame.Place.Length;
                taken.Add(frame);
                _ready.RemoveFirst();
            }

            return taken;
        }
    }

    /// <summary>Puts taken frames back to the front.</summary>
    public void PutBack(IReadOnlyList<QueuedFrame> frames)
    {
        lock (_gate)
        {
            for (var i = frames.Count - 1; i >= 0; i--)
            {
                _ready.AddFirst(frames[i]);
            }
        }
    }

    /// <summary>When the next waiting frame is due (Unix milliseconds); null where none waits.</summary>
    public long? NextDue()
    {
        lock (_gate)
        {
            return _waiting.TryPeek(out _, out var due) ? due : null;
        }
    }

    internal void Removed(IReadOnlyList<QueuedFrame> frames)
    {
        bool drained;
        lock (_gate)
        {
            var wasFull = IsFull;
            foreach (var frame in frames)
            {
                Messages -= frame.Messages;
                Frames--;
                Bytes -= frame.Place.Length;
            }

            drained = wasFull && !IsFull;
        }

        if (drained)
        {
            Drained?.Invoke();
        }
    }
}
