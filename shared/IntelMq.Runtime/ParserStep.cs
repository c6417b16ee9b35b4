// The invocation of a parser.
using IntelMq.Bots;
using IntelMq.DataFormat;
using Microsoft.Extensions.Logging;

namespace IntelMq.Runtime;

/// <summary>
/// Parses reports record by record. One bad record never hurts its neighbours: it becomes a dead letter that can be parsed again.
/// A report that is larger than the budget goes on in a later invocation, where this one stopped.
/// </summary>
internal sealed class ParserStep : IInvocationStep
{
    private readonly ParserBot _parser;
    private readonly BotSettings _settings;
    private readonly BotContext _context;
    private readonly IClaimCheckStore _claims;
    private readonly FrameOutbox _outbox;
    private readonly FailedMessages _failed;
    private readonly HookRunner _hooks;
    private readonly IReadOnlyList<Message.Slot> _defaults;
    private readonly FrameWriter _rest;

    // Each in a frame of its own: that is what lets them run beside each other.
    private readonly FrameWriter _slices = new(1);
    private FrameOutbox.OutboxMark? _beforeRecord;

    public ParserStep(
        ParserBot parser, BotSettings settings, BotContext context, IClaimCheckStore claims, FrameOutbox outbox, FailedMessages failed, HookRunner hooks)
    {
        (_parser, _settings, _context, _claims, _outbox, _failed, _hooks) = (parser, settings, context, claims, outbox, failed, hooks);
        _defaults = DefaultFields.Check((ParserParameters)parser.CommonParameters, context.Fields);
        _rest = new FrameWriter(int.MaxValue);
    }

    public async Task RunAsync(IReadOnlyList<TakenMessage> taken, InvocationResult result, CancellationToken cancellation)
    {
        _rest.Clear();
        _slices.Clear();
        foreach (var item in taken)
        {
            if (result.StopReason is not null)
            {
                return;
            }

            if (_outbox.Bytes >= _settings.ParserBudget)
            {
                // The budget is used up: the untouched rest goes back to the queue.
                _rest.AddLine(item.Line);
                result.Counts.In--;
                continue;
            }

            var (before, sliced) = (_outbox.Here(), _slices.Here);
            var deadBefore = (result.DeadLetters.Count, result.Counts.DeadLettered);
            try
            {
                await ParseReportAsync(item, result, cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                throw;
            }
#pragma warning disable CA1031 // Whatever one report does to the parser, the others go on.
            catch (Exception error)
#pragma warning restore CA1031
            {
                // The report as a whole failed: it comes again or becomes a dead letter, so nothing of this attempt may stay.
                _outbox.GoBack(before);
                _slices.GoBack(sliced);
                result.DeadLetters.RemoveRange(deadBefore.Count, result.DeadLetters.Count - deadBefore.Count);
                result.Counts.DeadLettered = deadBefore.DeadLettered;
                await FailAsync(item, result, error, cancellation);
            }
        }

        foreach (var (bytes, messages) in _rest.Frames().Concat(_slices.Frames()))
        {
            result.Continuations.Add(new OutgoingFrame(_settings.SourceQueue!, bytes, messages));
        }
    }

    private async Task ParseReportAsync(TakenMessage item, InvocationResult result, CancellationToken cancellation)
    {
        var report = item.Message as Report ?? (item.Message is Event source ? Report.From(source) : throw new InvalidRecordException("This is no report."));
        report.Meta = item.Message.Meta;
        if (_hooks.Call(HookPhase.BeforeProcess, report) is { } call)
        {
            if (call.Cancel)
            {
                result.Counts.Dropped++;
                return;
            }

            report = call.Message as Report ?? report;
        }

        var claim = report.Meta.ClaimCheck;
        var carried = claim is null ? RawData.Open(report[Fields.Raw]) : null;
        if (claim is null && carried is null)
        {
            _context.Log.LogWarning("{Bot}: the report {MessageId} has no raw data; nothing to parse.", _settings.BotId, report.Meta.Id);
            result.Counts.Dropped++;
            return;
        }

        var raw = carried ?? await _claims.OpenReadAsync(claim!, cancellation);
        report.Remove(Fields.Raw);
        var stored = report.Meta.Position;
        var position = stored is null ? RecordPosition.Start : new RecordPosition(stored.Offset, stored.Index, stored.State);
        await using var parsing = await _parser.OpenAsync(report, raw, position, cancellation);
        if (claim is not null && stored?.Until is null && _parser.CanSlice && _settings.SliceLength is { } slice && claim.Length - position.Offset > slice)
        {
            await SliceAsync(item, parsing, position, slice, cancellation);
            result.Counts.In--;
            return;
        }

        var begun = _context.Clock.GetTimestamp();
        for (var records = 1; await parsing.MoveNextAsync(cancellation); records++)
        {
            cancellation.ThrowIfCancellationRequested();
            ParseRecord(parsing, report, result);
            if (stored?.Until is { } until && until <= parsing.Next.Offset)
            {
                break;
            }

            if (_outbox.Bytes >= _settings.ParserBudget || (records % RecordsPerLook == 0 && _context.Clock.GetElapsedTime(begun) >= _settings.ParserTime))
            {
                _rest.Add(Original(item), At(item, parsing.Next, stored?.Until));
                result.Counts.In--;
                return;
            }
        }

        if (claim is not null)
        {
            result.ReleasedClaims.Add(claim.Address);
        }

        _hooks.Call(HookPhase.AfterProcess, report);
    }

    private void ParseRecord(Parsing parsing, Report report, InvocationResult result)
    {
        var before = _beforeRecord = _outbox.Here(_beforeRecord);
        try
        {
            var nth = 0L;
            foreach (var made in parsing.Parse())
            {
                DefaultFields.Complete(made, _defaults);
                var completed = made;
                if (_hooks.Call(HookPhase.EventValidating, made) is { } call)
                {
                    if (call.Cancel)
                    {
                        continue;
                    }

                    completed = call.Message as Event ?? made;
                }

                // The ordinal is the record's index, never a count of successes; further events of a record count above it.
                _outbox.SendDerived(completed, report.Meta, parsing.Index + (nth++ << 40), Paths.Default);
            }
        }
#pragma warning disable CA1031 // Whatever one record does to the parser, the others go on.
        catch (Exception error) when (error is not (BotConfigurationException or TransientException))
#pragma warning restore CA1031
        {
            _outbox.GoBack(before);
            var recovered = (Report)report.Clone();
            recovered.SetRaw(parsing.Recover());
            _failed.FailedRecord(result, report, recovered, parsing.Index, error);
        }
    }

    // Looking at the clock costs about as much as a short record.
    private const int RecordsPerLook = 64;

    // Only the record boundaries are looked for; what a record means is for whoever gets the slice.
    private async Task SliceAsync(TakenMessage item, Parsing parsing, RecordPosition start, long length, CancellationToken cancellation)
    {
        while (await parsing.MoveNextAsync(cancellation))
        {
            var next = parsing.Next;
            if (next.Offset - start.Offset >= length)
            {
                _slices.Add(Original(item), At(item, start, next.Offset));
                start = next;
            }
        }

        // The last one has no end: what is left of the report is less than a slice.
        _slices.Add(Original(item), At(item, start, long.MaxValue));
    }

    private static MessageMeta At(TakenMessage item, RecordPosition position, long? until)
    {
        var meta = item.Message.Meta.Clone();
        meta.Position = new ReportPosition(position.Offset, position.Index, position.State, until);
        return meta;
    }

    // The report as it came: the parsing took its raw data away.
    private Message Original(TakenMessage item) => new EnvelopeReader(_context.Fields).Read(item.Delivery.Buffer, item.Start, item.Length, MessageKinds.Report);

    private async Task FailAsync(TakenMessage item, InvocationResult result, Exception error, CancellationToken cancellation)
    {
        var letters = result.DeadLetters.Count;
        _failed.Failed(result, item.Delivery, item.Line, item.Message, error);
        if (result.DeadLetters.Count > letters && item.Message.Meta.ClaimCheck is { } claim)
        {
            // A dead letter outlives the claim check: it keeps a copy of its own, up to the size of a whole record.
            result.DeadLetters[^1] = await WithRawAsync(result.DeadLetters[^1], item, claim, cancellation);
            if (claim.Length <= WholeReportLimit)
            {
                result.ReleasedClaims.Add(claim.Address);
            }
        }
    }

    /// <summary>A report up to this size is copied into its dead letter; a larger one keeps its claim check.</summary>
    private const int WholeReportLimit = 16 * 1024 * 1024;

    private async Task<DeadLetter> WithRawAsync(DeadLetter letter, TakenMessage item, ClaimCheck claim, CancellationToken cancellation)
    {
        if (claim.Length > WholeReportLimit)
        {
            return letter;
        }

        try
        {
            await using var stream = await _claims.OpenReadAsync(claim, cancellation);
            var bytes = new byte[claim.Length];
            await stream.ReadExactlyAsync(bytes, cancellation);
            var whole = new EnvelopeReader(_context.Fields).Read(item.Delivery.Buffer, item.Start, item.Length, MessageKinds.Report);
            var meta = whole.Meta.Clone();
            meta.ClaimCheck = null;
            whole.Meta = meta;
            ((Report)whole).SetRaw(bytes);
            return letter with { Message = EnvelopeWriter.ToText(whole) };
        }
        catch (Exception error) when (error is InvalidRecordException or IOException)
        {
            return letter;
        }
    }
}
