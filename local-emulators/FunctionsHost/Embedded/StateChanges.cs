// What one invocation changed in its bot's state, as the bytes of one row.
using System.Text;

namespace IntelMq.FunctionsHost.Embedded;

/// <summary>
/// The changes of an invocation in one piece. Keys are mostly hashes: written into an ordered table one by one, each would touch a page of its own.
/// In one piece they cost a page or two, and the table takes them over by the ten thousand.
/// </summary>
internal static class StateChanges
{
    /// <summary>The changes as bytes: per key its length and bytes, the value's length plus one (0 for a removed key) and bytes, the expiry.</summary>
    public static byte[] Pack(IReadOnlyDictionary<byte[], (byte[]? Value, long Expires)> changes)
    {
        using var packed = new MemoryStream(changes.Count * 64);
        using var writer = new BinaryWriter(packed, Encoding.UTF8);
        foreach (var (key, (value, expires)) in changes)
        {
            writer.Write7BitEncodedInt(key.Length);
            writer.Write(key);
            writer.Write7BitEncodedInt(value is null ? 0 : value.Length + 1);
            writer.Write(value ?? []);
            writer.Write7BitEncodedInt64(expires);
        }

        return packed.ToArray();
    }

    /// <summary>Reads the changes, oldest first.</summary>
    public static IEnumerable<(byte[] Key, byte[]? Value, long Expires)> Unpack(byte[] packed)
    {
        using var reader = new BinaryReader(new MemoryStream(packed), Encoding.UTF8);
        while (reader.BaseStream.Position < packed.Length)
        {
            var key = reader.ReadBytes(reader.Read7BitEncodedInt());
            var length = reader.Read7BitEncodedInt();
            var value = length == 0 ? null : reader.ReadBytes(length - 1);
            yield return (key, value, reader.Read7BitEncodedInt64());
        }
    }
}
