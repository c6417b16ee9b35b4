// The host part of a URL: user, name or address, port.
using System.Globalization;
using IntelMq.DataFormat;

namespace IntelMq.Experts;

/// <summary>User, host and port of a URL, as slices of it.</summary>
internal readonly ref struct UrlHost
{
    /// <summary>Cuts <c>user:password@host:port</c>; an IPv6 host stands in brackets.</summary>
    public UrlHost(ReadOnlySpan<char> authority)
    {
        var at = authority.LastIndexOf('@');
        var user = at < 0 ? default : authority[..at];
        var host = authority[(at + 1)..];
        var secret = user.IndexOf(':');
        User = secret < 0 ? user : user[..secret];
        if (host is ['[', ..] && host.IndexOf(']') is > 0 and var close)
        {
            Name = host[1..close];
            host = host[(close + 1)..];
        }
        else
        {
            var end = host.IndexOf(':');
            Name = end < 0 ? host : host[..end];
        }

        var colon = host.IndexOf(':');
        PortText = colon < 0 ? default : host[(colon + 1)..];
    }

    /// <summary>The user, without the password.</summary>
    public ReadOnlySpan<char> User { get; }

    /// <summary>The host name or address, without brackets.</summary>
    public ReadOnlySpan<char> Name { get; }

    /// <summary>Whether the host is an address of a machine, not a name. (0.0.0.0 is no such address.)</summary>
    public bool IsAddress
    {
        get
        {
            var scope = Name.IndexOf('%');
            return IpNumber.TryParse(scope < 0 ? Name : Name[..scope], out var address) && address != new IpNumber(0, 4);
        }
    }

    /// <summary>What stands for the port.</summary>
    public ReadOnlySpan<char> PortText { get; }

    /// <summary>The port, 0 where there is none. False where it is no number of 16 bits.</summary>
    public bool TryPort(out int port)
    {
        port = 0;
        return PortText.IsEmpty || (int.TryParse(PortText, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= ushort.MaxValue);
    }
}
