// The class of each type of incident, for the loop by hand.
namespace IntelMq.Benchmarks;

/// <summary>The taxonomy of each classification type; the others are "other".</summary>
internal static class Taxonomies
{
    /// <summary>By type.</summary>
    public static IReadOnlyDictionary<string, string> ByType { get; } = new Dictionary<string, string>
    {
        ["spam"] = "abusive-content", ["harmful-speech"] = "abusive-content", ["violence"] = "abusive-content",
        ["ddos"] = "availability", ["dos"] = "availability", ["outage"] = "availability", ["sabotage"] = "availability", ["misconfiguration"] = "availability",
        ["copyright"] = "fraud", ["masquerade"] = "fraud", ["phishing"] = "fraud", ["unauthorized-use-of-resources"] = "fraud",
        ["unauthorised-information-access"] = "information-content-security", ["unauthorised-information-modification"] = "information-content-security",
        ["data-loss"] = "information-content-security", ["data-leak"] = "information-content-security",
        ["scanner"] = "information-gathering", ["sniffing"] = "information-gathering", ["social-engineering"] = "information-gathering",
        ["brute-force"] = "intrusion-attempts", ["exploit"] = "intrusion-attempts", ["ids-alert"] = "intrusion-attempts",
        ["application-compromise"] = "intrusions", ["burglary"] = "intrusions", ["privileged-account-compromise"] = "intrusions",
        ["system-compromise"] = "intrusions", ["unprivileged-account-compromise"] = "intrusions",
        ["c2-server"] = "malicious-code", ["infected-system"] = "malicious-code", ["malware-configuration"] = "malicious-code", ["malware-distribution"] = "malicious-code",
        ["ddos-amplifier"] = "vulnerable", ["information-disclosure"] = "vulnerable", ["potentially-unwanted-accessible"] = "vulnerable",
        ["vulnerable-system"] = "vulnerable", ["weak-crypto"] = "vulnerable",
        ["test"] = "test",
    };

    private static readonly Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> s_bySpan =
        ((Dictionary<string, string>)ByType).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The taxonomy of a type; "other" where there is no type.</summary>
    public static string Of(ReadOnlySpan<char> type) => s_bySpan.TryGetValue(type, out var taxonomy) ? taxonomy : "other";
}
