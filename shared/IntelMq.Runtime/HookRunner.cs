// Calls the hooks of one bot.
using IntelMq.Bots;
using IntelMq.DataFormat;
using Microsoft.Extensions.Logging;

namespace IntelMq.Runtime;

/// <summary>Calls hooks in their order. A phase that no hook wants costs one array look-up.</summary>
public sealed class HookRunner
{
    private readonly IBotHook[][] _byPhase;
    private readonly string _botId;
    private readonly ILogger _log;

    /// <summary>The hooks of a bot.</summary>
    public HookRunner(string botId, IReadOnlyList<IBotHook> hooks, ILogger log)
    {
        _botId = botId;
        _log = log;
        _byPhase = Enum.GetValues<HookPhase>().Select(phase => hooks.Where(hook => hook.Phases.Contains(phase)).ToArray()).ToArray();
    }

    /// <summary>The errors of observing hooks so far.</summary>
    public long Errors { get; private set; }

    /// <summary>Whether any hook wants a phase.</summary>
    public bool Wants(HookPhase phase) => _byPhase[(int)phase].Length > 0;

    /// <summary>
    /// Calls the hooks of a phase and gives the call back with what they changed; null where no hook wants the phase.
    /// </summary>
    /// <remarks>An observing hook's exception is counted and logged; another hook's exception is an error of the message.</remarks>
    public HookCall? Call(HookPhase phase, Message? message = null, string? path = null, Exception? error = null, long count = 0, string? queue = null, IOutbox? outbox = null)
    {
        var hooks = _byPhase[(int)phase];
        if (hooks.Length == 0)
        {
            return null;
        }

        var call = new HookCall { BotId = _botId, Message = message, Path = path, Error = error, Count = count, Queue = queue, Outbox = outbox };
        foreach (var hook in hooks)
        {
            if (hook.Kind == HookKind.Observe)
            {
                Observe(hook, phase, call);
            }
            else
            {
                hook.On(phase, call);
            }
        }

        return call;
    }

    private void Observe(IBotHook hook, HookPhase phase, HookCall call)
    {
        // What an observer changes does not count: it gets a copy.
        var copy = new HookCall { BotId = _botId, Message = call.Message?.Clone(), Path = call.Path, Error = call.Error, Count = call.Count, Queue = call.Queue };
        try
        {
            hook.On(phase, copy);
        }
#pragma warning disable CA1031 // An observer must never fail a message, whatever it throws.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Errors++;
            _log.LogWarning(error, "The observing hook {Hook} failed at {Phase}; the message goes on.", hook.GetType().Name, phase);
        }
    }
}
