// Deterministic message ids (RFC 9562 versions 5 and 8).
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;

namespace IntelMq.DataFormat;

/// <summary>
/// Makes message ids from what a message is made of. A retried invocation makes the same ids, so a sink or a deduplicator
/// recognises the repetition without any broker's help.
/// </summary>
public static class MessageId
{
    /// <summary>A version 5 UUID of a name in a namespace.</summary>
    public static Guid Version5(Guid nameSpace, ReadOnlySpan<byte> name)
    {
        Span<byte> input = name.Length <= 240 ? stackalloc byte[256] : new byte[name.Length + 16];
        nameSpace.TryWriteBytes(input, bigEndian: true, out _);
        name.CopyTo(input[16..]);
        Span<byte> hash = stackalloc byte[20];
#pragma warning disable CA5350 // RFC 9562 defines version 5 over SHA-1; nothing here is secret.
        SHA1.HashData(input[..(16 + name.Length)], hash);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0f) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3f) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }

    /// <summary>
    /// The id of a message that a bot made from another: XXH128 over instance | parent | bot | path | ordinal as a version 8 UUID. Every hop of every
    /// event makes one: version 5 would cost ten times as much, and nobody outside chooses what goes into it.
    /// </summary>
    public static Guid Derived(Guid instance, Guid parent, string bot, string path, long ordinal)
    {
        var most = 16 + 16 + 8 + 2 + Encoding.UTF8.GetMaxByteCount(bot.Length + path.Length);
        Span<byte> input = most <= 512 ? stackalloc byte[512] : new byte[most];
        instance.TryWriteBytes(input, bigEndian: true, out _);
        parent.TryWriteBytes(input[16..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(input[32..], ordinal);
        var used = 40;
        used += Encoding.UTF8.GetBytes(bot, input[used..]);
        input[used++] = (byte)'|';
        used += Encoding.UTF8.GetBytes(path, input[used..]);
        Span<byte> hash = stackalloc byte[16];
        XxHash128.Hash(input[..used], hash);
        hash[6] = (byte)((hash[6] & 0x0f) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3f) | 0x80);
        return new Guid(hash, bigEndian: true);
    }

    /// <summary>The id of a collected report: collector | occurrence | source | SHA-256 of the raw data.</summary>
    public static Guid Report(Guid instance, string collector, string occurrence, string source, string sha256) =>
        Version5(instance, Encoding.UTF8.GetBytes($"{collector}|{occurrence}|{source}|{sha256}"));

    /// <summary>The id of a message that came from outside without one: queue | transport message | index in its frame.</summary>
    public static Guid Foreign(Guid instance, string queue, string transportMessage, long index) =>
        Version5(instance, Encoding.UTF8.GetBytes(FormattableString.Invariant($"{queue}|{transportMessage}|{index}")));
}
