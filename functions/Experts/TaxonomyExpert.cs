// intelmq.bots.experts.taxonomy.expert: the class of an incident from its type.
using System.Collections.Frozen;
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Experts;

/// <summary>Sets <c>classification.taxonomy</c> by <c>classification.type</c>; never changes what is there.</summary>
[Bot("intelmq.bots.experts.taxonomy.expert", "Sets the class of the incident (classification.taxonomy) by its type.",
    Reads = ["classification.type", "classification.taxonomy"], Sets = ["classification.taxonomy", "classification.type"], Fusible = true)]
public sealed class TaxonomyExpert : EventExpertBot<ExpertParameters>
{
    // Types that are not listed belong to "other".
    private static readonly FrozenDictionary<string, Value> s_taxonomies = new Dictionary<string, string[]>
    {
        ["abusive-content"] = ["spam", "harmful-speech", "violence"],
        ["availability"] = ["ddos", "dos", "outage", "sabotage", "misconfiguration"],
        ["fraud"] = ["copyright", "masquerade", "phishing", "unauthorized-use-of-resources"],
        ["information-content-security"] = ["unauthorised-information-access", "unauthorised-information-modification", "data-loss", "data-leak"],
        ["information-gathering"] = ["scanner", "sniffing", "social-engineering"],
        ["intrusion-attempts"] = ["brute-force", "exploit", "ids-alert"],
        ["intrusions"] = ["application-compromise", "burglary", "privileged-account-compromise", "system-compromise", "unprivileged-account-compromise"],
        ["malicious-code"] = ["c2-server", "infected-system", "malware-configuration", "malware-distribution"],
        ["vulnerable"] = ["ddos-amplifier", "information-disclosure", "potentially-unwanted-accessible", "vulnerable-system", "weak-crypto"],
        ["test"] = ["test"],
    }.SelectMany(row => row.Value.Select(type => (Type: type, Taxonomy: row.Key))).ToFrozenDictionary(row => row.Type, row => Value.Of(row.Taxonomy), StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, Value>.AlternateLookup<ReadOnlySpan<char>> s_bySpan = s_taxonomies.GetAlternateLookup<ReadOnlySpan<char>>();
    private static readonly Value s_other = "other";
    private static readonly Value s_undetermined = "undetermined";

    /// <inheritdoc/>
    public override void Process(Event input, IOutbox outbox)
    {
        var type = input[Fields.Classification.Type];
        var hasTaxonomy = input.Contains(Fields.Classification.Taxonomy);
        if (!hasTaxonomy)
        {
            input.Add(Fields.Classification.Taxonomy, type.IsMissing ? s_other : TaxonomyOf(type), AddOptions.AsIs);
        }

        if (type.IsMissing)
        {
            input.Add(Fields.Classification.Type, s_undetermined, AddOptions.AsIs);
        }

        outbox.Send(input, input);
    }

    private static Value TaxonomyOf(in Value type)
    {
        // Types are short ASCII words: widening them on the stack spares a string per event.
        Span<char> word = stackalloc char[64];
        if (type.TryGetPlainUtf8(out var utf8) && utf8.Length <= word.Length && System.Text.Ascii.ToUtf16(utf8, word, out var length) == System.Buffers.OperationStatus.Done)
        {
            return s_bySpan.TryGetValue(word[..length], out var found) ? found : s_other;
        }

        return s_taxonomies.TryGetValue(type.AsText() ?? "", out var taxonomy) ? taxonomy : s_other;
    }
}
