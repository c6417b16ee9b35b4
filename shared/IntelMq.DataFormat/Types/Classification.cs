// The words of the classification: the reference security incident taxonomy with IntelMQ's additions.
namespace IntelMq.DataFormat;

/// <summary>The taxonomies and types of incidents.</summary>
internal static class Classification
{
    public static readonly string[] Taxonomies =
    [
        "abusive-content", "availability", "fraud", "information-content-security", "information-gathering", "intrusion-attempts",
        "intrusions", "malicious-code", "other", "test", "vulnerable",
    ];

    public static readonly Dictionary<string, string> OlderTaxonomies = new()
    {
        ["abusive content"] = "abusive-content",
        ["information gathering"] = "information-gathering",
        ["intrusion attempts"] = "intrusion-attempts",
        ["malicious code"] = "malicious-code",
    };

    public static readonly string[] Types =
    [
        "application-compromise", "blacklist", "brute-force", "burglary", "c2-server", "copyright", "data-leak", "data-loss", "ddos",
        "ddos-amplifier", "dga-domain", "dos", "exploit", "harmful-speech", "ids-alert", "infected-system", "information-disclosure",
        "malware", "malware-configuration", "malware-distribution", "masquerade", "misconfiguration", "other", "outage", "phishing",
        "potentially-unwanted-accessible", "privileged-account-compromise", "proxy", "sabotage", "scanner", "sniffing",
        "social-engineering", "spam", "system-compromise", "test", "tor", "unauthorised-information-access",
        "unauthorised-information-modification", "unauthorized-use-of-resources", "undetermined", "unprivileged-account-compromise",
        "violence", "vulnerable-system", "weak-crypto",
    ];

    public static readonly Dictionary<string, string> OlderTypes = new()
    {
        ["backdoor"] = "system-compromise",
        ["botnet drone"] = "infected-system",
        ["c&c"] = "c2-server",
        ["c2server"] = "c2-server",
        ["compromised"] = "system-compromise",
        ["defacement"] = "unauthorised-information-modification",
        ["dga domain"] = "dga-domain",
        ["dropzone"] = "other",
        ["ids alert"] = "ids-alert",
        ["infected system"] = "infected-system",
        ["leak"] = "data-leak",
        ["malware configuration"] = "malware-configuration",
        ["ransomware"] = "infected-system",
        ["unauthorized-command"] = "system-compromise",
        ["unauthorized-login"] = "system-compromise",
        ["unknown"] = "undetermined",
        ["vulnerable client"] = "vulnerable-system",
        ["vulnerable service"] = "vulnerable-system",
    };
}
