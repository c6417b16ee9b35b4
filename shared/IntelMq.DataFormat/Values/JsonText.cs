// JSON text of values in the three spellings that the data format uses.
using System.Buffers;
using System.Text;
using System.Text.Json;

namespace IntelMq.DataFormat;

/// <summary>Writes and reads the JSON text of values.</summary>
public static class JsonText
{
    /// <summary>Parses one JSON value. Null where the text is not JSON (or nests deeper than 64 levels).</summary>
    public static Value? TryParse(ReadOnlySpan<byte> utf8)
    {
        try
        {
            var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = JsonSlice.MaxDepth });
            reader.Read();
            var value = JsonSlice.ReadValue(ref reader);
            return reader.Read() ? null : value;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Parses one JSON value. Null where the text is not JSON.</summary>
    public static Value? TryParse(string text) => TryParse(Encoding.UTF8.GetBytes(text));

    /// <summary>ASCII-escaped without blanks: the form of envelopes and frames.</summary>
    public static string Compact(in Value value) => Write(value, JsonStyle.Wire);

    /// <summary>The text of a value in a style.</summary>
    public static string Write(in Value value, JsonStyle style)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        WriteTo(buffer, value, style);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Writes the text of a value in a style.</summary>
    public static void WriteTo(IBufferWriter<byte> output, in Value value, JsonStyle style) => JsonStyleWriter.Write(output, value, style);

    /// <summary>
    /// The text of a string or property name token. Half of a surrogate pair is not UTF-8 and cannot be stored: it becomes U+FFFD.
    /// </summary>
    internal static string ReadString(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // A lone surrogate escape (valid JSON, invalid text).
            return LoneSurrogates.Decode(reader.ValueSpan);
        }
    }
}
