// A look at all queues of an app: what lies in them, and what waits outside them.
using IntelMq.Pipeline;
using Microsoft.Extensions.Logging;

namespace IntelMq.Runtime;

/// <summary>Looks at all queues of an app. What one broker does not tell hides nothing of what the others do.</summary>
internal sealed class QueueLook(CompiledApp app, FunctionServices services, ILogger log)
{
    /// <summary>Whether any broker tells anything.</summary>
    public bool IsPossible => services.Depths?.Value is { Count: > 0 };

    /// <summary>What lies in the queues whose brokers tell it, and the messages that are parked.</summary>
    /// <exception cref="OperationCanceledException">It was stopped; every other failure is logged, and what could be seen is told.</exception>
    public async Task<SeenQueues> LookAsync(CancellationToken cancellation)
    {
        var depths = new List<(string Queue, QueueDepth Depth)>();
        IReadOnlyDictionary<string, long> parked = new Dictionary<string, long>();
        foreach (var looker in services.Depths?.Value ?? [])
        {
            await TryAsync(async () =>
            {
                var seen = new List<(string, QueueDepth)>();
                foreach (var queue in app.Queues.Where(queue => queue.Transport == looker.Transport))
                {
                    if (await looker.LookAsync(queue.Entity, cancellation) is { } depth)
                    {
                        seen.Add((queue.Name, depth));
                    }
                }

                depths.AddRange(seen);
            });
        }

        await TryAsync(async () => parked = (await services.Parked.CountAsync(cancellation)).ToDictionary());
        return new SeenQueues(depths, parked);

        async Task TryAsync(Func<Task> look)
        {
            try
            {
                await look();
            }
#pragma warning disable CA1031 // Whatever keeps the queues from being seen, the app goes on.
            catch (Exception error) when (error is not OperationCanceledException || !cancellation.IsCancellationRequested)
#pragma warning restore CA1031
            {
                log.LogWarning("The queues cannot be looked at, so their depth is not reported: {Error}", error.Message);
            }
        }
    }
}

/// <summary>What was seen.</summary>
/// <param name="Depths">The queues whose brokers tell, by their names in the pipeline.</param>
/// <param name="Parked">Messages that are parked, by queue.</param>
internal sealed record SeenQueues(IReadOnlyList<(string Queue, QueueDepth Depth)> Depths, IReadOnlyDictionary<string, long> Parked)
{
    /// <summary>Nothing seen yet.</summary>
    public static SeenQueues None { get; } = new([], new Dictionary<string, long>());
}
