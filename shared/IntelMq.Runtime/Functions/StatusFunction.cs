// Tells over HTTP what waits and what failed.
using System.Text.Json.Nodes;

namespace IntelMq.Runtime;

/// <summary>The state of the app as a whole, for people and monitors: messages that wait, and how many failed for good.</summary>
internal sealed class StatusFunction(FunctionServices services)
{
    public async Task<FunctionAnswer> CallAsync(FunctionCall call, CancellationToken cancellation)
    {
        var parked = new JsonObject();
        foreach (var (queue, messages) in (await services.Parked.CountAsync(cancellation)).OrderBy(item => item.Key, StringComparer.Ordinal))
        {
            parked[queue] = messages;
        }

        var status = new JsonObject { ["parked"] = parked, ["dead_letters"] = await services.DeadLetters.CountAsync(cancellation) };
        return new FunctionAnswer { Http = status.ToJsonString() };
    }
}
