// A hook that a pipeline file names.
using System.IO.Enumeration;
using IntelMq.DataFormat;

namespace IntelMq.Pipeline;

/// <summary>A hook that a pipeline file names.</summary>
/// <param name="Type">The name of the hook.</param>
/// <param name="Bots">The ids of the bots it is for; <c>*</c> stands for any text, <c>?</c> for any character.</param>
/// <param name="Parameters">Its parameters.</param>
public sealed record HookInstance(string Type, string Bots, ValueMap Parameters)
{
    /// <summary>The simple name of the assembly that carries the hook; null where it was not found.</summary>
    public string? Assembly { get; init; }

    /// <summary>Whether the hook is for a bot.</summary>
    public bool IsFor(string botId) => FileSystemName.MatchesSimpleExpression(Bots, botId, ignoreCase: false);
}
