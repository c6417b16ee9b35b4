// The loop that gives a bot its frames.
using System.Diagnostics;
using IntelMq.Bots;
using IntelMq.FunctionsHost.Embedded;
using IntelMq.Runtime;
using Microsoft.Extensions.Logging;

namespace IntelMq.FunctionsHost.Running;

/// <summary>
/// Takes frames from a bot's queue, runs invocations and commits them, while there is work and room behind. What the bot sends to one that is fused behind
/// it, that one gets in the same invocation; its own loop only takes what lies in its queue.
/// </summary>
internal sealed class BotLoop : IDisposable
{
    // Small frames are handled together up to about one full frame: the cost of a commit is shared.
    private const int BytesPerInvocation = 512 * 1024;
    private const int FramesPerInvocation = 64;

    private readonly BotRunner _runner;
    private readonly EmbeddedStore _store;
    private readonly EmbeddedState _state;
    private readonly EmbeddedQueue _queue;
    private readonly EmbeddedQueue[] _ownBehind;
    private readonly IClaimCheckStore _claims;
    private readonly TimeProvider _clock;
    private readonly Pulse _pulse = new();
    private readonly List<byte[]> _buffers = [];
    private readonly Lock _figures = new();
    private readonly InvocationCounts _counts = new();

    // A bot is used by its own loop and by those of the bots before it, by one at a time. Turns are taken from the front of a chain to its end only.
    private readonly SemaphoreSlim _turn = new(1);
    private IReadOnlyList<BotLoop> _followers = [];
    private EmbeddedQueue[] _behind;
    private TimeSpan _busy;
    private volatile BotState _doing = BotState.Starting;
    private volatile bool _follows;
    private volatile string? _stopReason;
    private long _pausedUntil;
    private bool _wasFull;

    public BotLoop(BotRunner runner, EmbeddedStore store, EmbeddedState state, IClaimCheckStore claims, TimeProvider clock)
    {
        (_runner, _store, _state, _claims, _clock) = (runner, store, state, claims, clock);
        _queue = store.Queue(runner.Settings.SourceQueue!);
        _behind = _ownBehind = runner.Settings.Destinations.Values.SelectMany(queues => queues).Distinct().Select(store.Queue).ToArray();
        _queue.Arrived += _pulse.Set;
        foreach (var queue in _behind)
        {
            queue.Drained += _pulse.Set;
        }
    }

    /// <summary>The id of the bot.</summary>
    public string BotId => _runner.Settings.BotId;

    /// <summary>Whether the loop waits and nothing wakes it by itself: no signal, no frame that becomes due.</summary>
    public bool IsAtRest => State is var state && state is BotState.Waiting or BotState.Stopped or BotState.HoldingBack && (!_pulse.IsPending || state == BotState.Stopped);

    /// <summary>What is left in the queue and why, when the loop rests; null where nothing is.</summary>
    public string? Leftover => _queue.Messages == 0 ? null
        : _stopReason is { } reason ? $"{BotId} stopped; {_queue.Messages} messages wait in '{_queue.Name}': {reason}"
        : $"{BotId} holds back {_queue.Messages} messages because the queue '{_behind.FirstOrDefault(queue => queue.IsFull)?.Name}' is full. Is the bot that reads it stopped or disabled?";

    /// <summary>Whether a frame becomes due later.</summary>
    public bool ExpectsFrames => _stopReason is null && _queue.NextDue() is not null;

    private BotState State => _stopReason is not null ? BotState.Stopped : _follows ? BotState.Working : _doing;

    private TimeSpan PauseLeft => TimeSpan.FromTicks(Interlocked.Read(ref _pausedUntil) - _clock.GetUtcNow().UtcTicks);

    /// <summary>Says which bots are fused behind this one, in order. Called once, before the loop runs.</summary>
    public void Fuse(IReadOnlyList<BotLoop> followers)
    {
        _followers = followers;
        _behind = followers.SelectMany(follower => follower._ownBehind).Concat(_ownBehind).Distinct().ToArray();
        foreach (var queue in _behind.Except(_ownBehind))
        {
            queue.Drained += _pulse.Set;
        }
    }

    /// <summary>The bot's figures.</summary>
    public BotFigures Figures()
    {
        lock (_figures)
        {
            var copy = new InvocationCounts();
            copy.Add(_counts);
            return new BotFigures(BotId, _runner.Kind, State, copy, _queue.Messages, _busy, _stopReason);
        }
    }

    /// <summary>Runs until it is cancelled. The invocation at hand is finished and committed first.</summary>
    /// <exception cref="DataFolderException">The transport cannot go on.</exception>
    public async Task RunAsync(CancellationToken stopping)
    {
        _stopReason = null;
        while (!stopping.IsCancellationRequested && _stopReason is null)
        {
            // Before the signal is taken: whoever watches must never see a loop at rest that has just been woken.
            _doing = BotState.Working;
            _pulse.Take();
            if (PauseLeft is { Ticks: > 0 } pause)
            {
                // While something outside is down the bot leaves the queue alone: asking with every frame would only cost time.
                await QuietlyAsync(Task.Delay(pause, _clock, stopping));
                continue;
            }

            TellOverload();
            if (_behind.Any(queue => queue.IsFull))
            {
                _doing = BotState.HoldingBack;
            }
            else
            {
                if (await TakeTurnAsync())
                {
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
        _turn.Dispose();
        _state.Dispose();
    }

    private async Task WaitAsync(CancellationToken stopping)
    {
        var most = _queue.NextDue() is { } due
            ? DateTimeOffset.FromUnixTimeMilliseconds(due + 1) - _clock.GetUtcNow()
            : Timeout.InfiniteTimeSpan;
        await QuietlyAsync(_pulse.WaitAsync(most, _clock, stopping));
    }

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

    // One invocation; false where there is nothing to do.
    private async Task<bool> TakeTurnAsync()
    {
        await _turn.WaitAsync();
        var held = new List<BotLoop>();
        try
        {
            // The loop of a bot before this one may have found, while this one waited, that it cannot work.
            if (!CanWork)
            {
                return true;
            }

            var frames = _queue.Take(BytesPerInvocation, FramesPerInvocation, _clock.GetUtcNow().ToUnixTimeMilliseconds());
            if (frames.Count == 0)
            {
                return false;
            }

            await InvokeAsync(frames, held);
            return true;
        }
        finally
        {
            held.ForEach(follower => follower.EndTurn());
            _turn.Release();
        }
    }

    private bool CanWork => _stopReason is null && PauseLeft.Ticks <= 0;

    private async Task InvokeAsync(IReadOnlyList<QueuedFrame> frames, List<BotLoop> held)
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
            Stop(reason);
            _queue.PutBack(frames);
            return;
        }

        var parts = new List<InvocationPart> { new(_queue, frames, result, _state) };
        var alone = Stopwatch.GetElapsedTime(started);
        await HandOverAsync(parts, held, deliveries[0].TransportId);
        var committing = Stopwatch.GetTimestamp();
        var unused = _store.Commit(parts);
        foreach (var claim in unused)
        {
            await _claims.DeleteAsync(claim, CancellationToken.None);
        }

        Count(result, alone + Stopwatch.GetElapsedTime(committing));
        for (var i = 0; i < held.Count; i++)
        {
            held[i].Count(parts[i + 1].Result, TimeSpan.Zero);
        }
    }

    // Each bot of the chain in turn, as long as there is something for it and it can work. What is left of a result's frames is queued.
    private async Task HandOverAsync(List<InvocationPart> parts, List<BotLoop> held, string origin)
    {
        foreach (var follower in _followers)
        {
            var before = parts[^1].Result;
            var handed = Handover.Deliveries(before, follower._queue.Name, origin);
            if (handed.Length == 0 || await follower.FollowAsync(handed) is not { } result)
            {
                return;
            }

            held.Add(follower);
            Handover.Done(before, follower._queue.Name);
            parts.Add(new InvocationPart(follower._queue, [], result, follower._state));
        }
    }

    // An invocation with what was handed over; null where the bot cannot work. Otherwise its turn lasts until EndTurn: its frames must be queued first.
    private async Task<InvocationResult?> FollowAsync(IReadOnlyList<Delivery> handed)
    {
        await _turn.WaitAsync();
        InvocationResult? result = null;
        try
        {
            if (CanWork)
            {
                _follows = true;
                var started = Stopwatch.GetTimestamp();
                var given = await _runner.InvokeAsync(handed, CancellationToken.None);
                if (given.StopReason is { } reason)
                {
                    Stop(reason);
                }
                else
                {
                    result = given;
                    lock (_figures)
                    {
                        _busy += Stopwatch.GetElapsedTime(started);
                    }
                }
            }
        }
#pragma warning disable CA1031 // Whatever it is, the bot's own loop will meet it too; what the bots before it did counts.
        catch (Exception error)
#pragma warning restore CA1031
        {
            _state.Discard();
            _runner.Context.Log.LogWarning("{Bot} did not take what was handed over to it; it goes to the queue '{Queue}': {Error}", BotId, _queue.Name, error.Message);
        }
        finally
        {
            if (result is null)
            {
                EndTurn();
            }
        }

        return result;
    }

    private void EndTurn()
    {
        _follows = false;
        _turn.Release();
    }

    private void Stop(string reason)
    {
        _state.Discard();
        _stopReason = reason;
        _runner.Context.Log.LogError("{Bot} stopped: {Reason}", BotId, reason);
        _pulse.Set();
    }

    private void Count(InvocationResult result, TimeSpan busy)
    {
        _runner.TellSent(result);
        lock (_figures)
        {
            _counts.Add(result.Counts);
            _busy += busy;
        }

        var pause = result.PauseFor ?? TimeSpan.FromSeconds(_runner.Parameters.RateLimit);
        if (pause > TimeSpan.Zero)
        {
            Interlocked.Exchange(ref _pausedUntil, (_clock.GetUtcNow() + pause).UtcTicks);
        }
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

    private void TellOverload()
    {
        TellOwnOverload();
        foreach (var follower in _followers)
        {
            follower.TellOwnOverload();
        }
    }

    private void TellOwnOverload()
    {
        var full = Array.Find(_ownBehind, queue => queue.IsFull);
        if (Interlocked.Exchange(ref _wasFull, full is not null) == full is not null)
        {
            return;
        }

        var queue = full ?? _ownBehind[0];
        _runner.Hooks.Call(HookPhase.OverloadChanged, count: queue.Messages, queue: queue.Name);
    }
}
