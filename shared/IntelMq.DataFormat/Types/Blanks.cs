// What counts as a blank at the ends of a value: Python's str.strip().
namespace IntelMq.DataFormat;

/// <summary>Trims texts as Python does: the blanks of Unicode and the four ASCII separators.</summary>
internal static class Blanks
{
    public static bool IsBlank(char c) => c is ' ' or (>= '\t' and <= '\r') or (>= '\x1c' and <= '\x1f') || (c >= 0x80 && char.IsWhiteSpace(c));

    /// <summary>The text without blanks at its ends; the same object where there are none.</summary>
    public static string Trim(string text)
    {
        if (text.Length == 0 || (!IsBlank(text[0]) && !IsBlank(text[^1])))
        {
            return text;
        }

        return Trim(text.AsSpan()).ToString();
    }

    public static ReadOnlySpan<char> Trim(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty && IsBlank(text[0]))
        {
            text = text[1..];
        }

        while (!text.IsEmpty && IsBlank(text[^1]))
        {
            text = text[..^1];
        }

        return text;
    }
}
