// URLs.
namespace IntelMq.DataFormat;

/// <summary>A URL with a host. Defused schemes (hxxp) are made whole again; "file:" without host means this machine.</summary>
internal sealed class UrlType : FieldType
{
    public override string Name => "URL";

    public override bool TrySanitize(in Value input, TimeProvider clock, out Value output)
    {
        output = StringType.Text(input).AsText() is { Length: > 0 } text ? Whole(text) : Value.Missing;
        return !output.IsMissing;
    }

    public override bool IsValid(in Value value) =>
        value.Kind == ValueKind.Text && value.AsText() is { Length: > 0 } url && !Blanks.IsBlank(url[0])
        && Url.TrySplit(url, out var parts) && parts.Authority.Length > 0;

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
            ? string.Concat("file://localhost", parts.Rest.StartsWith("/") ? "" : "/", parts.Rest)
            : Value.Missing;
    }
}
