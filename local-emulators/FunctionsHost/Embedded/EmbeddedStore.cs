// The embedded durable transport: queues, state, dead letters and collector runs in one folder.
using IntelMq.DataFormat;
using IntelMq.Runtime;
using Microsoft.Data.Sqlite;

namespace IntelMq.FunctionsHost.Embedded;

/// <summary>
/// The embedded transport: frames in segment files, everything else in SQLite. One transaction per invocation covers acknowledgement, outgoing
/// frames, state and dead letters, so <c>kill -9</c> at any moment neither loses nor invents an event.
/// </summary>
public sealed class EmbeddedStore : IDisposable
{
    /// <summary>A queue with more than this many bytes is full: its senders hold back.</summary>
    public const long DefaultQueueLimit = 16 * 1024 * 1024;

    private const string PurgedSetting = "state_purged";

    private readonly Lock _gate = new();
    private readonly FileStream _lock;
    private readonly SqliteConnection _connection;
    private readonly SegmentLog _segments;
    private readonly Dictionary<string, EmbeddedQueue> _queues = new(StringComparer.Ordinal);
    private readonly StoreCommands _sql;
    private readonly TimeProvider _clock;
    private readonly long _queueLimit;

    private EmbeddedStore(string folder, FileStream folderLock, TimeProvider clock, long queueLimit)
    {
        (Folder, _lock, _clock, _queueLimit) = (folder, folderLock, clock, queueLimit);
        IndexPath = Path.Combine(folder, "index.db");
        _connection = IndexSchema.Open(IndexPath);
        IndexSchema.Create(_connection);
        _sql = new StoreCommands(_connection);
        Purge(clock.GetUtcNow());
        var frames = _sql.ReadFrames();
        _segments = new SegmentLog(Path.Combine(folder, "segments"), frames.Select(frame => frame.Frame.Place));
        foreach (var (queue, frame) in frames)
        {
            Queue(queue).Add(frame);
        }

        DeadLetters = new DeadLetterBox(_connection, _gate, this);
        Runs = new CollectorRuns(_connection, _gate);
    }

    /// <summary>The folder that holds everything.</summary>
    public string Folder { get; }

    /// <summary>The dead letters.</summary>
    public DeadLetterBox DeadLetters { get; }

    /// <summary>What the collectors have begun and done.</summary>
    public CollectorRuns Runs { get; }

    /// <summary>How many commits there were: changes whenever anything changes.</summary>
    public long Commits { get; private set; }

    /// <summary>All queues that were asked for or hold frames.</summary>
    public IReadOnlyCollection<EmbeddedQueue> Queues
    {
        get
        {
            lock (_queues)
            {
                return _queues.Values.ToArray();
            }
        }
    }

    private string IndexPath { get; }

    /// <summary>Opens or makes the transport of a data folder.</summary>
    /// <exception cref="DataFolderException">Another process uses the folder, or it cannot be written.</exception>
    public static EmbeddedStore Open(string dataFolder, TimeProvider clock, long queueLimit = DefaultQueueLimit)
    {
        var folder = Path.Combine(dataFolder, "transport");
        FileStream folderLock;
        try
        {
            Directory.CreateDirectory(folder);
            folderLock = new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new DataFolderException($"The data folder '{dataFolder}' cannot be written: {error.Message} Choose another one with --data.", error);
        }
        catch (IOException error)
        {
            throw new DataFolderException($"The data folder '{dataFolder}' cannot be used: {error.Message} Is another run using it? Stop that one, or choose another folder with --data.", error);
        }

        try
        {
            return new EmbeddedStore(folder, folderLock, clock, queueLimit);
        }
        catch (SqliteException error)
        {
            folderLock.Dispose();
            throw new DataFolderException($"The index of the data folder '{dataFolder}' cannot be opened: {error.Message}", error);
        }
    }

    /// <summary>The queue of a name.</summary>
    public EmbeddedQueue Queue(string name)
    {
        lock (_queues)
        {
            if (!_queues.TryGetValue(name, out var queue))
            {
                _queues[name] = queue = new EmbeddedQueue(name, _queueLimit);
            }

            return queue;
        }
    }

    /// <summary>The state of a bot instance.</summary>
    public EmbeddedState StateOf(string bot) => new(bot, IndexPath, _clock);

    /// <summary>Reads a frame into a buffer.</summary>
    public void Read(QueuedFrame frame, Span<byte> into) => _segments.Read(frame.Place, into);

    /// <summary>
    /// Makes an invocation durable: its deliveries are gone, its frames queued, its state, parked messages and dead letters written; all or nothing.
    /// </summary>
    /// <param name="parts">What each bot did: one, or those of a fused chain.</param>
    /// <returns>The claim checks that nobody needs any more.</returns>
    /// <exception cref="DataFolderException">The disk is full or broken; nothing of the invocation counts.</exception>
    public IReadOnlyList<string> Commit(params IReadOnlyList<InvocationPart> parts)
    {
        var added = new List<(EmbeddedQueue Queue, QueuedFrame Frame)>();
        var unused = new List<string>();
        try
        {
            var written = parts.Select(part => WriteFrames(part.Source, part.Result)).ToArray();
            lock (_gate)
            {
                using var transaction = _connection.BeginTransaction();
                for (var i = 0; i < parts.Count; i++)
                {
                    WritePart(parts[i], written[i], added, unused);
                }

                transaction.Commit();
                Commits++;
            }

            foreach (var part in parts)
            {
                part.State.Committed();
            }
        }
        catch (Exception error) when (error is SqliteException or IOException)
        {
            foreach (var part in parts)
            {
                part.State.Discard();
            }

            throw Broken(error);
        }

        foreach (var (queue, frame) in added)
        {
            queue.Add(frame);
        }

        foreach (var part in parts)
        {
            part.Source.Removed(part.Done);
            foreach (var frame in part.Done)
            {
                _segments.Release(frame.Place);
            }
        }

        return unused;
    }

    /// <summary>Queues what a source gave, keeps its dead letters and remembers it, in one step.</summary>
    /// <exception cref="DataFolderException">The disk is full or broken; the report is not queued.</exception>
    public void Collect(string collector, string occurrence, CollectedFrames collected)
    {
        try
        {
            var added = new List<(EmbeddedQueue Queue, QueuedFrame Frame)>();
            var written = collected.Frames.Select(frame => (Queue(frame.Queue), new QueuedFrame(0, _segments.Append(frame.Bytes.Span), frame.Messages))).ToArray();
            lock (_gate)
            {
                using var transaction = _connection.BeginTransaction();
                foreach (var (queue, frame) in written)
                {
                    added.Add((queue, frame with { Id = _sql.AddFrame(queue.Name, frame) }));
                }

                foreach (var letter in collected.DeadLetters)
                {
                    _sql.AddDeadLetter(letter);
                }

                _sql.AddCollected.Run(collector, occurrence, collected.Source);
                if (collected.Claim is { } claim && collected.Frames.Count > 0)
                {
                    _sql.UseClaim.Run(claim.Address, collected.Frames.Count);
                }

                transaction.Commit();
                Commits++;
            }

            foreach (var (queue, frame) in added)
            {
                queue.Add(frame);
            }
        }
        catch (Exception error) when (error is SqliteException or IOException)
        {
            throw Broken(error);
        }
    }

    /// <summary>Queues frames that come from no queue: those of a timer.</summary>
    /// <exception cref="DataFolderException">The disk is full or broken; none of them is queued.</exception>
    public void Send(IReadOnlyList<OutgoingFrame> frames) => Collect("", "", new CollectedFrames("", frames, frames.Sum(frame => frame.Messages)));

    /// <summary>Puts messages into a queue: a dead letter that is tried again, in the same step that removes it.</summary>
    internal void Requeue(string queueName, ReadOnlyMemory<byte> frame, Action alongside)
    {
        var place = _segments.Append(frame.Span);
        QueuedFrame queued;
        lock (_gate)
        {
            using var transaction = _connection.BeginTransaction();
            var unnumbered = new QueuedFrame(0, place, 1);
            queued = unnumbered with { Id = _sql.AddFrame(queueName, unnumbered) };
            alongside();
            transaction.Commit();
            Commits++;
        }

        Queue(queueName).Add(queued);
    }

    /// <summary>The claim checks that messages still need.</summary>
    public IReadOnlySet<string> ClaimsInUse()
    {
        lock (_gate)
        {
            return _sql.ReadClaims();
        }
    }

    /// <summary>A setting of the folder, made on first use.</summary>
    public string Setting(string name, Func<string> make)
    {
        lock (_gate)
        {
            if (_sql.GetSetting.Scalar(name) is string value)
            {
                return value;
            }

            value = make();
            _sql.PutSetting.Run(name, value);
            return value;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _sql.Dispose();
        _connection.Dispose();
        _segments.Dispose();
        _lock.Dispose();
    }

    private void WritePart(InvocationPart part, List<(EmbeddedQueue Queue, QueuedFrame Frame)> written, List<(EmbeddedQueue Queue, QueuedFrame Frame)> added, List<string> unused)
    {
        foreach (var frame in part.Done)
        {
            _sql.DeleteFrame.Run(frame.Id);
        }

        foreach (var (queue, frame) in written)
        {
            added.Add((queue, frame with { Id = _sql.AddFrame(queue.Name, frame) }));
        }

        _sql.WriteState(part.State);
        foreach (var letter in part.Result.DeadLetters)
        {
            _sql.AddDeadLetter(letter);
        }

        foreach (var claim in part.Result.ReleasedClaims)
        {
            if (_sql.ReleaseClaim(claim))
            {
                unused.Add(claim);
            }
        }
    }

    private List<(EmbeddedQueue Queue, QueuedFrame Frame)> WriteFrames(EmbeddedQueue source, InvocationResult result)
    {
        var written = new List<(EmbeddedQueue, QueuedFrame)>();
        foreach (var frame in result.Frames)
        {
            written.Add((Queue(frame.Queue), new QueuedFrame(0, _segments.Append(frame.Bytes.Span), frame.Messages)));
        }

        foreach (var rest in result.Continuations)
        {
            written.Add((source, new QueuedFrame(0, _segments.Append(rest.Bytes.Span), rest.Messages)));
        }

        foreach (var parked in result.Parked)
        {
            var place = _segments.Append(parked.Bytes.Span);
            written.Add((source, new QueuedFrame(
                0, place, parked.Messages, parked.Attempt, Math.Max(1, parked.Due.ToUnixTimeMilliseconds()), parked.FirstTried.ToUnixTimeMilliseconds())));
        }

        return written;
    }

    // Once a day: it reads the whole table, which is cheaper than an index that every key would pay for.
    private void Purge(DateTimeOffset now)
    {
        var day = now.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        if (_sql.GetSetting.Scalar(PurgedSetting) is not string last || last != day)
        {
            _sql.PurgeState.Run(now.ToUnixTimeMilliseconds());
            _sql.PutSetting.Run(PurgedSetting, day);
        }
    }

    private DataFolderException Broken(Exception error) =>
        new($"The data folder '{Folder}' cannot be written: {error.Message} Nothing is lost: free some space and start again.", error);
}

/// <summary>The data folder cannot be used or written.</summary>
public sealed class DataFolderException(string message, Exception? inner = null) : Exception(message, inner);
