// How full the queues are, for whoever listens.
using System.Diagnostics.Metrics;

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
    private readonly FunctionServices _services;
    private readonly QueueLook _look;
    private readonly CancellationTokenSource _ending = new();
    private readonly CancellationToken _ended;
    private readonly Lock _gate = new();
    private SeenQueues _seen = SeenQueues.None;
    private long? _looked;
    private Task _looking = Task.CompletedTask;
    private bool _hasEnded;

    public QueueGauges(QueueLook look, FunctionServices services)
    {
        (_look, _services, _ended) = (look, services, _ending.Token);
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
    private SeenQueues Look()
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
        try
        {
            var seen = await _look.LookAsync(cancellation);
            lock (_gate)
            {
                _seen = seen;
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The app ends.
        }
    }
}
