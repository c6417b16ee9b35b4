// Runs a compiled pipeline as the Functions host does: triggers call functions, output bindings carry what they answer.
using System.Globalization;
using IntelMq.Bots;
using IntelMq.FunctionsHost.Handler;
using IntelMq.FunctionsHost.Transports;
using IntelMq.Pipeline;
using IntelMq.Runtime;
using Microsoft.Extensions.Logging;

namespace IntelMq.FunctionsHost.Running;

/// <summary>What a function host runs with.</summary>
public sealed record FunctionHostOptions
{
    /// <summary>The functions and their bindings.</summary>
    public required CompiledApp App { get; init; }

    /// <summary>The pipeline, for what collectors do when they fail.</summary>
    public required Pipeline.Pipeline Pipeline { get; init; }

    /// <summary>What carries the messages.</summary>
    public required ITransport Transport { get; init; }

    /// <summary>What calls the functions.</summary>
    public required IFunctionInvoker Invoker { get; init; }

    /// <summary>Where frames wait; looked at to know when a run is done.</summary>
    public required IParkStore Parked { get; init; }

    /// <summary>Remembers the run that is under way, below this folder.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Called when a run is done and no message is under way.</summary>
    public Func<CancellationToken, ValueTask> Done { get; init; } = _ => ValueTask.CompletedTask;

    /// <summary>Makes logs.</summary>
    public required ILoggerFactory Logs { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Calls of one function beside each other.</summary>
    public int Concurrency { get; init; } = Math.Clamp(Environment.ProcessorCount, 2, 4);

    /// <summary>The most messages of a call where the trigger brings many.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>An empty queue is looked at again after so long.</summary>
    public TimeSpan PollingInterval { get; init; } = TimeSpan.FromMilliseconds(50);
}

/// <summary>
/// The local Functions host, over any transport and any way to call functions. It keeps nothing itself: kill it at any moment and start it again.
/// </summary>
public sealed class FunctionHost : IAsyncDisposable, IRunningPipeline
{
    private readonly FunctionHostOptions _options;
    private readonly List<QueueTriggerLoop> _queues = [];
    private readonly List<TimerTriggerLoop> _timers = [];
    private readonly CompiledFunction? _park;

    /// <summary>Makes the loops; they start with a run.</summary>
    public FunctionHost(FunctionHostOptions options)
    {
        _options = options;
        foreach (var function in options.App.Functions)
        {
            switch (function.Kind)
            {
                case FunctionKind.Work or FunctionKind.Poison:
                    _queues.Add(new QueueTriggerLoop(function, options));
                    break;
                case FunctionKind.Collect:
                    _timers.Add(new TimerTriggerLoop(function, options));
                    break;
                case FunctionKind.Park:
                    _park = function;
                    break;
            }
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<BotFigures> Figures()
    {
        var figures = _queues.Where(loop => loop.Function.Kind == FunctionKind.Work)
            .Select(loop => _queues.Where(other => other.Function.Chain is not null).Aggregate(loop.Figures(), (figures, other) => other.AddTo(figures)))
            .Concat(_timers.Select(timer => timer.Figures()))
            .ToDictionary(figure => figure.BotId, StringComparer.Ordinal);
        return _options.Pipeline.Bots.Where(bot => figures.ContainsKey(bot.Id)).Select(bot => figures[bot.Id]).ToArray();
    }

    /// <inheritdoc/>
    public async Task<RunSummary> RunOnceAsync(CancellationToken stopping)
    {
        var begun = _options.Clock.GetTimestamp();
        var file = Path.Combine(_options.DataFolder, "once");
        Directory.CreateDirectory(_options.DataFolder);

        // A run that was interrupted is finished under its own name.
        var occurrence = File.Exists(file) ? await File.ReadAllTextAsync(file, stopping)
            : "once-" + _options.Clock.GetUtcNow().ToString("O", CultureInfo.InvariantCulture);
        await File.WriteAllTextAsync(file, occurrence, stopping);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var collecting = _timers.Select(timer => Task.Run(() => timer.RunOnceAsync(occurrence, ending.Token), CancellationToken.None)).ToArray();
        Task[] working = [.. Work(ending.Token)];
        var problems = new List<string>();
        try
        {
            var watching = WatchAsync(Task.WhenAll(collecting), ending.Token);
            await await Task.WhenAny([watching, .. working.Concat(collecting).Select(task => FaultOfAsync(task, watching))]);
        }
        catch (FunctionFailedException error)
        {
            problems.Add(error.Message);
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C: the next run goes on.
        }

        await ending.CancelAsync();
        await EndedAsync([.. collecting, .. working]);
        if (problems.Count == 0 && !stopping.IsCancellationRequested)
        {
            problems.AddRange(_queues.Select(queue => queue.Problem).Concat(_timers.Select(timer => timer.Problem)).OfType<string>());
            await _options.Done(CancellationToken.None);
            File.Delete(file);
        }

        return new RunSummary(Figures(), _options.Clock.GetElapsedTime(begun), problems);
    }

    /// <inheritdoc/>
    public async Task<RunSummary> RunAsync(CancellationToken stopping)
    {
        var begun = _options.Clock.GetTimestamp();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        Task[] running = [.. _timers.Select(timer => Task.Run(() => timer.RunOnScheduleAsync(ending.Token), CancellationToken.None)), .. Work(ending.Token)];
        var problems = new List<string>();
        try
        {
            await await Task.WhenAny(running);
        }
        catch (FunctionFailedException error)
        {
            problems.Add(error.Message);
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C.
        }

        await ending.CancelAsync();
        await EndedAsync(running);
        return new RunSummary(Figures(), _options.Clock.GetElapsedTime(begun), problems);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _options.Invoker.DisposeAsync();
        await _options.Transport.DisposeAsync();
    }

    private IEnumerable<Task> Work(CancellationToken stopping) =>
        _queues.Select(queue => Task.Run(() => queue.RunAsync(stopping), CancellationToken.None))
            .Append(Task.Run(() => ParkAsync(stopping), CancellationToken.None));

    // The park function, once a second: on Azure its own timer does this less often.
    private async Task ParkAsync(CancellationToken stopping)
    {
        if (_park is null)
        {
            return;
        }

        var timer = new TimerTriggerLoop(_park, _options);
        while (!stopping.IsCancellationRequested)
        {
            var counts = await _options.Parked.CountAsync(stopping);
            if (counts.Count > 0)
            {
                await timer.CallAsync(occurrence: null, stopping);
            }

            await Task.Delay(TimeSpan.FromSeconds(1), _options.Clock, stopping);
        }
    }

    // Returns when nothing is left to do.
    private async Task WatchAsync(Task collecting, CancellationToken stopping)
    {
        await collecting;
        while (true)
        {
            stopping.ThrowIfCancellationRequested();
            var before = _queues.Sum(queue => queue.Calls);
            if (_queues.All(queue => queue.IsIdle) && (await _options.Parked.CountAsync(stopping)).Count == 0 && await IsEmptyAsync(stopping)
                && _queues.All(queue => queue.IsIdle) && _queues.Sum(queue => queue.Calls) == before)
            {
                return;
            }

            // Real time on purpose: a driven clock must not hide that the work is done.
            await Task.Delay(20, stopping);
        }
    }

    private async Task<bool> IsEmptyAsync(CancellationToken cancellation)
    {
        try
        {
            foreach (var queue in _queues)
            {
                if (await queue.DepthAsync(cancellation) > 0)
                {
                    return false;
                }
            }

            return true;
        }
        catch (TransportException)
        {
            // Nobody can tell now. The loops say what is wrong.
            return false;
        }
    }

    // Ends only with an error: a loop that ended in peace leaves the watching to the watcher.
    private static async Task FaultOfAsync(Task task, Task otherwise)
    {
        await task;
        await otherwise;
    }

    private static async Task EndedAsync(Task[] tasks)
    {
        try
        {
            await Task.WhenAll(tasks);
        }
        catch (Exception error) when (error is OperationCanceledException or FunctionFailedException)
        {
            // Told already.
        }
    }
}
