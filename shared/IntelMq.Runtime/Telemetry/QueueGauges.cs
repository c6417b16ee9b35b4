// How full the queues are, for whoever listens.
using System.Diagnostics.Metrics;
using IntelMq.Pipeline;
using Microsoft.Extensions.Logging;

namespace IntelMq.Runtime;

/// <summary>
/// The depth and age of queues and what is parked for them. Queues are looked at only when somebody asks, at most every <see cref="Interval"/>, and
/// beside the asking: the first answer is empty. Every instance of an app sees the same queues: take the maximum over instances, not the sum.
/// </summary>
internal sealed class QueueGauges : IDisposable
{
    /// <summary>A look is good for so long.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly Meter _meter = new(Telemetry.Name);
    private readonly CompiledApp _app;
    private readonly FunctionServices _services;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _ending = new();
    private readonly CancellationToken _ended;
    private readonly Lock _gate = new();
    private Seen _seen = new([], new Dictionary<string, long>());
    private long? _looked;
    private Task _looking = Task.CompletedTask;
    private bool _hasEnded;

    public QueueGauges(CompiledApp app, FunctionServices services)
    {
        (_app, _services, _ended) = (app, services, _ending.Token);
        _log = services.Logs.CreateLogger(Telemetry.Name);
        _meter.CreateObservableGauge(
            "intelmq.queue.depth", () => Look().Depths.Select(item => Of(item.Queue, item.Depth.Frames)), "{frame}", "Messages of the broker in a queue, each a frame of many events.");
        _meter.CreateObservableGauge("intelmq.queue.age", Ages, "s", "How long the oldest message of a queue waits; 0 for an empty queue.");
        _meter.CreateObservableGauge(
            "intelmq.queue.parked", () => Look().Parked.Select(item => Of(item.Key, item.Value)), "{message}", "Messages that wait outside a queue for another attempt.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_hasEnded)
        {
            return;
        }

        _hasEnded = true;
        _meter.Dispose();
        _ending.Cancel();
        _ending.Dispose();
    }

    private IEnumerable<Measurement<double>> Ages()
    {
        var now = _services.Clock.GetUtcNow();
        return Look().Depths.Where(item => item.Depth.Frames == 0 || item.Depth.Oldest is not null)
            .Select(item => Of(item.Queue, item.Depth.Oldest is { } oldest ? Math.Max(0, (now - oldest).TotalSeconds) : 0.0));
    }

    private static Measurement<T> Of<T>(string queue, T value)
        where T : struct => new(value, new KeyValuePair<string, object?>("intelmq.queue", queue));

    // What was seen last; looks again beside the caller where that is too old.
    private Seen Look()
    {
        lock (_gate)
        {
            var isOld = _looked is not { } looked || _services.Clock.GetElapsedTime(looked) >= Interval;
            if (isOld && _looking.IsCompleted)
            {
                _looked = _services.Clock.GetTimestamp();
                _looking = Task.Run(() => LookAsync(_ended));
            }

            return _seen;
        }
    }

    private async Task LookAsync(CancellationToken cancellation)
    {
        var depths = new List<(string Queue, QueueDepth Depth)>();
        var parked = new Dictionary<string, long>();
        try
        {
            foreach (var looker in _services.Depths?.Value ?? [])
            {
                await TryAsync(async () =>
                {
                    var seen = new List<(string, QueueDepth)>();
                    foreach (var queue in _app.Queues.Where(queue => queue.Transport == looker.Transport))
                    {
                        if (await looker.LookAsync(queue.Entity, cancellation) is { } depth)
                        {
                            seen.Add((queue.Name, depth));
                        }
                    }

                    depths.AddRange(seen);
                });
            }

            await TryAsync(async () => parked = (await _services.Parked.CountAsync(cancellation)).ToDictionary());
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The app ends.
            return;
        }

        lock (_gate)
        {
            _seen = new Seen(depths, parked);
        }

        // What one broker does not tell must not hide what the others do.
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
                _log.LogWarning("The queues cannot be looked at, so their depth is not reported: {Error}", error.Message);
            }
        }
    }

    private sealed record Seen(IReadOnlyList<(string Queue, QueueDepth Depth)> Depths, IReadOnlyDictionary<string, long> Parked);
}
