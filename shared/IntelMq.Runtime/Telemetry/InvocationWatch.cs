// Follows the invocations of one bot: their spans and figures.
using System.Diagnostics;

namespace IntelMq.Runtime;

/// <summary>
/// One span and one measurement per invocation, from its start until what came of it is durable. A span continues the trace of its messages: where they
/// share a trace, its parent is the context of the first and the further ones are links; where they do not, it begins a trace and links to each.
/// </summary>
internal sealed class InvocationWatch(BotSettings settings, TimeProvider clock)
{
    /// <summary>At most so many links per span.</summary>
    public const int MostLinks = 128;

    private static readonly ActivitySource s_source = new(Telemetry.Name);

    private Activity? _span;
    private DateTimeOffset _started;
    private long _begun;
    private bool _isOpen;

    /// <summary>The context that messages of this invocation carry; null where they keep that of the message they were made from.</summary>
    public string? TraceParent => _span?.Id;

    /// <summary>An invocation begins. One that is still open ended before its results were durable.</summary>
    public void Begin()
    {
        Abandon();
        (_started, _begun, _isOpen) = (clock.GetUtcNow(), clock.GetTimestamp(), true);
    }

    /// <summary>The span of an invocation that takes messages.</summary>
    public void Take(IReadOnlyList<TakenMessage> taken)
    {
        if (!s_source.HasListeners())
        {
            return;
        }

        var contexts = ContextsOf(taken);
        var shared = contexts.Count > 0 && contexts.TrueForAll(context => context.TraceId == contexts[0].TraceId);
        Start(
            $"process {settings.SourceQueue}",
            ActivityKind.Consumer,
            shared ? contexts[0] : default,
            [
                new("messaging.system", settings.MessagingSystem),
                new("messaging.operation.type", "process"),
                new("messaging.operation.name", "process"),
                new("messaging.destination.name", settings.SourceQueue),
                new("messaging.batch.message_count", taken.Count),
            ],
            contexts.Skip(shared ? 1 : 0).Take(MostLinks).Select(context => new ActivityLink(context)));
    }

    /// <summary>The span of a collector's run, which begins a trace.</summary>
    public void Collect(string occurrence)
    {
        if (s_source.HasListeners())
        {
            Start(
                $"collect {settings.BotId}",
                ActivityKind.Producer,
                default,
                [
                    new("messaging.system", settings.MessagingSystem),
                    new("messaging.operation.type", "send"),
                    new("messaging.operation.name", "collect"),
                    new("intelmq.occurrence", occurrence),
                ],
                []);
        }
    }

    /// <summary>The results are durable.</summary>
    /// <param name="counts">The figures.</param>
    /// <param name="paths">What went to each path.</param>
    /// <param name="failure">What was wrong with a message; null where all went well.</param>
    public void Done(InvocationCounts counts, IEnumerable<(string Path, long Messages)> paths, string? failure)
    {
        if (_isOpen)
        {
            InvocationMetrics.Count(settings, counts, paths);
            End(counts, failure, errorType: null);
        }
    }

    /// <summary>The invocation ended with an error; nothing of it counts but what <paramref name="counts"/> says.</summary>
    public void Fail(string sentence, string errorType, InvocationCounts? counts = null)
    {
        if (counts is not null)
        {
            InvocationMetrics.Count(settings, counts);
        }

        End(counts, sentence, errorType);
    }

    /// <summary>Nothing more is heard of the invocation, if one is open.</summary>
    public void Abandon() => End(null, "What came of the invocation was not made durable; its messages come again.", "not_durable");

    private static List<ActivityContext> ContextsOf(IReadOnlyList<TakenMessage> taken)
    {
        var contexts = new List<ActivityContext>();
        var seen = new HashSet<(ActivityTraceId, ActivitySpanId)>();
        string? last = null;
        foreach (var item in taken)
        {
            // Neighbours mostly come from the same invocation.
            var text = item.Message.Meta.TraceParent;
            if (text is null || text == last)
            {
                continue;
            }

            last = text;
            if (ActivityContext.TryParse(text, null, isRemote: true, out var context) && seen.Add((context.TraceId, context.SpanId)))
            {
                contexts.Add(context);
            }
        }

        return contexts;
    }

    private void Start(string name, ActivityKind kind, ActivityContext parent, KeyValuePair<string, object?>[] tags, IEnumerable<ActivityLink> links)
    {
        // Whatever the host traces is another trace: without a parent the current activity would become it.
        var current = Activity.Current;
        Activity.Current = null;
        _span = s_source.StartActivity(
            name, kind, parent, [.. tags, new("intelmq.bot", settings.BotId), new("intelmq.module", settings.Module)], links, _started);
        Activity.Current = _span ?? current;
    }

    private void End(InvocationCounts? counts, string? failure, string? errorType)
    {
        if (!_isOpen)
        {
            return;
        }

        _isOpen = false;
        InvocationMetrics.Measure(settings, clock.GetElapsedTime(_begun), errorType);
        if (_span is not { } span)
        {
            return;
        }

        _span = null;
        if (counts is not null)
        {
            span.SetTag("intelmq.messages.in", counts.In).SetTag("intelmq.messages.out", counts.Out).SetTag("intelmq.messages.dropped", counts.Dropped)
                .SetTag("intelmq.messages.dead_lettered", counts.DeadLettered).SetTag("intelmq.messages.parked", counts.Parked);
        }

        if (failure is not null)
        {
            span.SetStatus(ActivityStatusCode.Error, failure);
        }

        if (errorType is not null)
        {
            span.SetTag("error.type", errorType);
        }

        // Ending a span makes the one before it current, which may not be where we are any more.
        var current = Activity.Current;
        span.SetEndTime(clock.GetUtcNow().UtcDateTime);
        span.Stop();
        if (current != span)
        {
            Activity.Current = current;
        }
    }
}
