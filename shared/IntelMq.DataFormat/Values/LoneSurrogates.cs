// Text with half a surrogate pair: JSON can spell it, UTF-8 cannot hold it.
using System.Globalization;
using System.Text;

namespace IntelMq.DataFormat;

/// <summary>Decodes the inside of a JSON string that holds lone surrogate escapes.</summary>
internal static class LoneSurrogates
{
    public static string Decode(ReadOnlySpan<byte> inside)
    {
        var source = Encoding.UTF8.GetString(inside);
        var text = new StringBuilder(source.Length);
        for (var i = 0; i < source.Length; i++)
        {
            if (source[i] != '\\')
            {
                text.Append(source[i]);
                continue;
            }

            i++;
            if (source[i] == 'u')
            {
                text.Append((char)ushort.Parse(source.AsSpan(i + 1, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                i += 4;
            }
            else
            {
                text.Append(source[i] switch { 'n' => '\n', 't' => '\t', 'r' => '\r', 'b' => '\b', 'f' => '\f', var other => other });
            }
        }

        // Encoding and decoding once turns what UTF-8 cannot hold into U+FFFD.
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.ToString()));
    }
}
