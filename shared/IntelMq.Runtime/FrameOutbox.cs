// Collects what a bot sends in one invocation, as frames per queue.
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Runtime;

/// <summary>
/// The outbox of an invocation. Messages are written at once (a snapshot); the last record's messages can be taken back.
/// </summary>
internal sealed class FrameOutbox : IOutbox
{
    private readonly BotSettings _settings;
    private readonly bool _loadBalance;
    private readonly HookRunner _hooks;
    private readonly Dictionary<string, Route[]> _routes;
    private readonly List<Route> _all;

    // Of the message that is being written.
    private readonly MessageMeta _made = new();

    public FrameOutbox(BotSettings settings, bool loadBalance, HookRunner hooks)
    {
        _settings = settings;
        _loadBalance = loadBalance;
        _hooks = hooks;
        _routes = settings.Destinations.ToDictionary(
            path => path.Key,
            path => path.Value.Select(queue => new Route(queue, new FrameWriter(settings.FrameLimit))).ToArray(),
            StringComparer.Ordinal);
        _all = _routes.Values.SelectMany(routes => routes).ToList();
    }

    /// <summary>The trace context that messages carry; null where they keep that of the message they were made from.</summary>
    public string? TraceParent { get; set; }

    /// <summary>The messages sent (each counts once, however many queues it goes to).</summary>
    public long Sent { get; private set; }

    /// <summary>The bytes written.</summary>
    public long Bytes
    {
        get
        {
            // Asked after every record: no enumerator.
            var bytes = 0L;
            for (var i = 0; i < _all.Count; i++)
            {
                bytes += _all[i].Frames.Length;
            }

            return bytes;
        }
    }

    /// <summary>Whether a path leads anywhere.</summary>
    public bool Leads(string path) => _routes.TryGetValue(path, out var routes) && routes.Length > 0;

    /// <inheritdoc/>
    public void Send(Event message, Event origin, string path = Paths.Default) => SendDerived(message, origin.Meta, origin.Meta.Derived++, path);

    /// <summary>Sends a message that was made from another, with the ordinal that makes its id.</summary>
    public void SendDerived(Message message, MessageMeta origin, long ordinal, string path)
    {
        if (_hooks.Wants(HookPhase.Sending))
        {
            var call = _hooks.Call(HookPhase.Sending, message, path)!;
            if (call.Cancel || call.Message is null)
            {
                return;
            }

            (message, path) = (call.Message, call.Path ?? path);
        }

        if (RoutesOf(path) is not { } routes || message.Count == 0)
        {
            return;
        }

        origin.PassTo(_made, _settings.BotId, MessageId.Derived(_settings.Instance, origin.Id, _settings.BotId, path, ordinal));
        _made.TraceParent = TraceParent ?? _made.TraceParent;
        Write(routes, message, _made);
    }

    /// <summary>Sends a message with the meta data it has: a collector's report.</summary>
    public void SendAsIs(Message message, string path = Paths.Default)
    {
        if (RoutesOf(path) is { } routes)
        {
            Write(routes, message, message.Meta);
        }
    }

    /// <summary>A place to go back to.</summary>
    /// <param name="old">A mark that is not needed any more: its memory is used again.</param>
    public OutboxMark Here(OutboxMark? old = null)
    {
        var marks = old?.Marks.Length == _all.Count ? old.Marks : new FrameWriter.Mark[_all.Count];
        for (var i = 0; i < marks.Length; i++)
        {
            marks[i] = _all[i].Frames.Here;
        }

        var mark = ReferenceEquals(marks, old?.Marks) ? old : new OutboxMark(marks);
        mark.Sent = Sent;
        return mark;
    }

    /// <summary>Takes back what was sent after a mark.</summary>
    public void GoBack(OutboxMark mark)
    {
        for (var i = 0; i < _all.Count; i++)
        {
            _all[i].Frames.GoBack(i < mark.Marks.Length ? mark.Marks[i] : default);
        }

        Sent = mark.Sent;
    }

    /// <summary>The frames for the queues.</summary>
    public IEnumerable<OutgoingFrame> Frames() =>
        _all.SelectMany(route => route.Frames.Frames().Select(frame => new OutgoingFrame(route.Queue, frame.Bytes, frame.Messages)));

    /// <summary>The messages of each path that leads to a queue.</summary>
    public IEnumerable<(string Path, long Messages)> SentByPath() => _routes.Where(path => path.Value.Length > 0).Select(path =>
        (path.Key, _loadBalance ? path.Value.Sum(route => (long)route.Frames.Messages) : path.Value[0].Frames.Messages));

    /// <summary>Forgets everything and keeps the memory.</summary>
    public void Clear()
    {
        foreach (var route in _all)
        {
            route.Frames.Clear();
        }

        Sent = 0;
    }

    private Route[]? RoutesOf(string path)
    {
        if (!_routes.TryGetValue(path, out var routes) && _settings.EveryPathLeads)
        {
            _routes[path] = routes = [new Route(path, new FrameWriter(_settings.FrameLimit))];
            _all.AddRange(routes);
        }

        return routes;
    }

    private void Write(Route[] routes, Message message, MessageMeta meta)
    {
        Sent++;
        if (_loadBalance && routes.Length > 1)
        {
            // By the id and not by a counter: a repeated invocation chooses the same queue.
            Span<byte> id = stackalloc byte[16];
            meta.Id.TryWriteBytes(id, bigEndian: true, out _);
            routes[System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(id[12..]) % (uint)routes.Length].Frames.Add(message, meta);
            return;
        }

        foreach (var route in routes)
        {
            route.Frames.Add(message, meta);
        }
    }

    private sealed record Route(string Queue, FrameWriter Frames);

    internal sealed record OutboxMark(FrameWriter.Mark[] Marks)
    {
        public long Sent { get; set; }
    }
}
