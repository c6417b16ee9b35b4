// Bots that fetch reports.
using IntelMq.DataFormat;

namespace IntelMq.Bots;

/// <summary>A bot that fetches reports.</summary>
public abstract class CollectorBot : Bot
{
    /// <inheritdoc/>
    public sealed override BotKind Kind => BotKind.Collector;

    /// <summary>
    /// Fetches. Each report is queued durably before the next one is asked for. A run that is repeated after a crash asks again for
    /// everything; what was queued already is recognised by its source name and not fetched a second time.
    /// </summary>
    /// <exception cref="TransientException">The source is down; the run is repeated.</exception>
    public abstract IAsyncEnumerable<CollectedReport> CollectAsync(CollectorRun run, CancellationToken cancellation);
}

/// <summary>One run of a collector.</summary>
/// <param name="Occurrence">What asked for the run: the instant of the schedule, the trigger message or the <c>--once</c> run.</param>
/// <param name="Time">When the run was due.</param>
public sealed record CollectorRun(string Occurrence, DateTimeOffset Time);

/// <summary>One fetched report. The raw data is opened only if the report was not queued already.</summary>
public sealed class CollectedReport
{
    /// <summary>Names the source within the run, for example the file or the URL.</summary>
    public required string Source { get; init; }

    /// <summary>What is known about the report besides the raw data (<c>feed.url</c>, <c>extra.file_name</c> …).</summary>
    public required Report Report { get; init; }

    /// <summary>Opens the raw data. Null stands for a source that turned out to have none: nothing is sent.</summary>
    public required Func<CancellationToken, ValueTask<Stream?>> OpenRaw { get; init; }

    /// <summary>Runs after the report was queued durably, also when an earlier run queued it: deletes the file, marks the mail.</summary>
    public Func<CancellationToken, ValueTask>? Queued { get; init; }
}

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
