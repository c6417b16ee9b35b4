// Wakes a loop.
namespace IntelMq.FunctionsHost.Running;

/// <summary>A signal for one waiting loop. Signals that come while the loop works are one signal.</summary>
internal sealed class Pulse : IDisposable
{
    private readonly SemaphoreSlim _signal = new(0);
    private int _pending;

    /// <summary>Whether a signal came that the loop has not taken yet.</summary>
    public bool IsPending => Volatile.Read(ref _pending) != 0;

    /// <summary>Signals.</summary>
    public void Set()
    {
        if (Interlocked.Exchange(ref _pending, 1) == 0)
        {
            _signal.Release();
        }
    }

    /// <summary>Waits for a signal, at most for a time.</summary>
    public async Task WaitAsync(TimeSpan most, TimeProvider clock, CancellationToken cancellation)
    {
        if (most == Timeout.InfiniteTimeSpan)
        {
            await _signal.WaitAsync(cancellation);
            return;
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var signal = _signal.WaitAsync(ended.Token);
        var timer = Task.Delay(most < TimeSpan.Zero ? TimeSpan.Zero : most, clock, ended.Token);
        var first = await Task.WhenAny(signal, timer);
        await ended.CancelAsync();
        if (first == timer)
        {
            try
            {
                // The signal may have come at the same moment; then it is taken.
                await signal;
            }
            catch (OperationCanceledException)
            {
                cancellation.ThrowIfCancellationRequested();
                return;
            }
        }

        await first;
    }

    /// <summary>Takes the signal. Called by the loop before it looks for work.</summary>
    public void Take()
    {
        // In this order: a signal that comes between the two is seen as work by the loop, which looks next.
        _signal.Wait(0);
        Volatile.Write(ref _pending, 0);
    }

    /// <inheritdoc/>
    public void Dispose() => _signal.Dispose();
}
