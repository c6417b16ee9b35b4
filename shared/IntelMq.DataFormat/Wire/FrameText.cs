// A frame as the text of a broker's message.
using System.Buffers;
using System.Buffers.Text;
using System.IO.Compression;
using System.Text;

namespace IntelMq.DataFormat;

/// <summary>One text for a broker.</summary>
/// <param name="Text">The text; null where a single message is too large for the transport.</param>
/// <param name="Frame">The messages in it, one JSON line each.</param>
/// <param name="Messages">How many.</param>
public readonly record struct FramePiece(string? Text, ReadOnlyMemory<byte> Frame, int Messages);

/// <summary>
/// Turns frames into texts and back. A text is either the JSON lines themselves, which start with a brace, or their Brotli form in base64,
/// which never does (<c>base64 -d | brotli -d</c> shows it).
/// </summary>
public static class FrameText
{
    /// <summary>A text never inflates beyond this: what does was not made by us.</summary>
    public const int LargestFrame = 32 * 1024 * 1024;

    // Below this, compressing saves nothing that anyone pays for, and the frame stays readable.
    private const int AlwaysPlain = 4 * 1024;

    // A message costs its host some milliseconds, whatever is in it: quality 4 holds 60 % more events than the fastest gzip and pays for itself.
    private const int Quality = 4;

    // Events do not get smaller than a tenth, base64 included.
    private const int MostRatio = 10;
    private const int Window = 20;

    // Pieces are filled up to this share of the limit: experts add fields, and what grows beyond the limit would become two half-empty messages.
    private const double Fill = 0.94;

    /// <summary>
    /// Cuts a frame into texts of at most <paramref name="limit"/> bytes, about equally full. The same frame gives the same texts.
    /// </summary>
    /// <param name="frame">Messages as JSON lines.</param>
    /// <param name="limit">The transport's limit in bytes.</param>
    /// <param name="compress">Whether a message of the transport costs: then as many events as possible go into one.</param>
    /// <param name="header">What the frame says about itself.</param>
    public static IEnumerable<FramePiece> Write(ReadOnlyMemory<byte> frame, int limit, bool compress, FrameHeader? header = null)
    {
        var line = header is null || header.IsEmpty ? [] : header.ToLine();
        return Pieces(frame, limit, compress, line);
    }

    /// <summary>The text of a frame whose messages lie elsewhere.</summary>
    public static string WriteHeader(FrameHeader header) => Encoding.ASCII.GetString(header.ToLine());

    /// <summary>Reads a text. The lines start at the beginning of the buffer.</summary>
    /// <exception cref="UnreadableMessageException">The text is neither form, or inflates beyond <see cref="LargestFrame"/>.</exception>
    public static (FrameHeader Header, byte[] Buffer, int Length) Read(ReadOnlySpan<byte> text)
    {
        var plain = text.TrimStart(" \t\r\n\uFEFF"u8);
        var bytes = plain.Length > 0 && plain[0] == (byte)'{' ? plain.ToArray() : Inflate(plain);
        if (!bytes.AsSpan().StartsWith(FrameHeader.Start))
        {
            return (new FrameHeader(), bytes, bytes.Length);
        }

        var end = bytes.AsSpan().IndexOf((byte)'\n');
        var header = FrameHeader.Read(bytes.AsMemory(0, end < 0 ? bytes.Length : end));
        var rest = end < 0 ? [] : bytes.AsSpan(end + 1).ToArray();
        return (header, rest, rest.Length);
    }

    private static IEnumerable<FramePiece> Pieces(ReadOnlyMemory<byte> frame, int limit, bool compress, byte[] header)
    {
        long size;
        if (compress && frame.Length > (long)limit * MostRatio)
        {
            // Far too large: a part of it tells how many pieces there will be, and nothing is compressed twice.
            var sample = Cuts(frame.Span, (int)(frame.Length / (limit * (MostRatio / 2L))))[0].Length;
            Text(frame.Span[..sample], int.MaxValue, compress, header, out var packed);
            size = packed * frame.Length / sample;
        }
        else if (Text(frame.Span, limit, compress, header, out size) is { } whole)
        {
            yield return new FramePiece(whole, frame, CountLines(frame.Span));
            yield break;
        }

        var parts = Math.Max(2, (int)Math.Ceiling(size / (limit * Fill)));
        var cuts = Cuts(frame.Span, parts);
        if (cuts.Count < 2)
        {
            yield return new FramePiece(null, frame, 1);
            yield break;
        }

        foreach (var (start, length) in cuts)
        {
            foreach (var piece in Pieces(frame.Slice(start, length), limit, compress, header))
            {
                yield return piece;
            }
        }
    }

    // The text, or null and its size where it is above the limit.
    private static string? Text(ReadOnlySpan<byte> frame, int limit, bool compress, byte[] header, out long size)
    {
        var plain = header.Length + (header.Length > 0 ? 1 : 0) + frame.Length;
        if (plain <= (compress ? Math.Min(limit, AlwaysPlain) : limit))
        {
            size = plain;
            return header.Length == 0 ? Encoding.UTF8.GetString(frame) : Encoding.UTF8.GetString(header) + "\n" + Encoding.UTF8.GetString(frame);
        }

        if (!compress)
        {
            size = plain;
            return null;
        }

        var packed = ArrayPool<byte>.Shared.Rent(BrotliEncoder.GetMaxCompressedLength(plain));
        var lines = frame;
        byte[]? headed = null;
        if (header.Length > 0)
        {
            headed = ArrayPool<byte>.Shared.Rent(plain);
            header.CopyTo(headed, 0);
            headed[header.Length] = (byte)'\n';
            frame.CopyTo(headed.AsSpan(header.Length + 1));
            lines = headed.AsSpan(0, plain);
        }

        try
        {
            BrotliEncoder.TryCompress(lines, packed, out var length, Quality, Window);
            size = Base64.GetMaxEncodedToUtf8Length(length);
            return size <= limit ? Convert.ToBase64String(packed.AsSpan(0, length)) : null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(packed);
            if (headed is not null)
            {
                ArrayPool<byte>.Shared.Return(headed);
            }
        }
    }

    // Start and length of about equal parts that end at line ends.
    private static List<(int Start, int Length)> Cuts(ReadOnlySpan<byte> frame, int parts)
    {
        var cuts = new List<(int, int)>();
        var start = 0;
        for (var part = 1; part <= parts && start < frame.Length; part++)
        {
            var target = part == parts ? frame.Length : Math.Max(start + 1, (int)((long)frame.Length * part / parts));
            var found = target >= frame.Length ? -1 : frame[(target - 1)..].IndexOf((byte)'\n');
            var end = found < 0 ? frame.Length : target + found;
            cuts.Add((start, end - start));
            start = end;
        }

        return cuts;
    }

    private static int CountLines(ReadOnlySpan<byte> frame)
    {
        var (start, lines) = (0, 0);
        for (; Frame.NextLine(frame, ref start, out var length); start += length + 1)
        {
            lines++;
        }

        return lines;
    }

    private static byte[] Inflate(ReadOnlySpan<byte> text)
    {
        var packed = ArrayPool<byte>.Shared.Rent(Math.Max(16, text.Length));
        var decoder = default(BrotliDecoder);
        try
        {
            if (Base64.DecodeFromUtf8(text, packed, out _, out var length) != OperationStatus.Done || length == 0)
            {
                throw new UnreadableMessageException("The message is neither JSON lines nor a compressed frame.");
            }

            var rest = packed.AsSpan(0, length);
            var buffer = new ByteBuffer(Math.Min(LargestFrame, length * 8));
            OperationStatus status;
            do
            {
                status = decoder.Decompress(rest, buffer.GetSpan(16 * 1024), out var consumed, out var written);
                rest = rest[consumed..];
                buffer.Advance(written);
                if (buffer.Length > LargestFrame)
                {
                    throw new UnreadableMessageException($"The compressed frame inflates beyond {LargestFrame / 1024 / 1024} MiB.");
                }
            }
            while (status == OperationStatus.DestinationTooSmall);

            // Brotli has no mark at its start and no checksum at its end: much that is none can be read, as nothing or as noise, and would be lost as that.
            return status == OperationStatus.Done && rest.IsEmpty && buffer.Written.Span.TrimStart(" \t\r\n"u8) is [(byte)'{', ..]
                ? buffer.Written.ToArray()
                : throw new UnreadableMessageException("The message is neither JSON lines nor a whole compressed frame.");
        }
        finally
        {
            decoder.Dispose();
            ArrayPool<byte>.Shared.Return(packed);
        }
    }
}
