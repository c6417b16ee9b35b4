// One run of a collector.
using System.Security.Cryptography;
using IntelMq.Bots;
using IntelMq.DataFormat;
using Microsoft.Extensions.Logging;

namespace IntelMq.Runtime;

/// <summary>Where collected reports and messages are queued. The host makes "queued" and "known as collected" durable in one step.</summary>
public interface ICollectedReports
{
    /// <summary>Whether this run has queued a source already (before a crash).</summary>
    ValueTask<bool> IsCollectedAsync(string occurrence, string source, CancellationToken cancellation);

    /// <summary>Queues durably what a source gave, and remembers the source.</summary>
    ValueTask QueueAsync(string occurrence, CollectedFrames collected, CancellationToken cancellation);
}

/// <summary>What one source gave.</summary>
/// <param name="Source">Its name within the run.</param>
/// <param name="Frames">The frames for the queues; valid until the next source.</param>
/// <param name="Messages">How many messages they hold; each counts once, however many queues it goes to.</param>
public sealed record CollectedFrames(string Source, IReadOnlyList<OutgoingFrame> Frames, long Messages)
{
    /// <summary>Where the raw data of the report lies, if it does not travel in it.</summary>
    public ClaimCheck? Claim { get; init; }

    /// <summary>The messages of the source that are none.</summary>
    public IReadOnlyList<DeadLetter> DeadLetters { get; init; } = [];
}

/// <summary>Fetches, completes and queues what a collector gives in one run.</summary>
internal sealed class CollectorStep(
    CollectorBot collector, BotSettings settings, BotContext context, IClaimCheckStore claims, FrameOutbox outbox, FailedMessages failed, HookRunner hooks)
{
    private readonly EnvelopeReader _reader = new(context.Fields);

    /// <summary>Raw data up to this size travels in the message.</summary>
    public const int InlineLimit = 32 * 1024;

    public async Task RunAsync(CollectorRun run, ICollectedReports queue, InvocationCounts counts, CancellationToken cancellation)
    {
        await foreach (var collected in collector.CollectAsync(run, cancellation))
        {
            if (!await queue.IsCollectedAsync(run.Occurrence, collected.Source, cancellation))
            {
                await (collected switch
                {
                    CollectedReport report => QueueAsync(run, report, queue, counts, cancellation),
                    _ => QueueAsync(run, (CollectedMessages)collected, queue, counts, cancellation),
                });
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

        await queue.QueueAsync(run.Occurrence, new CollectedFrames(collected.Source, outbox.Frames().ToArray(), outbox.Sent) { Claim = claim }, cancellation);
        counts.Out += outbox.Sent;
        hooks.Call(HookPhase.Sent, report, count: outbox.Sent);
    }

    // Messages that others have formed go on as they are: no feed is added to them, as IntelMQ adds none.
    private async Task QueueAsync(CollectorRun run, CollectedMessages collected, ICollectedReports queue, InvocationCounts counts, CancellationToken cancellation)
    {
        var result = new InvocationResult();
        outbox.Clear();
        failed.Clear();
        foreach (var one in collected.Messages)
        {
            var id = MessageId.Foreign(settings.Instance, collected.Queue, one.TransportId, one.Index);
            try
            {
                Send(collected.AreRaw ? RawReport(one) : Checked(_reader.Read(one.Text.ToArray())), id, result.Counts);
            }
#pragma warning disable CA1031 // Whatever is wrong with one message must not stop the others.
            catch (Exception error)
#pragma warning restore CA1031
            {
                failed.Unreadable(result, id, one.Text.Span, error);
            }
        }

        failed.Finish(result);
        await queue.QueueAsync(run.Occurrence, new CollectedFrames(collected.Source, outbox.Frames().ToArray(), outbox.Sent) { DeadLetters = result.DeadLetters }, cancellation);
        counts.Out += outbox.Sent;
        counts.Add(result.Counts);
        hooks.Call(HookPhase.Sent, count: outbox.Sent);
    }

    private Report RawReport(in CollectedMessage one)
    {
        var report = new Report(context.Fields);
        if (!one.Text.IsEmpty)
        {
            report.SetRaw(one.Text.Span);
            Complete(report);
        }

        return report;
    }

    private void Send(Message message, Guid id, InvocationCounts counts)
    {
        if (message.Count == 0)
        {
            counts.Dropped++;
            context.Log.LogWarning("{Bot}: the message {MessageId} is empty and is not sent on.", settings.BotId, id);
            return;
        }

        if (message.Meta.Id == Guid.Empty)
        {
            message.Meta.Id = id;
        }

        message.Meta.Path = [.. message.Meta.Path, settings.BotId];
        message.Meta.TraceParent ??= outbox.TraceParent;
        if (hooks.Call(HookPhase.Sending, message, Paths.Default) is not { } call)
        {
            outbox.SendAsIs(message);
        }
        else if (call is { Cancel: false, Message: { } changed })
        {
            outbox.SendAsIs(changed, call.Path ?? Paths.Default);
        }
    }

    // Between our own bots the payload of an envelope is taken on trust; a foreign queue may hold anything.
    private static Message Checked(Message message)
    {
        if (message.Meta.ClaimCheck is not null || message.Meta.Position is not null)
        {
            throw new InvalidRecordException("The raw data of the message lies in the store of another installation, which cannot be read from here. Exchange messages in IntelMQ's form, with their raw data in them.");
        }

        foreach (var slot in message.Slots.ToArray())
        {
            if (!slot.Field.IsExtra)
            {
                message.Add(slot.Field, slot.Value.Materialise(), AddOptions.Overwrite | AddOptions.AsIs);
            }
        }

        return message;
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
