// The invocation of a bot that looks at the events of a frame together: batch experts and outputs.
using IntelMq.Bots;
using IntelMq.DataFormat;
using Polly;
using Polly.Retry;

namespace IntelMq.Runtime;

/// <summary>
/// Gives the bot all events at once. A transient failure is tried again within five seconds, with the events as they came; after that they are parked.
/// </summary>
internal sealed class BatchStep : IInvocationStep
{
    private readonly Func<EventBatch, IOutbox, CancellationToken, ValueTask> _process;
    private readonly FrameOutbox _outbox;
    private readonly FailedMessages _failed;
    private readonly EnvelopeReader _reader;
    private readonly HookRunner _hooks;
    private readonly ResiliencePipeline _retries;
    private readonly bool _isOutput;
    private readonly Receipts? _receipts;

    public BatchStep(
        Func<EventBatch, IOutbox, CancellationToken, ValueTask> process, bool isOutput, BotContext context, FrameOutbox outbox, FailedMessages failed, EnvelopeReader reader, HookRunner hooks, Receipts? receipts = null)
    {
        _receipts = receipts;
        (_process, _isOutput, _outbox, _failed, _reader, _hooks) = (process, isOutput, outbox, failed, reader, hooks);

        // 0.2 + 0.4 + 0.8 + 1.6 = 3 seconds of waiting: below the five that an invocation may spend on it.
        _retries = new ResiliencePipelineBuilder { TimeProvider = context.Clock }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<TransientException>(error => error.RetryAfter is null),
                BackoffType = DelayBackoffType.Exponential,
                Delay = TimeSpan.FromMilliseconds(200),
                MaxRetryAttempts = 4,
            })
            .Build();
    }

    public async Task RunAsync(IReadOnlyList<TakenMessage> taken, InvocationResult result, CancellationToken cancellation)
    {
        var items = new List<TakenMessage>(taken.Count);
        foreach (var item in taken)
        {
            Accept(item, items, result);
        }

        if (items.Count == 0 || result.StopReason is not null)
        {
            return;
        }

        var before = _outbox.Here();
        try
        {
            if (_receipts is not null)
            {
                var all = items.Count;
                items = await _receipts.WithoutWrittenAsync(items, cancellation);
                result.Counts.Dropped += all - items.Count;
                if (items.Count == 0)
                {
                    return;
                }
            }

            var first = true;
            var batch = await _retries.ExecuteAsync(
                async token =>
                {
                    var fresh = BatchOf(items, again: !first);
                    result.Counts.Retries += first ? 0 : 1;
                    first = false;
                    _outbox.GoBack(before);
                    await _process(fresh, _outbox, token);
                    return fresh;
                },
                cancellation);
            if (_receipts is not null)
            {
                await _receipts.WrittenAsync(items.Where((_, i) => !batch.Failures.ContainsKey(batch.Events[i])), cancellation);
            }

            Sort(items, batch, result);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // Everything the bot throws is one of the four outcomes.
        catch (Exception error)
#pragma warning restore CA1031
        {
            _outbox.GoBack(before);
            foreach (var item in items)
            {
                _failed.Failed(result, item.Delivery, item.Line, item.Message, error);
            }
        }
    }

    private EventBatch BatchOf(List<TakenMessage> items, bool again)
    {
        var events = new Event[items.Count];
        for (var i = 0; i < events.Length; i++)
        {
            events[i] = again ? Again(items[i]) : (Event)items[i].Message;
        }

        return new EventBatch($"{events[0].Meta.Id}-{events[^1].Meta.Id}-{events.Length}", events);
    }

    // An attempt may have changed the events: the next one starts from what came.
    private Event Again(TakenMessage item)
    {
        var again = (Event)_reader.Read(item.Delivery.Buffer, item.Start, item.Length, MessageKinds.Event);
        again.Meta.Id = item.Message.Meta.Id;
        return again;
    }

    private void Accept(TakenMessage item, List<TakenMessage> items, InvocationResult result)
    {
        if (item.Message is not Event input)
        {
            _failed.Failed(result, item.Delivery, item.Line, item.Message, new InvalidRecordException("The bot takes events, and this is a report. Does its source queue get reports from a collector?"));
            return;
        }

        try
        {
            if (_hooks.Call(HookPhase.BeforeProcess, input, outbox: _outbox) is { } call)
            {
                if (call.Cancel)
                {
                    result.Counts.Dropped++;
                    return;
                }

                item = item with { Message = call.Message as Event ?? input };
            }

            items.Add(item);
        }
#pragma warning disable CA1031 // A transforming hook's error is the message's error.
        catch (Exception error)
#pragma warning restore CA1031
        {
            _failed.Failed(result, item.Delivery, item.Line, item.Message, error);
        }
    }

    private void Sort(List<TakenMessage> items, EventBatch batch, InvocationResult result)
    {
        for (var i = 0; i < items.Count; i++)
        {
            var handled = batch.Events[i];
            if (batch.Failures.TryGetValue(handled, out var error))
            {
                _failed.Failed(result, items[i].Delivery, items[i].Line, items[i].Message, error);
                continue;
            }

            if (_isOutput)
            {
                // What an output sends goes to its sink and not to a queue.
                result.Counts.Out++;
            }
            else if (handled.Meta.Derived == 0)
            {
                result.Counts.Dropped++;
            }

            _hooks.Call(HookPhase.AfterProcess, handled);
        }
    }
}
