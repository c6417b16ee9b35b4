// Bots that fetch reports.
using IntelMq.DataFormat;

namespace IntelMq.Bots;

/// <summary>A bot that fetches reports.</summary>
public abstract class CollectorBot : Bot
{
    /// <inheritdoc/>
    public sealed override BotKind Kind => BotKind.Collector;

    /// <summary>
    /// Fetches. What is given is queued durably before the next is asked for. A run that is repeated after a crash asks again for
    /// everything; what was queued already is recognised by its source name and not fetched a second time.
    /// A collector that gives reports only may return <c>IAsyncEnumerable&lt;CollectedReport&gt;</c>.
    /// </summary>
    /// <exception cref="TransientException">The source is down; the run is repeated.</exception>
    public abstract IAsyncEnumerable<Collected> CollectAsync(CollectorRun run, CancellationToken cancellation);
}

/// <summary>One run of a collector.</summary>
/// <param name="Occurrence">What asked for the run: the instant of the schedule, the trigger message or the <c>--once</c> run.</param>
/// <param name="Time">When the run was due.</param>
public sealed record CollectorRun(string Occurrence, DateTimeOffset Time);

/// <summary>What a collector gives: a report (<see cref="CollectedReport"/>), or messages that others have formed already (<see cref="CollectedMessages"/>).</summary>
public abstract class Collected
{
    private protected Collected()
    {
    }

    /// <summary>Names the source within the run, for example the file or the URL. Different data must never have the same name in one run: it would count as queued.</summary>
    public required string Source { get; init; }

    /// <summary>Runs after everything was queued durably, also when an earlier run queued it: deletes the file, marks the mail, acknowledges the messages.</summary>
    public Func<CancellationToken, ValueTask>? Queued { get; init; }
}

/// <summary>One fetched report. The raw data is opened only if the report was not queued already.</summary>
public sealed class CollectedReport : Collected
{
    /// <summary>What is known about the report besides the raw data (<c>feed.url</c>, <c>extra.file_name</c> …).</summary>
    public required Report Report { get; init; }

    /// <summary>Opens the raw data. Null stands for a source that turned out to have none: nothing is sent.</summary>
    public required Func<CancellationToken, ValueTask<Stream?>> OpenRaw { get; init; }
}

/// <summary>
/// Messages as they lay in a queue of another system, in IntelMQ's flat form or as envelopes. They go on as the events and reports they are, without
/// anything added; one that is none becomes a dead letter. All of them are queued in one step: many messages cost one call.
/// </summary>
public sealed class CollectedMessages : Collected
{
    /// <summary>The name of the queue they come from: a part of the ids of messages that bring none.</summary>
    public required string Queue { get; init; }

    /// <summary>
    /// The texts are no messages but raw data of any kind: each becomes a report with the collector's feed. For small ones; a large one is a
    /// <see cref="CollectedReport"/>, whose raw data is streamed.
    /// </summary>
    public bool AreRaw { get; init; }

    /// <summary>The messages, in order.</summary>
    public required IReadOnlyList<CollectedMessage> Messages { get; init; }
}

/// <summary>One message of another system.</summary>
/// <param name="TransportId">What its transport knows it by, or what stands for that: the same when the same message comes again, and never that of another.</param>
/// <param name="Index">Its place, where several messages share a <paramref name="TransportId"/>.</param>
/// <param name="Text">JSON, UTF-8; must stay unchanged until it is queued.</param>
public readonly record struct CollectedMessage(string TransportId, long Index, ReadOnlyMemory<byte> Text);

/// <summary>Base class of collectors.</summary>
/// <typeparam name="TParameters">The parameters record.</typeparam>
public abstract class CollectorBot<TParameters> : CollectorBot
    where TParameters : CollectorParameters, new()
{
    /// <summary>The parameters.</summary>
    protected TParameters Parameters { get; private set; } = new();

    /// <inheritdoc/>
    public sealed override BotParameters CommonParameters => Parameters;

    /// <summary>An empty report with the fields of this pipeline.</summary>
    protected Report NewReport() => new(Context.Fields);

    private protected sealed override void Accept(BotParameters parameters) => Parameters = (TParameters)parameters;
}
