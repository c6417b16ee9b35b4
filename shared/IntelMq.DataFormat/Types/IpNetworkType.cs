// Address ranges.
namespace IntelMq.DataFormat;

/// <summary>An address range in CIDR form ("192.0.2.0/24"). Bits behind the prefix are cleared; a single address is a range of one.</summary>
internal sealed class IpNetworkType : FieldType
{
    public override string Name => "IPNetwork";

    internal override bool IsRepeatable => true;

    public override bool TrySanitize(in Value input, TimeProvider clock, out Value output)
    {
        output = StringType.TextOrBytes(input) is { } text && IpRange.TryParse(WithoutScope(Blanks.Trim(text)), out var range) ? InCanonicalForm(range, text) : Value.Missing;
        return !output.IsMissing;
    }

    // What sanitation writes is a network in its canonical form.
    internal override bool TryMakeProper(in Value input, TimeProvider clock, out Value output) => TrySanitize(input, clock, out output);

    private static string InCanonicalForm(IpRange range, string text)
    {
        // The everyday case is seen without writing the network: nothing but a prefix length can be spelled differently.
        if (range.Address.Version == 4 && range.IsNetwork && HasPlainPrefix(text))
        {
            return text;
        }

        Span<char> canonical = stackalloc char[IpRange.LongestText];
        canonical = canonical[..range.Format(canonical)];
        return canonical.SequenceEqual(text) ? text : canonical.ToString();
    }

    public override bool IsValid(in Value value) =>
        value.Kind == ValueKind.Text && IpRange.TryParse(value.AsText(), out var range) && range.IsNetwork;

    // No blank or scope, and digits without a zero in front.
    private static bool HasPlainPrefix(ReadOnlySpan<char> text)
    {
        var prefix = text[(text.IndexOf('/') + 1)..];
        return prefix.Length is 1 or 2 && prefix.IndexOfAnyExceptInRange('0', '9') < 0 && (prefix[0] != '0' || prefix.Length == 1)
            && char.IsAsciiDigit(text[0]) && !text.Contains('%');
    }

    // "fe80::1%eth0/64" is fe80::1/64.
    private static string WithoutScope(string text)
    {
        var scope = text.IndexOf('%', StringComparison.Ordinal);
        if (scope < 0)
        {
            return text;
        }

        var slash = text.IndexOf('/', scope);
        return slash < 0 ? text[..scope] : string.Concat(text.AsSpan(0, scope), text.AsSpan(slash));
    }
}
