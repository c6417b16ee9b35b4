// What a function gets and what it gives back.
namespace IntelMq.Runtime;

/// <summary>One call of a function by its host.</summary>
/// <param name="Function">The function's name.</param>
/// <param name="Messages">The messages that triggered it; empty for timers.</param>
/// <param name="Occurrence">What asked for the run of a timer, as text; null where it is the schedule.</param>
public sealed record FunctionCall(string Function, IReadOnlyList<ReceivedText> Messages, string? Occurrence = null);

/// <summary>One message of a broker.</summary>
/// <param name="Id">The broker's name for it.</param>
/// <param name="Text">The text, UTF-8.</param>
/// <param name="Deliveries">How often it was delivered, this time included; zero where nobody can tell.</param>
public record ReceivedText(string Id, ReadOnlyMemory<byte> Text, int Deliveries = 1)
{
    /// <summary>Messages of one key stay in order; null where the transport has no keys or the sender gave none.</summary>
    public string? Key { get; init; }
}

/// <summary>What a function gives back to its host.</summary>
public sealed class FunctionAnswer
{
    private readonly Dictionary<string, List<string>> _outputs = new(StringComparer.Ordinal);

    /// <summary>The texts for each output binding, in order.</summary>
    public IReadOnlyDictionary<string, List<string>> Outputs => _outputs;

    /// <summary>The bytes of all texts.</summary>
    public long Size { get; private set; }

    /// <summary>What is counted, for the host that wants to know.</summary>
    public InvocationCounts Counts { get; } = new();

    /// <summary>What is counted of the bots that are fused behind the function's own, each with what was handed over to it.</summary>
    public List<MemberCounts> Members { get; } = [];

    /// <summary>Why the bot takes no more work; null where it does.</summary>
    public string? StopReason { get; set; }

    /// <summary>Why a collector could not finish its run; it goes on at the next time. Null where it did.</summary>
    public string? Failure { get; set; }

    /// <summary>What the caller over HTTP gets, as JSON; null for functions that nobody calls so.</summary>
    public string? Http { get; set; }

    /// <summary>Adds a text for a binding.</summary>
    public void Add(string binding, string text)
    {
        if (!_outputs.TryGetValue(binding, out var texts))
        {
            _outputs[binding] = texts = [];
        }

        texts.Add(text);
        Size += text.Length;
    }
}

/// <summary>What a fused bot did in a call of another bot's function.</summary>
/// <param name="Bot">Its id.</param>
/// <param name="Counts">What is counted.</param>
/// <param name="Duration">How long it worked.</param>
public sealed record MemberCounts(string Bot, InvocationCounts Counts, TimeSpan Duration);

/// <summary>The host called a function that this app does not have, or in a form that it does not understand.</summary>
public sealed class UnknownCallException(string message) : Exception(message);
