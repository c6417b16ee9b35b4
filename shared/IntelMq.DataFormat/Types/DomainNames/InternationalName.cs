// Domain names in ASCII (IDNA 2003, RFC 3490).
namespace IntelMq.DataFormat;

/// <summary>Writes domain names in the letters of the DNS.</summary>
internal static class InternationalName
{
    private const int LongestLabel = 63;

    // Preparing drops characters, so a label may be longer before; the limit keeps hostile names cheap.
    private const int LongestUnprepared = 1000;

    /// <summary>
    /// The name in ASCII, for example <c>xn--mnchen-3ya.de</c>; the same object where it is ASCII already. The case of ASCII labels stays.
    /// Null where a label is empty, longer than 63 characters or not allowed. The last label may be empty.
    /// </summary>
    public static string? ToAscii(string name)
    {
        if (System.Text.Ascii.IsValid(name))
        {
            return HasProperLabels(name) ? name : null;
        }

        var labels = name.Split('.', '\u3002', '\uff0e', '\uff61');
        var last = labels[^1].Length == 0 ? labels.Length - 1 : labels.Length;
        for (var i = 0; i < last; i++)
        {
            if (LabelToAscii(labels[i]) is not { } label)
            {
                return null;
            }

            labels[i] = label;
        }

        return string.Join('.', labels);
    }

    private static bool HasProperLabels(ReadOnlySpan<char> name)
    {
        while (true)
        {
            var dot = name.IndexOf('.');
            if (dot < 0)
            {
                return name.Length <= LongestLabel;
            }

            if (dot is 0 or > LongestLabel)
            {
                return false;
            }

            name = name[(dot + 1)..];
        }
    }

    private static string? LabelToAscii(string label)
    {
        if (!System.Text.Ascii.IsValid(label))
        {
            if (label.Length > LongestUnprepared || Nameprep.Prepare(label) is not { } prepared)
            {
                return null;
            }

            label = prepared;
            if (!System.Text.Ascii.IsValid(label))
            {
                // A prepared label that claims to be encoded already would decode to something else.
                if (label.Length > LongestLabel || label.StartsWith("xn--", StringComparison.Ordinal))
                {
                    return null;
                }

                label = "xn--" + Punycode.Encode(label);
            }
        }

        return label.Length is > 0 and <= LongestLabel ? label : null;
    }
}
