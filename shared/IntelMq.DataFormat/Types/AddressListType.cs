// Values that belong together: one map per address.
using System.Collections.Frozen;

namespace IntelMq.DataFormat;

/// <summary>
/// A list of maps, one per address: <c>[{"ip":"192.0.2.1","asn":64496,"cc":"AT"}]</c>. Known names are checked with the type of the
/// field of that name; other names must be well formed and may hold anything. A single map is a list of one.
/// </summary>
internal sealed class AddressListType : FieldType
{
    // Made on first use: the types of the catalogue exist only after this class.
    private static FrozenDictionary<string, FieldType>? s_types;

    private static FrozenDictionary<string, FieldType> Types => s_types ??= new Dictionary<string, FieldType>
    {
        ["abuse_contact"] = FieldTypes.LowercaseString,
        ["account"] = FieldTypes.String,
        ["allocated"] = FieldTypes.DateTime,
        ["as_name"] = FieldTypes.String,
        ["asn"] = FieldTypes.Asn,
        ["cc"] = FieldTypes.UppercaseString,
        ["fqdn"] = FieldTypes.Fqdn,
        ["ip"] = FieldTypes.IpAddress,
        ["latitude"] = FieldTypes.Float,
        ["local_ip"] = FieldTypes.IpAddress,
        ["longitude"] = FieldTypes.Float,
        ["network"] = FieldTypes.IpNetwork,
        ["port"] = FieldTypes.Integer,
        ["registry"] = FieldTypes.Registry,
        ["reverse_dns"] = FieldTypes.Fqdn,
        ["tor_node"] = FieldTypes.Boolean,
        ["url"] = FieldTypes.Url,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public override string Name => "AddressList";

    public override bool TrySanitize(in Value input, TimeProvider clock, out Value output)
    {
        var value = input.Kind == ValueKind.Text ? JsonText.TryParse(input.AsText()!) ?? Value.Missing : input;
        var addresses = new List<Value>();
        foreach (var item in value.AsList())
        {
            if (item.AsMap() is not { } map || !TrySanitize(map, clock, out var address))
            {
                output = Value.Missing;
                return false;
            }

            if (address.Count > 0)
            {
                addresses.Add(Value.Of(address));
            }
        }

        output = Value.Of(addresses.ToArray());
        return addresses.Count > 0;
    }

    public override bool IsValid(in Value value) =>
        value.Kind == ValueKind.List && value.AsList().Count > 0
        && value.AsList().All(item => item.AsMap() is { Count: > 0 } map && map.All(entry => IsWellFormed(entry.Key) && TypeOf(entry.Key).IsValid(entry.Value)));

    private static bool TrySanitize(ValueMap map, TimeProvider clock, out ValueMap address)
    {
        address = new ValueMap();
        foreach (var (name, item) in map)
        {
            if (EmptyValues.IsEmpty(item))
            {
                continue;
            }

            if (!IsWellFormed(name) || !TypeOf(name).TrySanitize(item, clock, out var proper))
            {
                return false;
            }

            address[name] = proper;
        }

        return true;
    }

    private static FieldType TypeOf(string name) => Types.GetValueOrDefault(name, FieldTypes.Anything);

    private static bool IsWellFormed(string name) => FieldCatalogue.IsWellFormed(name);
}
