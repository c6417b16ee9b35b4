// A hook of a third party that changes messages: signs comments before they are sent.
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace Acme.Bots;

/// <summary>Adds a signature to the comment of every message that is sent.</summary>
public sealed class SignHook : IBotHook
{
    private string _signature = "acme";

    /// <inheritdoc/>
    public HookKind Kind => HookKind.Transform;

    /// <inheritdoc/>
    public IReadOnlySet<HookPhase> Phases { get; } = new HashSet<HookPhase> { HookPhase.Sending };

    /// <summary>Takes <c>signature</c>, the text to add.</summary>
    /// <exception cref="BotConfigurationException">There is another key, or the signature is no text.</exception>
    public void Configure(ValueMap parameters)
    {
        foreach (var (key, value) in parameters)
        {
            _signature = key == "signature" && value.Kind == ValueKind.Text
                ? value.ToString()
                : throw new BotConfigurationException($"'{key}' does not fit the hook 'SignHook': it takes 'signature', a text.");
        }
    }

    /// <inheritdoc/>
    public void On(HookPhase phase, HookCall call)
    {
        if (call.Message is { } message && message[Fields.Comment].AsText() is { } comment)
        {
            message[Fields.Comment] = $"{comment} -- {_signature}";
        }
    }
}
