// IP addresses.
using System.Globalization;

namespace IntelMq.DataFormat;

/// <summary>
/// An IPv4 or IPv6 address in canonical form. Accepts blanks around it, a scope ("%eth0", cut), a prefix length that means the
/// single address ("/32", "/128") and the address as a decimal number. 0.0.0.0 is no address of a machine.
/// </summary>
internal sealed class IpAddressType : FieldType
{
    public override string Name => "IPAddress";

    internal override bool IsRepeatable => true;

    public override bool TrySanitize(in Value input, TimeProvider clock, out Value output)
    {
        switch (input.Kind)
        {
            case ValueKind.Text or ValueKind.Bytes:
                var text = StringType.TextOrBytes(input)!;
                output = Canonical(text);
                return !output.IsMissing;
            case ValueKind.Boolean:
                output = input.AsBoolean()!.Value ? "0.0.0.1" : "0.0.0.0";
                return true;
            case ValueKind.Integer when input.AsBigInteger() is { Sign: >= 0 } number && number <= (System.Numerics.BigInteger)UInt128.MaxValue:
                output = IpNumber.Of((UInt128)number).ToString();
                return true;
            default:
                output = Value.Missing;
                return false;
        }
    }

    public override bool IsValid(in Value value) => value.Kind == ValueKind.Text && IsValid(value.AsText()!);

    internal override bool TryMakeProper(in Value input, TimeProvider clock, out Value output)
    {
        // The everyday case: an IPv4 address is its own canonical form.
        if (input.Kind == ValueKind.Text && input.AsText() is { } text && IpNumber.TryParse(text, out var address))
        {
            output = InCanonicalForm(address, text);
            return address != new IpNumber(0, 4);
        }

        return base.TryMakeProper(input, clock, out output);
    }

    internal static bool IsValid(string text) => IpNumber.TryParse(text, out var address) && address != new IpNumber(0, 4);

    private static Value Canonical(string text)
    {
        // The everyday case: an IPv4 address is its own canonical form.
        if (IpNumber.TryParse(text, out var address))
        {
            return InCanonicalForm(address, text);
        }

        var rest = Blanks.Trim(text.AsSpan());
        var scope = rest.IndexOf('%');
        rest = scope < 0 ? rest : rest[..scope];
        if (rest.Length > 0 && rest.IndexOfAnyExceptInRange('0', '9') < 0)
        {
            return UInt128.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? IpNumber.Of(number).ToString() : Value.Missing;
        }

        return IpRange.TryParse(rest, out var range) && range.PrefixLength == range.Address.Length ? range.Address.ToString() : Value.Missing;
    }

    private static Value InCanonicalForm(IpNumber address, string text)
    {
        if (address.Version == 4)
        {
            return text;
        }

        Span<char> canonical = stackalloc char[40];
        canonical = canonical[..address.Format(canonical)];
        return canonical.SequenceEqual(text) ? text : canonical.ToString();
    }
}
