// The loop that gives a bot its frames.
using System.Diagnostics;
using IntelMq.Bots;
using IntelMq.FunctionsHost.Embedded;
using IntelMq.Runtime;
using Microsoft.Extensions.Logging;

namespace IntelMq.FunctionsHost.Running;

/// <summary>Takes frames from a bot's queue, runs invocations and commits them, while there is work and room behind.</summary>
internal sealed class BotLoop : IDisposable
{
    // Small frames are handled together up to about one full frame: the cost of a commit is shared.
    private const int BytesPerInvocation = 512 * 1024;
    private const int FramesPerInvocation = 64;

    private readonly BotRunner _runner;
    private readonly EmbeddedStore _store;
    private readonly EmbeddedState _state;
    private readonly EmbeddedQueue _queue;
    private readonly EmbeddedQueue[] _behind;
    private readonly IClaimCheckStore _claims;
    private readonly TimeProvider _clock;
    private readonly Pulse _pulse = new();
    private readonly List<byte[]> _buffers = [];
    private readonly Lock _figures = new();
    private readonly InvocationCounts _counts = new();
    private TimeSpan _busy;
    private volatile BotState _doing = BotState.Starting;
    private string? _problem;
    private bool _wasFull;

    public BotLoop(BotRunner runner, EmbeddedStore store, EmbeddedState state, IClaimCheckStore claims, TimeProvider clock)
    {
        (_runner, _store, _state, _claims, _clock) = (runner, store, state, claims, clock);
        _queue = store.Queue(runner.Settings.SourceQueue!);
        _behind = runner.Settings.Destinations.Values.SelectMany(queues => queues).Distinct().Select(store.Queue).ToArray();
        _queue.Arrived += _pulse.Set;
        foreach (var queue in _behind)
        {
            queue.Drained += _pulse.Set;
        }
    }

    /// <summary>Whether the loop waits and nothing wakes it by itself: no signal, no frame that becomes due.</summary>
    public bool IsAtRest => _doing is BotState.Waiting or BotState.Stopped or BotState.HoldingBack && (!_pulse.IsPending || _doing == BotState.Stopped);

    /// <summary>What is left in the queue and why, when the loop rests; null where nothing is.</summary>
    public string? Leftover => _queue.Messages == 0 ? null
        : _doing == BotState.Stopped ? $"{_runner.Settings.BotId} stopped; {_queue.Messages} messages wait in '{_queue.Name}': {_problem}"
        : $"{_runner.Settings.BotId} holds back {_queue.Messages} messages because the queue '{_behind.FirstOrDefault(queue => queue.IsFull)?.Name}' is full. Is the bot that reads it stopped or disabled?";

    /// <summary>Whether a frame becomes due later.</summary>
    public bool ExpectsFrames => _doing != BotState.Stopped && _queue.NextDue() is not null;

    /// <summary>The bot's figures.</summary>
    public BotFigures Figures()
    {
        lock (_figures)
        {
            var copy = new InvocationCounts();
            copy.Add(_counts);
            return new BotFigures(_runner.Settings.BotId, _runner.Kind, _doing, copy, _queue.Messages, _busy, _problem);
        }
    }

    /// <summary>Runs until it is cancelled. The invocation at hand is finished and committed first.</summary>
    /// <exception cref="DataFolderException">The transport cannot go on.</exception>
    public async Task RunAsync(CancellationToken stopping)
    {
        var pause = Timeout.InfiniteTimeSpan;
        while (!stopping.IsCancellationRequested)
        {
            // Before the signal is taken: whoever watches must never see a loop at rest that has just been woken.
            _doing = BotState.Working;
            _pulse.Take();
            if (_behind.Any(queue => queue.IsFull))
            {
                TellOverload(full: true);
                _doing = BotState.HoldingBack;
            }
            else
            {
                TellOverload(full: false);
                var frames = _queue.Take(BytesPerInvocation, FramesPerInvocation, _clock.GetUtcNow().ToUnixTimeMilliseconds());
                if (frames.Count > 0)
                {
                    pause = await InvokeAsync(frames);
                    if (_doing == BotState.Stopped)
                    {
                        return;
                    }

                    if (pause > TimeSpan.Zero)
                    {
                        await PauseAsync(pause, stopping);
                    }

                    continue;
                }

                _doing = BotState.Waiting;
            }

            await WaitAsync(stopping);
        }
    }

    public void Dispose()
    {
        _pulse.Dispose();
        _state.Dispose();
    }

    private async Task WaitAsync(CancellationToken stopping)
    {
        var most = _queue.NextDue() is { } due
            ? DateTimeOffset.FromUnixTimeMilliseconds(due + 1) - _clock.GetUtcNow()
            : Timeout.InfiniteTimeSpan;
        await QuietlyAsync(_pulse.WaitAsync(most, _clock, stopping));
    }

    // While something outside is down the bot leaves the queue alone: asking with every frame would only cost time.
    private Task PauseAsync(TimeSpan pause, CancellationToken stopping) => QuietlyAsync(Task.Delay(pause, _clock, stopping));

    private static async Task QuietlyAsync(Task task)
    {
        try
        {
            await task;
        }
        catch (OperationCanceledException)
        {
            // The loop's condition says what to do.
        }
    }

    private async Task<TimeSpan> InvokeAsync(IReadOnlyList<QueuedFrame> frames)
    {
        var started = Stopwatch.GetTimestamp();
        var deliveries = new Delivery[frames.Count];
        for (var i = 0; i < deliveries.Length; i++)
        {
            var buffer = BufferFor(i, frames[i].Place.Length);
            _store.Read(frames[i], buffer);
            var first = frames[i].FirstTried == 0 ? (DateTimeOffset?)null : DateTimeOffset.FromUnixTimeMilliseconds(frames[i].FirstTried);
            deliveries[i] = new Delivery(frames[i].Id.ToString(System.Globalization.CultureInfo.InvariantCulture), buffer, frames[i].Place.Length, frames[i].Attempt, first);
        }

        // Not the stopping token: what was begun is finished, so that Ctrl-C costs nothing.
        var result = await _runner.InvokeAsync(deliveries, CancellationToken.None);
        if (result.StopReason is { } reason)
        {
            _state.Discard();
            _queue.PutBack(frames);
            (_problem, _doing) = (reason, BotState.Stopped);
            _runner.Context.Log.LogError("{Bot} stopped: {Reason}", _runner.Settings.BotId, reason);
            return TimeSpan.Zero;
        }

        var unused = _store.Commit(_queue, frames, result, _state);
        foreach (var claim in unused)
        {
            await _claims.DeleteAsync(claim, CancellationToken.None);
        }

        _runner.TellSent(result);
        lock (_figures)
        {
            _counts.Add(result.Counts);
            _busy += Stopwatch.GetElapsedTime(started);
        }

        return result.PauseFor ?? TimeSpan.FromSeconds(_runner.Parameters.RateLimit);
    }

    private byte[] BufferFor(int place, int length)
    {
        if (place == _buffers.Count)
        {
            _buffers.Add([]);
        }

        if (_buffers[place].Length < length)
        {
            _buffers[place] = new byte[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)length)];
        }

        return _buffers[place];
    }

    private void TellOverload(bool full)
    {
        if (full == _wasFull)
        {
            return;
        }

        _wasFull = full;
        var queue = _behind.FirstOrDefault(queue => queue.IsFull) ?? _behind[0];
        _runner.Hooks.Call(HookPhase.OverloadChanged, count: queue.Messages, queue: queue.Name);
    }
}
