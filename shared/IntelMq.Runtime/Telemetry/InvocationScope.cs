// What every log line of an invocation carries.
using IntelMq.Pipeline;
using Microsoft.Extensions.Logging;

namespace IntelMq.Runtime;

/// <summary>The logging scope of an invocation: <c>function</c>, <c>bot</c> and <c>invocation</c>, each where it is known.</summary>
public static class InvocationScope
{
    /// <summary>Begins the scope; it ends when it is disposed.</summary>
    /// <param name="log">Any logger: a scope holds for all of them.</param>
    /// <param name="function">The function that is called.</param>
    /// <param name="invocation">The host's name for the call; null where it gives none.</param>
    public static IDisposable? Begin(ILogger log, CompiledFunction function, string? invocation)
    {
        var values = new List<KeyValuePair<string, object?>>(3) { new("function", function.Name) };
        if (function.Bot is { } bot)
        {
            values.Add(new("bot", bot));
        }

        if (!string.IsNullOrEmpty(invocation))
        {
            values.Add(new("invocation", invocation));
        }

        return log.BeginScope(values);
    }

    /// <summary>Begins the scope of a bot that is fused behind the function's own, within that of the invocation.</summary>
    /// <param name="log">Any logger.</param>
    /// <param name="bot">The fused bot.</param>
    public static IDisposable? BeginMember(ILogger log, string bot) => log.BeginScope(new KeyValuePair<string, object?>[] { new("bot", bot) });
}
