// The keys of IntelMQ that mean nothing here, each with the reason. The data is in ignored-keys.tsv.
using System.IO.Enumeration;

namespace IntelMq.Pipeline.Checks;

/// <summary>The keys of IntelMQ that mean nothing here.</summary>
internal static class IgnoredKeys
{
    private static readonly (string Pattern, string Reason)[] s_keys = DataFile.Lines("ignored-keys.tsv")
        .Select(line => line.Split('\t'))
        .Select(parts => (parts[0], parts[1]))
        .ToArray();

    /// <summary>Why a key means nothing here; null for a key that may mean something.</summary>
    public static string? Reason(string key) =>
        Array.Find(s_keys, known => FileSystemName.MatchesSimpleExpression(known.Pattern, key, ignoreCase: false)).Reason;
}
