// intelmq.bots.experts.rfc1918.expert: addresses, names and AS numbers that nobody has on the Internet.
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Experts;

/// <summary>The parameters of <see cref="Rfc1918Expert"/>.</summary>
public sealed record Rfc1918Parameters : ExpertParameters
{
    /// <summary>See the attribute.</summary>
    [Parameter("The fields to check, in order: addresses, domain names, URLs and AS numbers.")]
    public IReadOnlyList<string> Fields { get; init; } = ["destination.ip", "source.ip", "source.url"];

    /// <summary>See the attribute.</summary>
    [Parameter("What to do for each of the fields: 'del' removes the field, 'drop' drops the event. After the first field that is reserved the others are not checked.")]
    public IReadOnlyList<string> Policy { get; init; } = ["del", "drop", "drop"];

    /// <inheritdoc/>
    public override IEnumerable<string> Validate()
    {
        var (fields, policy) = (Fields.Where(name => name.Length > 0).ToArray(), Policy.Where(word => word.Length > 0).ToArray());
        if (fields.Length != policy.Length)
        {
            yield return $"'fields' has {fields.Length} entries and 'policy' {policy.Length}; each field needs its policy, in the same order.";
        }

        foreach (var word in policy.Where(word => word is not ("del" or "drop")))
        {
            yield return $"'policy' contains '{word}'; allowed are 'del' and 'drop'.";
        }

        foreach (var name in fields.Where(name => ReservedValues.TestFor(name) is null))
        {
            yield return $"'fields' contains '{name}'; only fields that end in .ip, .fqdn, .url or .asn can be checked.";
        }
    }
}

/// <summary>Removes fields, or drops events, whose address, name or AS number is reserved for private use, documentation or tests.</summary>
[Bot("intelmq.bots.experts.rfc1918.expert", "Removes fields or drops events with addresses, domain names or AS numbers that are reserved (private, local, documentation).",
    Reads =
    [
        "source.ip", "source.local_ip", "source.fqdn", "source.url", "source.asn",
        "destination.ip", "destination.local_ip", "destination.fqdn", "destination.url", "destination.asn",
    ],
    Fusible = true)]
public sealed class Rfc1918Expert : EventExpertBot<Rfc1918Parameters>
{
    private (Field Field, Func<Value, bool> IsReserved, bool Drops)[] _checks = [];

    /// <inheritdoc/>
    public override void Process(Event input, IOutbox outbox)
    {
        foreach (var (field, isReserved, drops) in _checks)
        {
            var value = input[field];
            if (!IsAnyReserved(value, isReserved))
            {
                continue;
            }

            if (drops)
            {
                return;
            }

            // Of several values only the reserved ones go.
            var proper = value.Kind == ValueKind.List ? value.AsList().Where(item => !isReserved(item)).ToArray() : [];
            input.Remove(field);
            if (proper.Length > 0)
            {
                input.Add(field, Value.Of(proper), AddOptions.AsIs);
            }

            break;
        }

        if (input.Count > 0)
        {
            outbox.Send(input, input);
        }
    }

    /// <inheritdoc/>
    protected override ValueTask StartAsync(CancellationToken cancellation)
    {
        var unknown = Parameters.Fields.Where(name => name.Length > 0 && !Context.Fields.TryGet(name, out _)).ToArray();
        if (unknown.Length > 0)
        {
            throw new BotConfigurationException(unknown.Select(name => $"'fields' contains '{name}', which is no field of events. Correct the name.").ToArray());
        }

        _checks = Parameters.Fields.Where(name => name.Length > 0)
            .Zip(Parameters.Policy.Where(word => word.Length > 0), (name, word) => (Context.Fields.Get(name), ReservedValues.TestFor(name)!, word == "drop"))
            .ToArray();
        return ValueTask.CompletedTask;
    }

    private static bool IsAnyReserved(in Value value, Func<Value, bool> isReserved)
    {
        if (value.IsMissing || value.Kind != ValueKind.List)
        {
            return !value.IsMissing && isReserved(value);
        }

        foreach (var item in value.AsList())
        {
            if (isReserved(item))
            {
                return true;
            }
        }

        return false;
    }
}
