// Tells over HTTP what waits and what failed.
using System.Text.Json.Nodes;

namespace IntelMq.Runtime;

/// <summary>The state of the app as a whole, for people and monitors: messages that wait, in queues and outside them, and how many failed for good.</summary>
internal sealed class StatusFunction(QueueLook look, FunctionServices services)
{
    public async Task<FunctionAnswer> CallAsync(FunctionCall call, CancellationToken cancellation)
    {
        var seen = await look.LookAsync(cancellation);
        var queues = new JsonObject();
        foreach (var (queue, depth) in seen.Depths.OrderBy(item => item.Queue, StringComparer.Ordinal))
        {
            queues[queue] = depth.Frames;
        }

        var parked = new JsonObject();
        foreach (var (queue, messages) in seen.Parked.OrderBy(item => item.Key, StringComparer.Ordinal))
        {
            parked[queue] = messages;
        }

        var status = new JsonObject { ["queues"] = queues, ["parked"] = parked, ["dead_letters"] = await services.DeadLetters.CountAsync(cancellation) };
        return new FunctionAnswer { Http = status.ToJsonString() };
    }
}
