// A queue trigger: receives messages and calls the function with them.
using System.Diagnostics;
using IntelMq.FunctionsHost.Embedded;
using IntelMq.FunctionsHost.Handler;
using IntelMq.FunctionsHost.Transports;
using IntelMq.Pipeline;
using IntelMq.Runtime;
using Microsoft.Extensions.Logging;

namespace IntelMq.FunctionsHost.Running;

/// <summary>The trigger of one function: some calls beside each other, each with one message or with a batch.</summary>
internal sealed class QueueTriggerLoop
{
    private readonly FunctionHostOptions _options;
    private readonly CompiledQueue _queue;
    private readonly FunctionOutputs _outputs;
    private readonly ILogger _log;
    private int _running;
    private long _calls;
    private long _depth;

    public QueueTriggerLoop(CompiledFunction function, FunctionHostOptions options)
    {
        (Function, _options) = (function, options);
        _queue = options.App.Queues.Single(queue => queue.Name == function.Trigger.Queue);
        _outputs = new FunctionOutputs(function, options);
        _log = options.Logs.CreateLogger(function.Bot ?? function.Name);
    }

    /// <summary>The function.</summary>
    public CompiledFunction Function { get; }

    /// <summary>Whether no call is under way.</summary>
    public bool IsIdle => Volatile.Read(ref _running) == 0;

    /// <summary>The calls that were begun.</summary>
    public long Calls => Interlocked.Read(ref _calls);

    /// <summary>Why the bot takes no more work.</summary>
    public string? Problem { get; private set; }

    /// <summary>The messages of the queue, hidden ones included.</summary>
    public async Task<long> DepthAsync(CancellationToken cancellation) =>
        _depth = await _options.Transport.DepthAsync(_queue, Function.Kind == FunctionKind.Poison, cancellation);

    /// <summary>The bot's figures.</summary>
    public BotFigures Figures() =>
        _outputs.Figures(Problem is not null ? BotState.Stopped : IsIdle ? BotState.Waiting : BotState.Working, _depth, Problem);

    /// <summary>What a bot that is fused behind this one did in its calls, added to its own figures.</summary>
    public BotFigures AddTo(BotFigures member) => _outputs.AddTo(member);

    /// <summary>Runs until it is cancelled; calls that are under way are finished first.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var room = new SemaphoreSlim(_options.Concurrency);
        var failed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            while (!stopping.IsCancellationRequested && !failed.Task.IsCompleted)
            {
                await room.WaitAsync(stopping);
                Interlocked.Increment(ref _running);
                var batch = await NextAsync(stopping);
                if (batch.Count == 0)
                {
                    Interlocked.Decrement(ref _running);
                    room.Release();
                    await Task.Delay(_options.PollingInterval, stopping);
                    continue;
                }

                Interlocked.Increment(ref _calls);
                _ = HandleAsync(batch, room, failed);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // What is under way ends below.
        }

        while (!IsIdle)
        {
            await Task.Delay(5, CancellationToken.None);
        }

        if (failed.Task.IsFaulted)
        {
            await failed.Task;
        }
    }

    private async Task<IReadOnlyList<TransportMessage>> NextAsync(CancellationToken stopping)
    {
        // Senders hold back while a queue behind them is full: a queue is no disk.
        if (_outputs.Queues.Any(queue => queue.Name != _queue.Name && _options.Transport.IsFull(queue)))
        {
            return [];
        }

        try
        {
            return await _options.Transport.ReceiveAsync(_queue, Function.Kind == FunctionKind.Poison, Function.Trigger.Many ? _options.BatchSize : 1, stopping);
        }
        catch (TransportException error)
        {
            _log.LogWarning("{Error}", error.Message);
            return [];
        }
    }

    private async Task HandleAsync(IReadOnlyList<TransportMessage> batch, SemaphoreSlim room, TaskCompletionSource failed)
    {
        await Task.Yield();
        try
        {
            await CallAsync(batch);
        }
        catch (DataFolderException error)
        {
            failed.TrySetException(new FunctionFailedException(error.Message, error));
        }
        catch (FunctionFailedException error) when (error.IsFinal)
        {
            failed.TrySetException(error);
        }
#pragma warning disable CA1031 // A mistake of ours must not leave the message hidden for ever, with nobody at work on it: the run ends and says so.
        catch (Exception error)
#pragma warning restore CA1031
        {
            failed.TrySetException(new FunctionFailedException($"{Function.Name}: {error}", error) { IsFinal = true });
        }
        finally
        {
            Interlocked.Decrement(ref _running);
            room.Release();
        }
    }

    private async Task CallAsync(IReadOnlyList<TransportMessage> batch)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            var answer = await _options.Invoker.InvokeAsync(Function, new FunctionCall(Function.Name, batch), CancellationToken.None);
            await _outputs.CarryAsync(answer, batch, started);
            Problem = answer.StopReason;
        }
        catch (FunctionFailedException error) when (!error.IsFinal)
        {
            _log.LogWarning("{Function} failed on the message {Message} (delivery {Deliveries}): {Error}", Function.Name, batch[0].Id, batch[0].Deliveries, error.Message);
            await GiveBackAsync(batch);
        }
        catch (TransportException error)
        {
            _log.LogWarning("What {Function} made of the message {Message} cannot be written; it comes again: {Error}", Function.Name, batch[0].Id, error.Message);
            await GiveBackAsync(batch);
        }
    }

    private async Task GiveBackAsync(IReadOnlyList<TransportMessage> batch)
    {
        try
        {
            await _options.Transport.AbandonAsync(batch, CancellationToken.None);
        }
        catch (TransportException error)
        {
            _log.LogWarning("The message {Message} cannot be given back; the broker gives it again by itself: {Error}", batch[0].Id, error.Message);
        }
    }
}
