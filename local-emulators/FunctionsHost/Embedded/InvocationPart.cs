// What one bot did in an invocation.
using IntelMq.Runtime;

namespace IntelMq.FunctionsHost.Embedded;

/// <summary>What one bot did in an invocation.</summary>
/// <param name="Source">The bot's queue: what it parks or does not finish goes there.</param>
/// <param name="Done">The frames of that queue that it handled; none where they were handed over by the bot before it.</param>
/// <param name="Result">What came of it.</param>
/// <param name="State">The bot's state.</param>
public sealed record InvocationPart(EmbeddedQueue Source, IReadOnlyList<QueuedFrame> Done, InvocationResult Result, EmbeddedState State);
