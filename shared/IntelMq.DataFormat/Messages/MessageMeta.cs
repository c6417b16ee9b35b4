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

    /// <summary>The bots that the message passed, in order. Decoded on demand; use <see cref="Passed"/> to add one.</summary>
    public IReadOnlyList<string> Path
    {
        get => PathValue.AsList().Select(bot => bot.ToString()).ToArray();
        set => PathValue = value.Count == 0 ? Value.Missing : Value.Of(value.Select(Value.Of));
    }

    /// <summary>The W3C trace context.</summary>
    public string? TraceParent { get; set; }

    /// <summary>Where the raw data lies if it is not in the message (claim check).</summary>
    public ClaimCheck? ClaimCheck { get; set; }

    /// <summary>Where a parser goes on in the report; null at its start.</summary>
    public ReportPosition? Position { get; set; }

    /// <summary>How many messages were made from this one so far: the ordinal of the next one.</summary>
    public long Derived { get; set; }

    /// <summary>The path as it came from the wire.</summary>
    internal Value PathValue { get; set; }

    /// <summary>The bot that is written after <see cref="PathValue"/>.</summary>
    internal string? PassedBot { get; private set; }

    /// <summary>Makes <paramref name="made"/> the meta data of a message that a bot made from the one this belongs to. Cheap: the path is copied, not decoded.</summary>
    public void PassTo(MessageMeta made, string bot, Guid id)
    {
        made.Empty();
        made.Id = id;
        made.Parent = Id;
        made.Groups = Groups;
        made.Notify = Notify;
        made.PathValue = PathValue;
        made.PassedBot = bot;
        made.TraceParent = TraceParent;
    }

    /// <summary>Forgets everything.</summary>
    internal void Empty()
    {
        (Id, Parent, Groups, Notify) = (Guid.Empty, Guid.Empty, [], default);
        (TraceParent, ClaimCheck, Position, Derived, PathValue, PassedBot) = (null, null, null, 0, default, null);
    }

    /// <summary>A copy that can be changed on its own, independent of any buffer.</summary>
    public MessageMeta Clone()
    {
        var copy = (MessageMeta)MemberwiseClone();
        copy.Notify = Notify.Materialise();
        copy.PathValue = PathValue.Materialise();
        return copy;
    }
}

/// <summary>The address of data that is too large to travel in the message.</summary>
/// <param name="Address">The name in the claim-check store.</param>
/// <param name="Length">The length in bytes.</param>
/// <param name="Sha256">The SHA-256 of the data, hexadecimal.</param>
public sealed record ClaimCheck(string Address, long Length, string Sha256);

/// <summary>Where a parser goes on in a report that it could not finish in one go.</summary>
/// <param name="Offset">The byte at which the next record starts.</param>
/// <param name="Index">The next record's index.</param>
/// <param name="State">What the parser remembers from earlier records.</param>
/// <param name="Until">The byte at which the slice ends, a record boundary; null for the report's end.</param>
public sealed record ReportPosition(long Offset, long Index, string? State, long? Until = null);
