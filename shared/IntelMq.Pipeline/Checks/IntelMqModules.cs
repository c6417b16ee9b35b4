// The bots of IntelMQ, so that one that is not built yet is told from a typing error. The data is in intelmq-modules.txt.
using System.Collections.Frozen;

namespace IntelMq.Pipeline.Checks;

/// <summary>The module names of IntelMQ's bots.</summary>
internal static class IntelMqModules
{
    /// <summary>All names.</summary>
    public static FrozenSet<string> All { get; } = DataFile.Lines("intelmq-modules.txt").ToFrozenSet(StringComparer.Ordinal);
}
