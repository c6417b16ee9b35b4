// URLs.
namespace IntelMq.DataFormat;

/// <summary>A URL with a host. Defused schemes (hxxp) are made whole again; "file:" without host means this machine.</summary>
internal sealed class UrlType : FieldType
{
    public override string Name => "URL";

    internal override bool IsRepeatable => true;

    public override bool TrySanitize(in Value input, TimeProvider clock, out Value output)
    {
        output = StringType.Text(input).AsText() is { Length: > 0 } text ? Whole(text) : Value.Missing;
        return !output.IsMissing;
    }

    public override bool IsValid(in Value value) =>
        value.Kind == ValueKind.Text && value.AsText() is { Length: > 0 } url && !Blanks.IsBlank(url[0])
        && Url.TrySplit(url, out var parts) && parts.Authority.Length > 0;

    // A trimmed URL with a host is valid, and sanitation gives no other.
    internal override bool TryMakeProper(in Value input, TimeProvider clock, out Value output) => TrySanitize(input, clock, out output);

    private static Value Whole(string text)
    {
        if (text.Contains("hxxp", StringComparison.Ordinal))
        {
            text = text.Replace("hxxp://", "http://", StringComparison.Ordinal).Replace("hxxps://", "https://", StringComparison.Ordinal);
        }

        if (!Url.TrySplit(text, out var parts))
        {
            return Value.Missing;
        }

        if (parts.Authority.Length > 0)
        {
            return text;
        }

        return parts.Scheme.Equals("file", StringComparison.OrdinalIgnoreCase)
            ? OnThisMachine(parts.Rest)
            : Value.Missing;
    }

    private static string OnThisMachine(ReadOnlySpan<char> path)
    {
        // An empty query or fragment is dropped.
        var fragment = Cut(ref path, '#');
        var query = Cut(ref path, '?');
        return string.Concat("file://localhost", path.IsEmpty || path[0] == '/' ? "" : "/", string.Concat(path, query, fragment));
    }

    // The part from a mark on; empty where nothing follows the mark.
    private static ReadOnlySpan<char> Cut(ref ReadOnlySpan<char> text, char mark)
    {
        var at = text.IndexOf(mark);
        var part = at < 0 ? default : text[at..];
        text = at < 0 ? text : text[..at];
        return part.Length > 1 ? part : default;
    }
}
