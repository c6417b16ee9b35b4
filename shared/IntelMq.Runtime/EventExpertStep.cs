// The invocation of an expert that looks at one event at a time.
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Runtime;

/// <summary>Gives the expert its events one by one; a failing one takes nothing with it.</summary>
internal sealed class EventExpertStep(EventExpertBot expert, FrameOutbox outbox, FailedMessages failed, HookRunner hooks) : IInvocationStep
{
    public Task RunAsync(IReadOnlyList<TakenMessage> taken, InvocationResult result, CancellationToken cancellation)
    {
        FrameOutbox.OutboxMark? before = null;
        foreach (var item in taken)
        {
            if (result.StopReason is not null)
            {
                break;
            }

            before = outbox.Here(before);
            try
            {
                Handle(item);
                if (outbox.Sent == before.Sent)
                {
                    result.Counts.Dropped++;
                }
            }
#pragma warning disable CA1031 // Whatever one event does to the bot, the others go on.
            catch (Exception error)
#pragma warning restore CA1031
            {
                outbox.GoBack(before);
                failed.Failed(result, item.Delivery, item.Line, item.Message, error);
            }
        }

        return Task.CompletedTask;
    }

    private void Handle(TakenMessage item)
    {
        var input = item.Message as Event ?? throw new InvalidRecordException("The bot takes events, and this is a report. Does its source queue get reports from a collector?");
        if (hooks.Call(HookPhase.BeforeProcess, input, outbox: outbox) is { } call)
        {
            if (call.Cancel)
            {
                return;
            }

            input = call.Message as Event ?? input;
        }

        expert.Process(input, outbox);
        hooks.Call(HookPhase.AfterProcess, input);
    }
}
