// The field `raw`: Base64 of what a feed delivered.
using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace IntelMq.DataFormat;

/// <summary>Decodes the field <c>raw</c>.</summary>
public static class RawData
{
    private static readonly Encoding s_lenient = Encoding.GetEncoding("utf-8", EncoderFallback.ReplacementFallback, new DecoderReplacementFallback(""));

    /// <summary>The bytes of a Base64 value; characters outside the alphabet are skipped. Null where there is no value or it is no Base64.</summary>
    public static byte[]? Decode(in Value raw)
    {
        // Out of an envelope: no text is made of it.
        if (raw.TryGetPlainUtf8(out var utf8) && TryDecode(utf8) is { } decoded)
        {
            return decoded;
        }

        if (raw.AsText() is not { } text)
        {
            return null;
        }

        var bytes = new byte[(text.Length * 3 / 4) + 3];
        if (Convert.TryFromBase64String(text, bytes, out var written))
        {
            return bytes[..written];
        }

        return Convert.TryFromBase64String(Clean(text), bytes, out written) ? bytes[..written] : null;
    }

    /// <summary>
    /// The bytes of a Base64 value as a stream whose memory is used again when it is disposed of. Null where there is no value or it is no Base64.
    /// </summary>
    public static Stream? Open(in Value raw)
    {
        if (raw.TryGetPlainUtf8(out var utf8))
        {
            var rented = ArrayPool<byte>.Shared.Rent(Base64.GetMaxDecodedFromUtf8Length(utf8.Length));
            if (Base64.DecodeFromUtf8(utf8, rented, out var read, out var written) == OperationStatus.Done && read == utf8.Length)
            {
                return new RentedStream(rented, written);
            }

            ArrayPool<byte>.Shared.Return(rented);
        }

        return Decode(raw) is { } bytes ? new MemoryStream(bytes, writable: false) : null;
    }

    // Null where there is more than the alphabet and padding at the end.
    private static byte[]? TryDecode(ReadOnlySpan<byte> base64)
    {
        var padding = base64.EndsWith("=="u8) ? 2 : base64.EndsWith("="u8) ? 1 : 0;
        var bytes = new byte[Math.Max(0, Base64.GetMaxDecodedFromUtf8Length(base64.Length) - padding)];
        return Base64.DecodeFromUtf8(base64, bytes, out var read, out var written) == OperationStatus.Done && read == base64.Length && written == bytes.Length
            ? bytes
            : null;
    }

    // Only the alphabet, up to the padding that completes a group of four. Padding elsewhere means nothing.
    private static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        var padding = 0;
        foreach (var c in text)
        {
            if (c == '=' && clean.Length % 4 >= 2 && (clean.Length % 4) + ++padding >= 4)
            {
                return clean.Append('=', padding).ToString();
            }

            if (char.IsAsciiLetterOrDigit(c) || c is '+' or '/')
            {
                clean.Append(c);
                padding = 0;
            }
        }

        return clean.ToString();
    }

    /// <summary>Bytes as text; what is not UTF-8 is dropped.</summary>
    public static string DecodeText(ReadOnlySpan<byte> bytes) => s_lenient.GetString(bytes);

    private sealed class RentedStream(byte[] rented, int length) : MemoryStream(rented, 0, length, writable: false)
    {
        private byte[]? _rented = rented;

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            if (Interlocked.Exchange(ref _rented, null) is { } memory)
            {
                ArrayPool<byte>.Shared.Return(memory);
            }
        }
    }
}
