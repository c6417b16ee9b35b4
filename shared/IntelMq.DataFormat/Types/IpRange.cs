// An address with a prefix length, as "address/length", "address/netmask" or "address/hostmask".
using System.Globalization;
using System.Numerics;

namespace IntelMq.DataFormat;

/// <summary>Reads address ranges as Python's ipaddress does.</summary>
/// <param name="Address">The address, with the bits behind the prefix.</param>
/// <param name="PrefixLength">The length of the prefix in bits.</param>
internal readonly record struct IpRange(IpNumber Address, int PrefixLength)
{
    /// <summary>Whether no bit behind the prefix is set.</summary>
    public bool IsNetwork => Address.Network(PrefixLength) == Address;

    /// <summary>Reads a range; a single address is the range of itself.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out IpRange range)
    {
        var slash = text.IndexOf('/');
        range = default;
        if (!IpNumber.TryParse(slash < 0 ? text : text[..slash], out var address))
        {
            return false;
        }

        var length = address.Length;
        if (slash >= 0 && !TryPrefixLength(text[(slash + 1)..], address, out length))
        {
            return false;
        }

        range = new IpRange(address, length);
        return true;
    }

    /// <summary>The length of the longest canonical text.</summary>
    public const int LongestText = 44;

    /// <summary>The network in canonical form.</summary>
    public override string ToString()
    {
        Span<char> text = stackalloc char[LongestText];
        return text[..Format(text)].ToString();
    }

    /// <summary>Writes the network in canonical form and gives the length of the text.</summary>
    public int Format(Span<char> text)
    {
        var used = Address.Network(PrefixLength).Format(text);
        text[used++] = '/';
        PrefixLength.TryFormat(text[used..], out var digits, default, CultureInfo.InvariantCulture);
        return used + digits;
    }

    private static bool TryPrefixLength(ReadOnlySpan<char> text, IpNumber address, out int length)
    {
        if (text.IndexOfAnyExceptInRange('0', '9') < 0)
        {
            return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out length) && length <= address.Length;
        }

        length = 0;
        if (address.Version == 6 || !IpNumber.TryParse(text, out var mask) || mask.Version == 6)
        {
            return false;
        }

        // Ones then zeros is a netmask, zeros then ones a hostmask; 0.0.0.0 is the netmask /0.
        var bits = (uint)mask.Bits;
        var net = BitOperations.IsPow2(~bits + 1L) ? bits : ~bits;
        length = BitOperations.PopCount(net);
        return net == (length == 0 ? 0 : uint.MaxValue << (32 - length));
    }
}
