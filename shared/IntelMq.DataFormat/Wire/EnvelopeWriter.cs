// Writes messages as envelopes.
using System.Buffers;
using System.Text;

namespace IntelMq.DataFormat;

/// <summary>Writes one message as an envelope: one line of ASCII JSON, values that nobody touched are copied byte by byte.</summary>
public static class EnvelopeWriter
{
    /// <summary>Writes the envelope, without a line end.</summary>
    public static void Write(IBufferWriter<byte> output, Message message) => Write(output, message, message.Meta);

    /// <summary>Writes the envelope with other meta data than the message's own.</summary>
    public static void Write(IBufferWriter<byte> output, Message message, MessageMeta meta)
    {
        output.Write(message.Kind == MessageKinds.Event
            ? "{\"format\":\"intelmq\",\"version\":1,\"type\":\"event\",\"meta\":"u8
            : "{\"format\":\"intelmq\",\"version\":1,\"type\":\"report\",\"meta\":"u8);
        EnvelopeMeta.Write(output, meta);
        output.Write(",\"payload\":{"u8);
        var slots = message.Slots;
        for (var i = 0; i < slots.Length; i++)
        {
            if (i > 0)
            {
                output.Write(","u8);
            }

            output.Write(slots[i].Field.WireName);
            if (slots[i].Value.IsSlice)
            {
                i = WriteUntouched(output, slots, i);
            }
            else
            {
                JsonStyleWriter.Write(output, slots[i].Value, JsonStyle.Wire);
            }
        }

        output.Write("}}"u8);
    }

    // Most hops change little: fields that stood beside each other on the wire and still do are copied in one piece, with their names.
    private static int WriteUntouched(IBufferWriter<byte> output, ReadOnlySpan<Message.Slot> slots, int first)
    {
        var (buffer, start, end) = slots[first].Value.Place;
        var last = first;
        while (last + 1 < slots.Length && slots[last + 1].Value.IsSlice)
        {
            var name = slots[last + 1].Field.WireName;
            var (nextBuffer, nextStart, nextEnd) = slots[last + 1].Value.Place;
            if (!ReferenceEquals(buffer, nextBuffer) || nextStart != end + 1 + name.Length || buffer[end] != ',' || !buffer.AsSpan(end + 1, name.Length).SequenceEqual(name))
            {
                break;
            }

            end = nextEnd;
            last++;
        }

        output.Write(buffer.AsSpan(start, end - start));
        return last;
    }

    /// <summary>The envelope as text.</summary>
    public static string ToText(Message message)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        Write(buffer, message);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
