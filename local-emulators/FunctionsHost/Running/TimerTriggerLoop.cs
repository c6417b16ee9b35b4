// A timer trigger: calls a function at its times.
using System.Diagnostics;
using IntelMq.FunctionsHost.Handler;
using IntelMq.FunctionsHost.Transports;
using IntelMq.Pipeline;
using IntelMq.Runtime;
using Microsoft.Extensions.Logging;

namespace IntelMq.FunctionsHost.Running;

/// <summary>The timer of one function: a collector, or a function of the app itself.</summary>
internal sealed class TimerTriggerLoop
{
    private readonly CompiledFunction _function;
    private readonly FunctionHostOptions _options;
    private readonly FunctionOutputs _outputs;
    private readonly ILogger _log;
    private volatile BotState _doing = BotState.Starting;

    public TimerTriggerLoop(CompiledFunction function, FunctionHostOptions options)
    {
        (_function, _options) = (function, options);
        _outputs = new FunctionOutputs(function, options);
        _log = options.Logs.CreateLogger(function.Bot ?? function.Name);
    }

    /// <summary>What went wrong last.</summary>
    public string? Problem { get; private set; }

    /// <summary>The collector's figures.</summary>
    public BotFigures Figures() => _outputs.Figures(_doing, 0, Problem);

    /// <summary>One run under the given name; a collector that fails is tried again as its parameters say.</summary>
    public async Task RunOnceAsync(string occurrence, CancellationToken stopping)
    {
        var parameters = _options.Pipeline.Find(_function.Bot!)!.Parameters;
        for (var attempt = 0; !stopping.IsCancellationRequested; attempt++)
        {
            _doing = BotState.Working;
            Problem = await CallAsync(occurrence, stopping);
            if (Problem is null || attempt >= parameters.ErrorMaxRetries)
            {
                break;
            }

            await Task.Delay(TimeSpan.FromSeconds(parameters.ErrorRetryDelay), _options.Clock, stopping);
        }

        _doing = Problem is null ? BotState.Done : BotState.Stopped;
    }

    /// <summary>Runs at its times until it is cancelled; once at the start, as IntelMQ's collectors do.</summary>
    public async Task RunOnScheduleAsync(CancellationToken stopping)
    {
        var schedule = NcrontabSchedule.TryParse(_function.Trigger.Schedule!, out var parsed, out _) ? parsed : null;
        while (!stopping.IsCancellationRequested)
        {
            _doing = BotState.Working;
            Problem = await CallAsync(occurrence: null, stopping);
            _doing = Problem is null ? BotState.Waiting : BotState.Stopped;
            var now = _options.Clock.GetUtcNow();
            var next = schedule?.Next(now) ?? now + TimeSpan.FromMinutes(5);
            await Task.Delay(next - now, _options.Clock, stopping);
        }
    }

    /// <summary>Calls the function once and sends what it answers; gives the problem, as a sentence.</summary>
    public async Task<string?> CallAsync(string? occurrence, CancellationToken stopping)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            var answer = await _options.Invoker.InvokeAsync(_function, new FunctionCall(_function.Name, [], occurrence), stopping);
            await _outputs.CarryAsync(answer, [], started);
            return answer.StopReason ?? answer.Failure;
        }
        catch (Exception error) when (error is FunctionFailedException { IsFinal: false } or TransportException)
        {
            _log.LogWarning("{Function} failed: {Error}", _function.Name, error.Message);
            return error.Message;
        }
    }
}
