// What a message carries besides its payload.
namespace IntelMq.DataFormat;

/// <summary>Identity and routing of a message. Bots read it; the runtime writes it.</summary>
public sealed class MessageMeta
{
    /// <summary>The message's own id; deterministic, so that a repeated invocation makes the same message again.</summary>
    public Guid Id { get; set; }

    /// <summary>The id of the message this one was made from; empty for collected reports.</summary>
    public Guid Parent { get; set; }

    /// <summary>The groups this message belongs to, for example a MISP event.</summary>
    public IReadOnlyList<string> Groups { get; set; } = [];

    /// <summary>Where notifications about this event go.</summary>
    public Value Notify { get; set; }

    /// <summary>The bots that the message passed, in order.</summary>
    public IReadOnlyList<string> Path { get; set; } = [];

    /// <summary>The W3C trace context.</summary>
    public string? TraceParent { get; set; }

    /// <summary>Where the raw data lies if it is not in the message (claim check).</summary>
    public ClaimCheck? ClaimCheck { get; set; }

    /// <summary>A copy that can be changed on its own.</summary>
    public MessageMeta Clone() => (MessageMeta)MemberwiseClone();
}

/// <summary>The address of data that is too large to travel in the message.</summary>
/// <param name="Address">The name in the claim-check store.</param>
/// <param name="Length">The length in bytes.</param>
/// <param name="Sha256">The SHA-256 of the data, hexadecimal.</param>
public sealed record ClaimCheck(string Address, long Length, string Sha256);
