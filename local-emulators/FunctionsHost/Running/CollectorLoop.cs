// The loop that runs a collector at its times.
using System.Diagnostics;
using System.Globalization;
using IntelMq.Bots;
using IntelMq.DataFormat;
using IntelMq.FunctionsHost.Embedded;
using IntelMq.Runtime;
using Microsoft.Extensions.Logging;

namespace IntelMq.FunctionsHost.Running;

/// <summary>Runs a collector: once, or at the instants of its schedule. A run that was interrupted is completed first.</summary>
internal sealed class CollectorLoop(BotRunner runner, EmbeddedStore store, TimeProvider clock, Func<DateTimeOffset, DateTimeOffset?>? schedule) : ICollectedReports
{
    private readonly Lock _figures = new();
    private readonly InvocationCounts _counts = new();
    private readonly EmbeddedQueue[] _behind =
        runner.Settings.Destinations.Values.SelectMany(queues => queues).Distinct().Select(store.Queue).ToArray();

    private TimeSpan _busy;
    private volatile BotState _doing = BotState.Starting;
    private string? _problem;

    /// <summary>Whether the collector could not do its run.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>The collector's figures.</summary>
    public BotFigures Figures()
    {
        lock (_figures)
        {
            var copy = new InvocationCounts();
            copy.Add(_counts);
            return new BotFigures(runner.Settings.BotId, BotKind.Collector, _doing, copy, 0, _busy, _problem);
        }
    }

    /// <summary>One run under the given occurrence, unless it is complete already.</summary>
    public async Task RunOnceAsync(string occurrence, CancellationToken stopping)
    {
        if (!store.Runs.IsDone(Id, occurrence))
        {
            await RunAsync(occurrence, stopping);
        }

        _doing = HasFailed ? BotState.Stopped : BotState.Done;
    }

    /// <summary>Runs at its times until it is cancelled.</summary>
    public async Task RunOnScheduleAsync(CancellationToken stopping)
    {
        var occurrence = store.Runs.Unfinished(Id);
        while (!stopping.IsCancellationRequested)
        {
            if (!_behind.Any(queue => queue.IsFull))
            {
                await RunAsync(occurrence ?? Name(clock.GetUtcNow()), stopping);
                occurrence = null;
                if (_doing == BotState.Stopped)
                {
                    return;
                }
            }

            _doing = _behind.Any(queue => queue.IsFull) ? BotState.HoldingBack : BotState.Waiting;
            var now = clock.GetUtcNow();
            var next = schedule?.Invoke(now) ?? now + TimeSpan.FromSeconds(Math.Max(1, runner.Parameters.RateLimit));
            try
            {
                await Task.Delay(_doing == BotState.HoldingBack ? TimeSpan.FromSeconds(1) : next - now, clock, stopping);
            }
            catch (OperationCanceledException)
            {
                // The loop's condition says what to do.
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> IsCollectedAsync(string occurrence, string source, CancellationToken cancellation) =>
        ValueTask.FromResult(store.Runs.IsCollected(Id, occurrence, source));

    /// <inheritdoc/>
    public ValueTask QueueAsync(string occurrence, CollectedFrames collected, CancellationToken cancellation)
    {
        store.Collect(Id, occurrence, collected);
        lock (_figures)
        {
            _counts.Out += collected.Messages;
            _counts.DeadLettered += collected.DeadLetters.Count;
        }

        return ValueTask.CompletedTask;
    }

    private string Id => runner.Settings.BotId;

    private static string Name(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);

    private async Task RunAsync(string occurrence, CancellationToken stopping)
    {
        store.Runs.Begin(Id, occurrence);
        for (var attempt = 0; !stopping.IsCancellationRequested; attempt++)
        {
            _doing = BotState.Working;
            var started = Stopwatch.GetTimestamp();
            try
            {
                await runner.CollectAsync(new CollectorRun(occurrence, clock.GetUtcNow()), this, stopping);
                store.Runs.Complete(Id, occurrence);
                (_problem, HasFailed) = (null, false);
                return;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (error is not DataFolderException)
            {
                if (!await TryAgainAsync(error, occurrence, attempt, stopping))
                {
                    return;
                }
            }
            finally
            {
                lock (_figures)
                {
                    _busy += Stopwatch.GetElapsedTime(started);
                }
            }
        }
    }

    private async Task<bool> TryAgainAsync(Exception error, string occurrence, int attempt, CancellationToken stopping)
    {
        _problem = error.Message;
        if (error is BotConfigurationException)
        {
            (HasFailed, _doing) = (true, BotState.Stopped);
            runner.Context.Log.LogError("{Bot} stopped: {Error}", Id, error.Message);
            return false;
        }

        if (attempt >= runner.Parameters.ErrorMaxRetries)
        {
            HasFailed = true;
            store.Runs.Complete(Id, occurrence);
            runner.Context.Log.LogError("{Bot} could not fetch its feed after {Attempts} attempts: {Error}", Id, attempt + 1, error.Message);
            if (runner.Parameters.ErrorProcedure == ErrorProcedure.Stop)
            {
                _doing = BotState.Stopped;
            }

            return false;
        }

        var delay = (error as TransientException)?.RetryAfter ?? TimeSpan.FromSeconds(runner.Parameters.ErrorRetryDelay);
        if (error is TransientException or InvalidRecordException)
        {
            runner.Context.Log.LogWarning("{Bot}: {Error} The next attempt is in {Delay}.", Id, error.Message, delay);
        }
        else
        {
            runner.Context.Log.LogError(error, "{Bot} failed; the next attempt is in {Delay}.", Id, delay);
        }

        try
        {
            await Task.Delay(delay, clock, stopping);
        }
        catch (OperationCanceledException)
        {
            return false;
        }

        return true;
    }
}
