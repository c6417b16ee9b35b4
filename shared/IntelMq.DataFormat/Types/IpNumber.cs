// An IP address as a number: strict reading, and writing in the canonical form.
using System.Buffers;
using System.Globalization;

namespace IntelMq.DataFormat;

/// <summary>
/// An IPv4 or IPv6 address. Reads only complete addresses without leading zeros ("192.0.2.01" and "192.0.2" are none)
/// and writes IPv6 compressed in lower case (RFC 5952, with hexadecimal groups only).
/// </summary>
/// <param name="Bits">The address as a number.</param>
/// <param name="Version">4 or 6.</param>
public readonly record struct IpNumber(UInt128 Bits, int Version)
{
    private static readonly SearchValues<char> s_hexadecimal = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>The length of an address of this version in bits: 32 or 128.</summary>
    public int Length => Version == 4 ? 32 : 128;

    /// <summary>Reads an address; no blanks, brackets, ports, prefix lengths or scopes.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out IpNumber address)
    {
        if (TryParseVersion4(text, out var bits))
        {
            address = new IpNumber(bits, 4);
            return true;
        }

        var ok = text.IndexOf(':') >= 0 & TryParseVersion6(text, out var wide);
        address = new IpNumber(wide, 6);
        return ok;
    }

    /// <summary>The address of a number: up to 32 bits are IPv4, the others IPv6.</summary>
    public static IpNumber Of(UInt128 bits) => new(bits, bits <= uint.MaxValue ? 4 : 6);

    /// <summary>This address with the bits behind a prefix cleared.</summary>
    public IpNumber Network(int prefixLength) =>
        new(prefixLength == 0 ? 0 : Bits & (UInt128.MaxValue << (Length - prefixLength) & (Version == 4 ? uint.MaxValue : UInt128.MaxValue)), Version);

    /// <summary>The name for reverse look-ups, for example <c>1.2.0.192.in-addr.arpa.</c></summary>
    public string ReverseName()
    {
        var bits = Bits;
        if (Version == 4)
        {
            var n = (uint)bits;
            return string.Create(CultureInfo.InvariantCulture, $"{n & 255}.{(n >> 8) & 255}.{(n >> 16) & 255}.{n >> 24}.in-addr.arpa.");
        }

        return string.Create(73, bits, static (name, left) =>
        {
            for (var i = 0; i < 32; i++)
            {
                name[2 * i] = "0123456789abcdef"[(int)(left & 15)];
                name[(2 * i) + 1] = '.';
                left >>= 4;
            }

            "ip6.arpa.".CopyTo(name[64..]);
        });
    }

    /// <summary>The canonical text.</summary>
    public override string ToString()
    {
        Span<char> text = stackalloc char[40];
        return new string(text[..Format(text)]);
    }

    /// <summary>Writes the canonical text (at most 39 characters) and gives its length.</summary>
    public int Format(Span<char> text)
    {
        var used = 0;
        if (Version == 4)
        {
            for (var shift = 24; shift >= 0; shift -= 8)
            {
                ((uint)(Bits >> shift) & 255).TryFormat(text[used..], out var digits, default, CultureInfo.InvariantCulture);
                used += digits;
                if (shift > 0)
                {
                    text[used++] = '.';
                }
            }

            return used;
        }

        var (zerosFrom, zeros) = LongestZeros();
        for (var group = 0; group < 8; group++)
        {
            if (group == zerosFrom)
            {
                text[used++] = ':';
                if (group == 0)
                {
                    text[used++] = ':';
                }

                group += zeros - 1;
                continue;
            }

            Group(group).TryFormat(text[used..], out var digits, "x", CultureInfo.InvariantCulture);
            used += digits;
            if (group < 7)
            {
                text[used++] = ':';
            }
        }

        return used;
    }

    private uint Group(int group) => (uint)(Bits >> (112 - (16 * group))) & 0xffff;

    // The first of the longest runs of zero groups; a single one is written out.
    private (int From, int Count) LongestZeros()
    {
        var (from, count) = (-1, 1);
        for (var group = 0; group < 8; group++)
        {
            var run = 0;
            while (group + run < 8 && Group(group + run) == 0)
            {
                run++;
            }

            if (run > count)
            {
                (from, count) = (group, run);
            }

            group += Math.Max(0, run - 1);
        }

        return (from, count);
    }

    private static bool TryParseVersion4(ReadOnlySpan<char> text, out uint bits)
    {
        bits = 0;
        if (text.Length is < 7 or > 15)
        {
            return false;
        }

        var parts = 0;
        var digits = 0;
        var part = 0u;
        foreach (var c in text)
        {
            if (c == '.')
            {
                if (digits == 0 || ++parts > 3)
                {
                    return false;
                }

                bits = (bits << 8) | part;
                (digits, part) = (0, 0);
            }
            else if (!char.IsAsciiDigit(c) || (digits > 0 && part == 0))
            {
                return false;
            }
            else
            {
                part = (part * 10) + (uint)(c - '0');
                if (++digits > 3 || part > 255)
                {
                    return false;
                }
            }
        }

        bits = (bits << 8) | part;
        return parts == 3 && digits > 0;
    }

    private static bool TryParseVersion6(ReadOnlySpan<char> text, out UInt128 bits)
    {
        bits = 0;
        if (text.Length is < 2 or > 45)
        {
            return false;
        }

        Span<ushort> groups = stackalloc ushort[8];
        var (count, gap) = (0, -1);
        var at = 0;
        if (text[0] == ':')
        {
            if (text[1] != ':')
            {
                return false;
            }

            (gap, at) = (0, 2);
        }

        while (at < text.Length)
        {
            var rest = text[at..];
            var end = rest.IndexOf(':');
            var group = end < 0 ? rest : rest[..end];
            if (end < 0 && group.IndexOf('.') >= 0)
            {
                if (count > 6 || !TryParseVersion4(group, out var last))
                {
                    return false;
                }

                groups[count++] = (ushort)(last >> 16);
                groups[count++] = (ushort)last;
                break;
            }

            if (count == 8 || group.Length is 0 or > 4 || group.ContainsAnyExcept(s_hexadecimal))
            {
                return false;
            }

            groups[count++] = ushort.Parse(group, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            if (end < 0)
            {
                break;
            }

            at += end + 1;
            if (at == text.Length)
            {
                return false;
            }

            if (text[at] == ':')
            {
                if (gap >= 0)
                {
                    return false;
                }

                gap = count;
                at++;
            }
        }

        if (gap < 0 ? count != 8 : count > 7)
        {
            return false;
        }

        var behind = gap < 0 ? 0 : count - gap;
        for (var i = 0; i < 8; i++)
        {
            var group = gap < 0 || i < gap ? groups[i] : i < 8 - behind ? (ushort)0 : groups[i - (8 - count)];
            bits = (bits << 16) | group;
        }

        return true;
    }
}
