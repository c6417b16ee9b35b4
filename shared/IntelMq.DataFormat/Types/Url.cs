// The parts of a URL that the data format looks at.
namespace IntelMq.DataFormat;

/// <summary>Finds scheme and host part of a URL, as browsers and IntelMQ do: blanks in front and line breaks inside do not count.</summary>
public static class Url
{
    /// <summary>
    /// The part between <c>//</c> and the next <c>/</c>, <c>?</c> or <c>#</c>: host with port and user. Empty where there is none.
    /// False where brackets do not hold an IPv6 address.
    /// </summary>
    public static bool TryGetAuthority(string url, out string authority)
    {
        var ok = TrySplit(url, out var parts);
        authority = parts.Authority.ToString();
        return ok;
    }

    /// <summary>The host part as it stands in the URL, or null where the URL has none or it is an address.</summary>
    public static string? DomainName(string url) =>
        TryGetAuthority(url, out var authority) && authority.Length > 0 && !IpNumber.TryParse(authority, out _) ? authority : null;

    /// <summary>Cuts a URL into its parts. False where brackets do not hold an IPv6 address.</summary>
    /// <param name="url">The URL; the parts are slices of it, unless it holds tabs or line breaks.</param>
    /// <param name="parts">The parts as they stand in the URL; empty where there is none.</param>
    public static bool TrySplit(ReadOnlySpan<char> url, out UrlParts parts)
    {
        var text = url;
        while (!text.IsEmpty && text[0] <= ' ')
        {
            text = text[1..];
        }

        if (text.ContainsAny('\t', '\r', '\n'))
        {
            text = new string(text.ToArray().Where(c => c is not ('\t' or '\r' or '\n')).ToArray());
        }

        parts = default;
        var colon = text.IndexOf(':');
        if (colon > 0 && char.IsAsciiLetter(text[0]) && IsScheme(text[..colon]))
        {
            parts.Scheme = text[..colon];
            text = text[(colon + 1)..];
        }

        if (text.StartsWith("//"))
        {
            text = text[2..];
            var end = text.IndexOfAny('/', '?', '#');
            parts.Authority = end < 0 ? text : text[..end];
            text = end < 0 ? default : text[end..];
        }

        parts.Rest = text;
        return HasProperBrackets(parts.Authority);
    }

    private static bool IsScheme(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('+' or '-' or '.'))
            {
                return false;
            }
        }

        return true;
    }

    private static bool HasProperBrackets(ReadOnlySpan<char> authority)
    {
        var (open, close) = (authority.IndexOf('['), authority.IndexOf(']'));
        if (open < 0 && close < 0)
        {
            return true;
        }

        if (open < 0 || close < open)
        {
            return false;
        }

        var inside = authority[(open + 1)..close];
        var scope = inside.IndexOf('%');
        return (IpNumber.TryParse(scope < 0 ? inside : inside[..scope], out var address) && address.Version == 6)
            || (inside.Length > 3 && inside[0] is 'v' or 'V' && inside.IndexOf('.') > 1);
    }
}

/// <summary>The parts of a URL, as they stand in it.</summary>
public ref struct UrlParts
{
    /// <summary>The part before the first colon.</summary>
    public ReadOnlySpan<char> Scheme { get; internal set; }

    /// <summary>Host, with user and port.</summary>
    public ReadOnlySpan<char> Authority { get; internal set; }

    /// <summary>Path, query and fragment.</summary>
    public ReadOnlySpan<char> Rest { get; internal set; }
}
