// What goes from one fused bot to the next without a queue.
using System.Globalization;
using System.Runtime.InteropServices;

namespace IntelMq.Runtime;

/// <summary>
/// Fusing is a shortcut: the frames that a bot sends to the queue of the bot behind it are not queued but handed over within the same invocation. What
/// cannot be handed over stays among the result's frames and is queued as if the bots were not fused.
/// </summary>
public static class Handover
{
    /// <summary>
    /// The frames of a result for a queue, as deliveries of the next bot; none where nothing was sent to it. They stay in the result, and are valid as
    /// long as its frames are.
    /// </summary>
    /// <param name="result">What came of the bot before.</param>
    /// <param name="queue">The source queue of the next bot.</param>
    /// <param name="origin">The transport id of the first delivery of the chain: the same when it is repeated.</param>
    public static Delivery[] Deliveries(InvocationResult result, string queue, string origin)
    {
        var deliveries = new List<Delivery>();
        foreach (var frame in result.Frames)
        {
            if (frame.Queue != queue)
            {
                continue;
            }

            var id = string.Create(CultureInfo.InvariantCulture, $"{origin}>{queue}>{deliveries.Count}");
            deliveries.Add(MemoryMarshal.TryGetArray(frame.Bytes, out var bytes)
                ? new Delivery(id, bytes.Array!, bytes.Count) { Start = bytes.Offset }
                : new Delivery(id, frame.Bytes.ToArray(), frame.Bytes.Length));
        }

        return [.. deliveries];
    }

    /// <summary>Takes the frames for a queue out of a result: the next bot has done its work with them.</summary>
    public static void Done(InvocationResult result, string queue) => result.Frames.RemoveAll(frame => frame.Queue == queue);
}
