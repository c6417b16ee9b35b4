// What invocations count.
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace IntelMq.Runtime;

/// <summary>The counters and the histogram of bots. Each measurement carries <c>intelmq.bot</c> and <c>intelmq.module</c>.</summary>
internal static class InvocationMetrics
{
    private const string Message = "{message}";

    private static readonly Meter s_meter = new(Telemetry.Name);
    private static readonly Counter<long> s_in = s_meter.CreateCounter<long>("intelmq.messages.in", Message, "Messages that a bot took and is done with.");
    private static readonly Counter<long> s_out = s_meter.CreateCounter<long>("intelmq.messages.out", Message, "Messages that a bot sent, by path; of outputs the events handed on.");
    private static readonly Counter<long> s_dropped = s_meter.CreateCounter<long>("intelmq.messages.dropped", Message, "Messages from which a bot sent nothing.");
    private static readonly Counter<long> s_dead = s_meter.CreateCounter<long>("intelmq.messages.dead_lettered", Message, "Messages that failed for good.");
    private static readonly Counter<long> s_parked = s_meter.CreateCounter<long>("intelmq.messages.parked", Message, "Messages that wait for another attempt.");
    private static readonly Counter<long> s_retries = s_meter.CreateCounter<long>(
        "intelmq.retries", "{attempt}", "Attempts beyond the first: calls repeated in an invocation, and frames that came again.");

    private static readonly Histogram<double> s_duration = s_meter.CreateHistogram(
        "intelmq.invocation.duration",
        "s",
        "How long invocations take, until their results are durable.",
        tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300] });

    /// <summary>Counts what became of messages.</summary>
    /// <param name="settings">The bot.</param>
    /// <param name="counts">The figures.</param>
    /// <param name="paths">The part of <see cref="InvocationCounts.Out"/> that went to each path; null where it went to none.</param>
    public static void Count(BotSettings settings, InvocationCounts counts, IEnumerable<(string Path, long Messages)>? paths = null)
    {
        if (s_out.Enabled)
        {
            var rest = counts.Out;
            foreach (var (path, messages) in paths ?? [])
            {
                Add(s_out, messages, settings, path);
                rest -= messages;
            }

            Add(s_out, rest, settings);
        }

        Add(s_in, counts.In, settings);
        Add(s_dropped, counts.Dropped, settings);
        Add(s_dead, counts.DeadLettered, settings);
        Add(s_parked, counts.Parked, settings);
        Add(s_retries, counts.Retries, settings);
    }

    /// <summary>Measures an invocation.</summary>
    /// <param name="settings">The bot.</param>
    /// <param name="duration">How long it took.</param>
    /// <param name="errorType">What kind of error ended it; null for none.</param>
    public static void Measure(BotSettings settings, TimeSpan duration, string? errorType)
    {
        if (!s_duration.Enabled)
        {
            return;
        }

        var tags = TagsOf(settings);
        if (errorType is not null)
        {
            tags.Add("error.type", errorType);
        }

        s_duration.Record(duration.TotalSeconds, tags);
    }

    private static void Add(Counter<long> counter, long number, BotSettings settings, string? path = null)
    {
        if (number <= 0 || !counter.Enabled)
        {
            return;
        }

        var tags = TagsOf(settings);
        if (path is not null)
        {
            tags.Add("intelmq.path", path);
        }

        counter.Add(number, tags);
    }

    private static TagList TagsOf(BotSettings settings) => new() { { "intelmq.bot", settings.BotId }, { "intelmq.module", settings.Module } };
}
