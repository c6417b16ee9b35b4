// A hook of a third party that looks on: counts messages.
using IntelMq.Bots;

namespace Acme.Bots;

/// <summary>Counts the messages that come in and go out.</summary>
public sealed class CountingHook : IBotHook
{
    /// <inheritdoc/>
    public HookKind Kind => HookKind.Observe;

    /// <inheritdoc/>
    public IReadOnlySet<HookPhase> Phases { get; } = new HashSet<HookPhase> { HookPhase.MessageReceived, HookPhase.Sending };

    /// <summary>How many messages came.</summary>
    public long Received { get; private set; }

    /// <summary>How many messages were about to be sent.</summary>
    public long Sent { get; private set; }

    /// <inheritdoc/>
    public void On(HookPhase phase, HookCall call)
    {
        if (phase == HookPhase.MessageReceived)
        {
            Received++;
        }
        else
        {
            Sent++;
        }
    }

    /// <summary>The counts, so that somebody who knows hooks only as <see cref="IBotHook"/> can print them.</summary>
    public override string ToString() => FormattableString.Invariant($"{Received} in, {Sent} out");
}
