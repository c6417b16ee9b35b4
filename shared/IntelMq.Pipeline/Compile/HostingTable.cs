// What can run where. The data is in hosting.tsv.
using IntelMq.Pipeline.Checks;

namespace IntelMq.Pipeline.Compile;

/// <summary>Which transports run on which hosting plan with which authentication.</summary>
internal static class HostingTable
{
    private static readonly IReadOnlyList<Row> s_rows = DataFile.Lines("hosting.tsv")
        .Select(line => line.Split('\t'))
        .Select(parts => new Row(parts[0], parts[1], parts[2], parts.ElementAtOrDefault(3) ?? ""))
        .ToArray();

    /// <summary>The hosting plans.</summary>
    public static IReadOnlyList<string> Plans { get; } = s_rows.Select(row => row.Plan).Distinct().ToArray();

    /// <summary>The ways to authenticate.</summary>
    public static IReadOnlyList<string> Authentications { get; } = s_rows.Select(row => row.Authentication).Distinct().ToArray();

    /// <summary>What has to be known about a combination; null where it is not possible.</summary>
    public static string? Note(string transport, string plan, string authentication) =>
        s_rows.FirstOrDefault(row => row == row with { Transport = transport, Plan = plan, Authentication = authentication })?.Note;

    /// <summary>Why a combination is refused, with what to take instead.</summary>
    public static string Refusal(string transport, string plan, string authentication)
    {
        var plans = s_rows.Where(row => row.Transport == transport && row.Authentication == authentication).Select(row => row.Plan).Distinct().ToArray();
        var transports = s_rows.Where(row => row.Plan == plan && row.Authentication == authentication).Select(row => row.Transport).Distinct().ToArray();
        string[] cures = [.. plans.Length > 0 ? [$"--plan {Or(plans)}"] : Array.Empty<string>(), .. transports.Length > 0 ? [$"--transport {Or(transports)}"] : Array.Empty<string>()];
        return $"'{transport}' does not run on the plan '{plan}' with the authentication '{authentication}'. Take {(cures.Length > 0 ? string.Join(", or ", cures) : $"--plan {Or(Plans)} and --authentication {Or(Authentications)}")}.";
    }

    private static string Or(IReadOnlyList<string> names) => names.Count < 2 ? string.Concat(names) : string.Join(", ", names.SkipLast(1)) + " or " + names[^1];

    private sealed record Row(string Transport, string Plan, string Authentication, string Note);
}
