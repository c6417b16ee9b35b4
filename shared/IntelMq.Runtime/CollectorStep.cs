// One run of a collector.
using System.Security.Cryptography;
using IntelMq.Bots;
using IntelMq.DataFormat;
using Microsoft.Extensions.Logging;

namespace IntelMq.Runtime;

/// <summary>Where collected reports are queued. The host makes "queued" and "known as collected" durable in one step.</summary>
public interface ICollectedReports
{
    /// <summary>Whether this run has queued a source already (before a crash).</summary>
    ValueTask<bool> IsCollectedAsync(string occurrence, string source, CancellationToken cancellation);

    /// <summary>Queues a report durably and remembers its source. <paramref name="claim"/> is the raw data's address, if it has one.</summary>
    ValueTask QueueAsync(string occurrence, string source, IReadOnlyList<OutgoingFrame> frames, ClaimCheck? claim, CancellationToken cancellation);
}

/// <summary>Fetches, completes and queues the reports of one run.</summary>
internal sealed class CollectorStep(
    CollectorBot collector, BotSettings settings, BotContext context, IClaimCheckStore claims, FrameOutbox outbox, HookRunner hooks)
{
    /// <summary>Raw data up to this size travels in the message.</summary>
    public const int InlineLimit = 32 * 1024;

    public async Task RunAsync(CollectorRun run, ICollectedReports queue, InvocationCounts counts, CancellationToken cancellation)
    {
        await foreach (var collected in collector.CollectAsync(run, cancellation))
        {
            if (!await queue.IsCollectedAsync(run.Occurrence, collected.Source, cancellation))
            {
                await QueueAsync(run, collected, queue, counts, cancellation);
            }

            if (collected.Queued is { } queued)
            {
                await queued(cancellation);
            }
        }
    }

    private async Task QueueAsync(CollectorRun run, CollectedReport collected, ICollectedReports queue, InvocationCounts counts, CancellationToken cancellation)
    {
        await using var raw = await collected.OpenRaw(cancellation);
        if (raw is null)
        {
            return;
        }

        var report = collected.Report;
        var (sha256, claim) = await AttachAsync(run, collected, raw, cancellation);
        if (claim is null && !report.Contains(Fields.Raw))
        {
            context.Log.LogWarning("{Bot}: {Source} is empty; no report is sent.", settings.BotId, collected.Source);
            return;
        }

        Complete(report);
        report.Meta = new MessageMeta
        {
            Id = MessageId.Report(settings.Instance, settings.BotId, run.Occurrence, collected.Source, sha256),
            Path = [settings.BotId],
            TraceParent = outbox.TraceParent,
            ClaimCheck = claim,
        };
        outbox.Clear();
        if (hooks.Call(HookPhase.Sending, report, Paths.Default) is not { Cancel: true })
        {
            outbox.SendAsIs(report);
        }

        await queue.QueueAsync(run.Occurrence, collected.Source, outbox.Frames().ToArray(), claim, cancellation);
        counts.Out += outbox.Sent;
        hooks.Call(HookPhase.Sent, report, count: outbox.Sent);
    }

    // Small raw data goes into the report, large raw data into the claim check; both are hashed on the way.
    private async Task<(string Sha256, ClaimCheck? Claim)> AttachAsync(CollectorRun run, CollectedReport collected, Stream raw, CancellationToken cancellation)
    {
        var head = new byte[InlineLimit + 1];
        var read = await raw.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellation);
        if (read <= InlineLimit)
        {
            if (read > 0)
            {
                collected.Report.SetRaw(head.AsSpan(0, read));
            }

            return (Convert.ToHexStringLower(SHA256.HashData(head.AsSpan(0, read))), null);
        }

        await using var whole = new HeadedStream(head.AsMemory(0, read), raw);
        var claim = await claims.WriteAsync($"{settings.BotId}/{run.Occurrence}/{collected.Source}", whole, cancellation);
        return (claim.Sha256, claim);
    }

    private void Complete(Report report)
    {
        var parameters = (CollectorParameters)collector.CommonParameters;
        report.TryAdd(Fields.Feed.Name, parameters.Name);
        report.TryAdd(Fields.Feed.Code, parameters.Code);
        report.TryAdd(Fields.Feed.Documentation, parameters.Documentation);
        report.TryAdd(Fields.Feed.Provider, parameters.Provider);
        report.TryAdd(Fields.Feed.Accuracy, parameters.Accuracy);
        if (!report.Contains(Fields.Time.Observation))
        {
            report.Add(Fields.Time.Observation, context.Clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'+00:00'", System.Globalization.CultureInfo.InvariantCulture));
        }
    }
}
