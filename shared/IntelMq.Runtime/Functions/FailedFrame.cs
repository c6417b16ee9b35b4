// Makes dead letters of a frame that failed as a whole.
using System.Text;
using IntelMq.DataFormat;

namespace IntelMq.Runtime;

/// <summary>A frame that cannot be read, or on which the process ends.</summary>
internal static class FailedFrame
{
    /// <summary>A dead letter for each message of the frame; for what is no frame, one with the text as it came.</summary>
    public static IReadOnlyList<DeadLetter> Letters(BotSettings settings, TimeProvider clock, string transportId, ReadOnlyMemory<byte> frame, string error)
    {
        var letters = new List<DeadLetter>();
        var (start, index) = (0, 0);
        for (; Frame.NextLine(frame.Span, ref start, out var length); start += length + 1, index++)
        {
            var id = MessageId.Foreign(settings.Instance, settings.SourceQueue ?? "", transportId, index);
            letters.Add(new DeadLetter(
                MessageId.Derived(settings.Instance, id, settings.BotId, "_dead_letter", 0),
                settings.BotId,
                settings.SourceQueue ?? "",
                clock.GetUtcNow(),
                error,
                null,
                settings.ParametersVersion,
                Encoding.UTF8.GetString(frame.Span.Slice(start, length))));
        }

        return letters;
    }
}
