// How long a storage call tries again by itself.
using Azure.Core;
using Azure.Core.Pipeline;

namespace IntelMq.Azure;

/// <summary>
/// Tries a call again while its time is not up. A service that wants to be left alone for longer than that is not asked again: its messages are
/// parked, which costs nothing, whereas a function that waits is paid for.
/// </summary>
internal sealed class BoundedRetries(TimeProvider clock, TimeSpan budget, TimeSpan firstPause)
    : RetryPolicy(maxRetries: 10, DelayStrategy.CreateExponentialDelayStrategy(firstPause, s_longestPause))
{
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(2);

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        message.SetProperty(typeof(BoundedRetries), clock.GetTimestamp());
        base.Process(message, pipeline);
    }

    public override ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        message.SetProperty(typeof(BoundedRetries), clock.GetTimestamp());
        return base.ProcessAsync(message, pipeline);
    }

    protected override bool ShouldRetry(HttpMessage message, Exception? exception) => InTime(message) && base.ShouldRetry(message, exception);

    protected override ValueTask<bool> ShouldRetryAsync(HttpMessage message, Exception? exception) =>
        InTime(message) ? base.ShouldRetryAsync(message, exception) : ValueTask.FromResult(false);

    private bool InTime(HttpMessage message)
    {
        var started = message.TryGetProperty(typeof(BoundedRetries), out var value) ? (long)value! : clock.GetTimestamp();
        var pause = TimeSpan.FromTicks(Math.Min(firstPause.Ticks << Math.Min(message.ProcessingContext.RetryNumber, 16), s_longestPause.Ticks));
        if (message.HasResponse && StorageFailure.RetryAfter(message.Response) is { } wanted && wanted > pause)
        {
            pause = wanted;
        }

        return clock.GetElapsedTime(started) + pause <= budget;
    }
}
