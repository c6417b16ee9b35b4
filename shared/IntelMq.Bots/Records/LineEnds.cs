// Where lines end.
using System.Buffers;

namespace IntelMq.Bots;

/// <summary>Finds the ends of lines: LF, CR LF, CR.</summary>
internal static class LineEnds
{
    private static readonly SearchValues<byte> s_ends = SearchValues.Create("\n\r"u8);

    /// <summary>What counts as blank around a line.</summary>
    public static ReadOnlySpan<byte> Blanks => " \t\v\f\0"u8;

    /// <summary>
    /// The length of the first line and of the line with its end. False where more bytes are needed to know.
    /// At the end of the report the last line needs no line end; nothing at all gives two zeros.
    /// </summary>
    /// <param name="bytes">Bytes from the start of a line.</param>
    /// <param name="searched">How many of them are known to hold no line end; brought up to date.</param>
    /// <param name="isEnd">Whether nothing follows.</param>
    /// <param name="length">The length without the line end.</param>
    /// <param name="after">The length with the line end.</param>
    public static bool TryFind(ReadOnlySpan<byte> bytes, ref int searched, bool isEnd, out int length, out int after)
    {
        var found = bytes[searched..].IndexOfAny(s_ends);
        if (found < 0)
        {
            searched = bytes.Length;
            (length, after) = (bytes.Length, bytes.Length);
            return isEnd;
        }

        length = searched + found;
        searched = length;
        if (bytes[length] == (byte)'\r' && length + 1 == bytes.Length && !isEnd)
        {
            after = 0;
            return false;
        }

        after = length + Length(bytes[length..]);
        return true;
    }

    /// <summary>The length of the line end at the start of the bytes.</summary>
    public static int Length(ReadOnlySpan<byte> bytes) => bytes is [(byte)'\r', (byte)'\n', ..] ? 2 : 1;

    /// <summary>The line end of a report by its beginning: the one kind that there is; CR LF where there is none or more than one.</summary>
    public static string Of(ReadOnlySpan<byte> beginning)
    {
        var (first, mixed) = (0, false);
        while (beginning.IndexOfAny(s_ends) is >= 0 and var found)
        {
            beginning = beginning[found..];
            var kind = Length(beginning) == 2 ? 2 : beginning[0];
            mixed |= first != 0 && first != kind;
            first = kind;
            beginning = beginning[Length(beginning)..];
        }

        return mixed ? "\r\n" : first switch { '\n' => "\n", '\r' => "\r", _ => "\r\n" };
    }
}
