// Writes a MaxMind database of a few networks (MaxMind DB file format 2.0).
using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace IntelMq.Experts.Tests;

/// <summary>A database with 24-bit records; IPv4 networks lie below ::/96.</summary>
internal sealed class TinyDatabase(string type = "GeoLite2-City")
{
    private const int Nothing = -1;
    private readonly List<int[]> _nodes = [[Nothing, Nothing]];
    private readonly ArrayBufferWriter<byte> _data = new();

    /// <summary>Adds the record of a network.</summary>
    public TinyDatabase Add(string network, Dictionary<string, object> record)
    {
        var (address, length) = (IPNetwork.Parse(network).BaseAddress, IPNetwork.Parse(network).PrefixLength);
        var bits = new byte[16];
        var bytes = address.GetAddressBytes();
        bytes.CopyTo(bits, 16 - bytes.Length);
        length += 128 - (bytes.Length * 8);
        var node = 0;
        for (var i = 0; i < length - 1; i++)
        {
            ref var next = ref _nodes[node][Bit(bits, i)];
            if (next == Nothing)
            {
                next = _nodes.Count;
                _nodes.Add([Nothing, Nothing]);
            }

            node = next;
        }

        // Data pointers are kept as negative numbers until the number of nodes is known.
        _nodes[node][Bit(bits, length - 1)] = -2 - _data.WrittenCount;
        Write(_data, record);
        return this;
    }

    /// <summary>The bytes of the file.</summary>
    public byte[] ToArray()
    {
        var file = new ArrayBufferWriter<byte>();
        foreach (var record in _nodes.SelectMany(node => node))
        {
            var value = record switch
            {
                Nothing => _nodes.Count,
                < Nothing => _nodes.Count + 16 + (-2 - record),
                _ => record,
            };
            file.Write([(byte)(value >> 16), (byte)(value >> 8), (byte)value]);
        }

        file.Write(new byte[16].AsSpan());
        file.Write(_data.WrittenSpan);
        file.Write<byte>([0xab, 0xcd, 0xef]);
        file.Write("MaxMind.com"u8);
        Write(file, new Dictionary<string, object>
        {
            ["node_count"] = (uint)_nodes.Count,
            ["record_size"] = (ushort)24,
            ["ip_version"] = (ushort)6,
            ["database_type"] = type,
            ["languages"] = new[] { "en" },
            ["binary_format_major_version"] = (ushort)2,
            ["binary_format_minor_version"] = (ushort)0,
            ["build_epoch"] = 1_700_000_000UL,
            ["description"] = new Dictionary<string, object> { ["en"] = "Documentation networks" },
        });
        return file.WrittenSpan.ToArray();
    }

    private static int Bit(byte[] bits, int index) => (bits[index / 8] >> (7 - (index % 8))) & 1;

    private static void Write(ArrayBufferWriter<byte> output, object value)
    {
        switch (value)
        {
            case string text:
                var utf8 = Encoding.UTF8.GetBytes(text);
                Control(output, 2, utf8.Length);
                output.Write(utf8.AsSpan());
                break;
            case double number:
                Control(output, 3, 8);
                var bytes = new byte[8];
                BinaryPrimitives.WriteDoubleBigEndian(bytes, number);
                output.Write(bytes.AsSpan());
                break;
            case ushort number:
                Control(output, 5, 2);
                output.Write([(byte)(number >> 8), (byte)number]);
                break;
            case uint number:
                Control(output, 6, 4);
                output.Write([(byte)(number >> 24), (byte)(number >> 16), (byte)(number >> 8), (byte)number]);
                break;
            case ulong number:
                Control(output, 9, 8);
                var wide = new byte[8];
                BinaryPrimitives.WriteUInt64BigEndian(wide, number);
                output.Write(wide.AsSpan());
                break;
            case string[] texts:
                Control(output, 11, texts.Length);
                Array.ForEach(texts, text => Write(output, text));
                break;
            case Dictionary<string, object> map:
                Control(output, 7, map.Count);
                foreach (var (key, item) in map)
                {
                    Write(output, key);
                    Write(output, item);
                }

                break;
            default:
                throw new ArgumentException($"{value.GetType()} is not written.", nameof(value));
        }
    }

    private static void Control(ArrayBufferWriter<byte> output, int type, int size)
    {
        if (size >= 29)
        {
            throw new ArgumentOutOfRangeException(nameof(size), size, "The tests need no longer values.");
        }

        output.Write([(byte)((type > 7 ? 0 : type << 5) | size)]);
        if (type > 7)
        {
            output.Write([(byte)(type - 7)]);
        }
    }
}
