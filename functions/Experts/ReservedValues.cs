// Addresses, domain names and AS numbers that are reserved for private use, documentation, tests and the like.
using IntelMq.DataFormat;

namespace IntelMq.Experts;

/// <summary>Tells what is reserved, by the kind of field.</summary>
internal static class ReservedValues
{
    private static readonly (IpNumber Network, int Length)[] s_networks = new[]
    {
        "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
        "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "fe80::/64", "2001:db8::/32",
    }.Select(Network).ToArray();

    private static readonly string[] s_names = ["example.com", "example.net", "example.org"];

    private static readonly string[] s_suffixes = [".test", ".example", ".invalid", ".localhost", ".example.com", ".example.net", ".example.org"];

    /// <summary>The test for a field, by the last part of its name; null where there is none.</summary>
    public static Func<Value, bool>? TestFor(string field) => field[(field.LastIndexOf('.') + 1)..] switch
    {
        "ip" or "local_ip" => value => value.AsText() is { } text && IsAddress(text),
        "fqdn" => value => value.AsText() is { } text && IsName(text),
        "url" => value => value.AsText() is { } url && Url.TryGetAuthority(url, out var authority) && (IsAddress(authority) || IsName(authority)),
        "asn" => value => value.AsInteger() is >= 64496 and <= 64511 or >= 65536 and <= 65551,
        _ => null,
    };

    private static bool IsAddress(string text)
    {
        if (!IpNumber.TryParse(text, out var address))
        {
            return false;
        }

        foreach (var (network, length) in s_networks)
        {
            if (network.Version == address.Version && address.Network(length) == network)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsName(string text)
    {
        foreach (var name in s_names)
        {
            if (text == name)
            {
                return true;
            }
        }

        foreach (var suffix in s_suffixes)
        {
            if (text.EndsWith(suffix, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private static (IpNumber Network, int Length) Network(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return IpNumber.TryParse(text.AsSpan(0, slash), out var network)
            ? (network, int.Parse(text.AsSpan(slash + 1), System.Globalization.CultureInfo.InvariantCulture))
            : throw new FormatException($"'{text}' is no network.");
    }
}
