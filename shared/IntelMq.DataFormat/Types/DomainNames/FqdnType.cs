// Domain names.
using System.Buffers;

namespace IntelMq.DataFormat;

/// <summary>
/// A domain name: lower case, ASCII (IDNA 2003), no dots at the ends, no address. DNS names may hold nearly anything,
/// so underscores, wildcards and blanks inside are allowed, and single labels too.
/// </summary>
internal sealed class FqdnType : FieldType
{
    private static readonly SearchValues<char> s_notInNames = SearchValues.Create(":/?#");

    public override string Name => "FQDN";

    internal override bool IsRepeatable => true;

    public override bool TrySanitize(in Value input, TimeProvider clock, out Value output)
    {
        var text = StringType.Text(input);
        output = text.IsMissing || InternationalName.ToAscii(text.AsText()!.Trim('.')) is not { } ascii ? Value.Missing : LetterCase.Lower(ascii);
        return !output.IsMissing;
    }

    public override bool IsValid(in Value value)
    {
        if (value.Kind != ValueKind.Text || value.AsText() is not { Length: > 0 } name)
        {
            return false;
        }

        return System.Text.Ascii.IsValid(name)
            && name.AsSpan().IndexOfAnyInRange('A', 'Z') < 0
            && name[0] != '.' && name[^1] != '.'
            && InternationalName.ToAscii(name) is not null
            && (name.AsSpan().IndexOfAny(s_notInNames) < 0 || !LooksLikeUrl(name))
            && !(char.IsAsciiDigit(name[0]) && IpAddressType.IsValid(name));
    }

    internal override bool TryMakeProper(in Value input, TimeProvider clock, out Value output)
    {
        var isAscii = input.Kind == ValueKind.Text && System.Text.Ascii.IsValid(input.AsText());
        if (!TrySanitize(input, clock, out output))
        {
            return false;
        }

        // Sanitation has seen that the labels of an ASCII name are proper, cut the dots and lowered the case. What else can be wrong shows in these places.
        var name = output.AsText()!;
        return (isAscii && name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.AsSpan().IndexOfAny(s_notInNames) < 0) || IsValid(output);
    }

    // A question or number sign at the very end opens an empty query or fragment and belongs to the name, odd as it is.
    private static bool LooksLikeUrl(string name) => name.AsSpan().ContainsAny(':', '/') || name.AsSpan(0, name.Length - 1).ContainsAny('?', '#');
}
