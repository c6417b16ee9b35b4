// Tells in the log how full the queues are, for alerts where only logs are looked at.
using Microsoft.Extensions.Logging;

namespace IntelMq.Runtime;

/// <summary>Writes a line for each queue that holds anything, and one for all, every <see cref="Minutes"/> minutes of the clock.</summary>
internal sealed class QueueReport(QueueLook look, FunctionServices services, ILogger log)
{
    /// <summary>How often. By the clock, since instances come and go.</summary>
    public const int Minutes = 5;

    // Whoever calls does it more often than that.
    private const int Seconds = 15;

    /// <summary>Tells, where it is time to.</summary>
    public async Task TellAsync(CancellationToken cancellation)
    {
        var now = services.Clock.GetUtcNow();
        if (now.Minute % Minutes != 0 || now.Second >= Seconds || !look.IsPossible)
        {
            return;
        }

        var seen = await look.LookAsync(cancellation);
        foreach (var (queue, depth) in seen.Depths)
        {
            var parked = seen.Parked.GetValueOrDefault(queue);
            if (depth.Oldest is { } oldest)
            {
                log.LogInformation("{Queue}: {Depth} frames wait, the first for {Age} s; {Parked} messages are parked.", queue, depth.Frames, Math.Max(0, (long)(now - oldest).TotalSeconds), parked);
            }
            else if (depth.Frames > 0 || parked > 0)
            {
                log.LogInformation("{Queue}: {Depth} frames wait; {Parked} messages are parked.", queue, depth.Frames, parked);
            }
        }

        log.LogInformation("{Waiting} frames wait in {Queues} queues.", seen.Depths.Sum(item => item.Depth.Frames), seen.Depths.Count);
    }
}
