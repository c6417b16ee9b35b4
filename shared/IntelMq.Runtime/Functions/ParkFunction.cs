// Sends parked frames when they are due, and makes dead letters of what a broker gave up.
using IntelMq.DataFormat;
using IntelMq.Pipeline;
using Microsoft.Extensions.Logging;

namespace IntelMq.Runtime;

/// <summary>
/// Sends the entries of the park store that are due. An entry stays until the bot that gets it has succeeded; if that does not happen within
/// <see cref="Lease"/>, it is sent again. It runs all the time, so it also tells how full the queues are.
/// </summary>
internal sealed class ParkFunction(CompiledFunction function, FrameTexts texts, FunctionServices services, QueueReport report)
{
    /// <summary>How long an entry that was sent may be under way before it is sent again.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(15);

    private const int MostEntries = 64;

    public async Task<FunctionAnswer> CallAsync(CancellationToken cancellation)
    {
        var answer = new FunctionAnswer();
        var now = services.Clock.GetUtcNow();
        await report.TellAsync(cancellation);
        foreach (var entry in await services.Parked.TakeDueAsync(now, now + Lease, MostEntries, cancellation))
        {
            if (!function.Outputs.TryGetValue(entry.Queue, out var binding))
            {
                services.Logs.CreateLogger(function.Name).LogError(
                    "{Messages} parked messages are for the queue '{Queue}', which the pipeline no longer has. They stay parked.", entry.Messages, entry.Queue);
                continue;
            }

            var header = new FrameHeader { Parked = entry.Id, Attempt = entry.Attempt, FirstTried = entry.FirstTried };
            await texts.SendAsync(answer, binding, entry.Queue, entry.Frame, header, key: null, cancellation);
        }

        return answer;
    }
}

/// <summary>
/// Reads the poison queue of a bot. A frame on which the process ends again and again becomes dead letters; one that only suffered with others is sent again.
/// </summary>
internal sealed class PoisonFunction(CompiledFunction function, BotSettings settings, FunctionServices services, Suspects suspects)
{
    // A frame that is given up so often is not innocent, whatever the notes say.
    private const int MostReturns = 3;

    public async Task<FunctionAnswer> CallAsync(FunctionCall call, CancellationToken cancellation)
    {
        var answer = new FunctionAnswer();
        foreach (var text in call.Messages)
        {
            await HandleAsync(text, answer, cancellation);
        }

        return answer;
    }

    private async Task HandleAsync(ReceivedText text, FunctionAnswer answer, CancellationToken cancellation)
    {
        FrameHeader header;
        ReadOnlyMemory<byte> frame;
        string error;
        try
        {
            (header, var buffer, var length) = FrameText.Read(text.Text.Span);
            frame = buffer.AsMemory(0, length);
            if (header.Returned < MostReturns && !await suspects.IsGuiltyAsync(text.Text, cancellation)
                && settings.SourceQueue is { } queue && function.Outputs.TryGetValue(queue, out var binding))
            {
                // As it was, but for the header: what fitted once fits again.
                var again = header with { Returned = header.Returned + 1 };
                foreach (var piece in header.Claim is null ? FrameText.Write(frame, int.MaxValue, compress: text.Text.Span[0] != (byte)'{', again) : [new FramePiece(FrameText.WriteHeader(again), frame, 0)])
                {
                    answer.Add(binding, piece.Text!);
                }

                return;
            }

            error = header.Returned >= MostReturns ? $"The broker gave this frame up {header.Returned + 1} times: no invocation of the bot came to an end." : Suspects.Sentence;
        }
        catch (DataFormatException unreadable)
        {
            (header, frame, error) = (new FrameHeader(), text.Text, unreadable.Message);
        }

        var letters = FailedFrame.Letters(settings, services.Clock, header.Parked ?? text.Id, header.Claim is null ? frame : text.Text, error);
        await services.DeadLetters.AddAsync(letters, cancellation);
        var counts = new InvocationCounts { DeadLettered = letters.Count };
        answer.Counts.Add(counts);
        InvocationMetrics.Count(settings, counts);
        services.Logs.CreateLogger(settings.BotId).LogWarning("{Bot}: a frame of {Messages} messages became dead letters: {Error}", settings.BotId, letters.Count, error);
        if (header.Parked is { } parked)
        {
            await services.Parked.RemoveAsync(parked, cancellation);
        }
    }
}
