// The content hash of a message: what the deduplicator goes by.
using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace IntelMq.DataFormat;

/// <summary>
/// SHA-256 over the fields sorted by name: <c>name 0xC0 repr(value) 0xC0</c> each, in UTF-8, <c>time.observation</c> always left out.
/// The same as IntelMQ's, so that both agree on what a duplicate is.
/// </summary>
public static class MessageHash
{
    internal const byte Separator = 0xC0;

    // Every event of a deduplicator is hashed: in the same memory, by the same hash, again and again.
    [ThreadStatic]
    private static ByteBuffer? t_buffer;

    [ThreadStatic]
    private static IncrementalHash? t_hash;

    /// <summary>The hash over the fields that <paramref name="counts"/> lets through (all where it is null). 32 bytes.</summary>
    /// <param name="message">The message.</param>
    /// <param name="counts">Always says the same of the same field.</param>
    public static byte[] Compute(Message message, Func<Field, bool>? counts = null)
    {
        var sorted = SortedSlots.Of(message, counts);
        var buffer = t_buffer ??= new ByteBuffer(4096);
        buffer.CutBack(0);
        for (var i = 0; i < sorted.Count; i++)
        {
            ref readonly var slot = ref sorted[i];
            if (slot.Field.Name == "time.observation")
            {
                continue;
            }

            buffer.Write(slot.Field.HashName);
            WriteRepr(buffer, slot.Value);
            buffer.Write([Separator]);
        }

        var hash = t_hash ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(buffer.Written.Span);
        return hash.GetHashAndReset();
    }

    /// <summary>The hash as lower-case hexadecimal text.</summary>
    public static string ComputeText(Message message, Func<Field, bool>? counts = null) => Convert.ToHexStringLower(Compute(message, counts));

    private static void WriteRepr(ByteBuffer buffer, in Value value)
    {
        if (value.IsSlice && PythonText.TryWriteRepr(buffer, value.Slice))
        {
            return;
        }

        buffer.Write(Encoding.UTF8.GetBytes(PythonText.Repr(value)));
    }
}
