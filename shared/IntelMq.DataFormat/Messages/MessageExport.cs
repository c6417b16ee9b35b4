// Messages in the forms in which outputs hand them on.
using System.Buffers;

namespace IntelMq.DataFormat;

/// <summary>How an output wants its messages.</summary>
/// <param name="Hierarchical">Names nested at the dots.</param>
/// <param name="WithType">With <c>__type</c>.</param>
/// <param name="ExtraAsText">Everything below <c>extra</c> as one JSON text. Maps only: JSON lines never had it, and existing installations rely on that.</param>
/// <param name="WithoutRaw">Without <c>raw</c>.</param>
public readonly record struct ExportForm(bool Hierarchical = false, bool WithType = false, bool ExtraAsText = false, bool WithoutRaw = false)
{
    /// <summary>Whether a field stays away.</summary>
    internal bool LeavesOut(Field field) => WithoutRaw && field.Equals(Fields.Raw);
}

/// <summary>Makes maps and JSON lines of messages.</summary>
public static class MessageExport
{
    /// <summary>The message as a map, in insertion order (<c>__type</c> first).</summary>
    public static ValueMap ToMap(Message message, ExportForm form = default)
    {
        var map = new ValueMap();
        if (form.WithType)
        {
            map["__type"] = TypeName(message);
        }

        var extra = form.ExtraAsText ? new ValueMap() : null;
        foreach (var slot in message.Slots)
        {
            if (form.LeavesOut(slot.Field))
            {
                continue;
            }

            if (extra is not null && slot.Field.IsExtra)
            {
                extra[slot.Field.Name["extra.".Length..]] = slot.Value;
            }
            else if (form.Hierarchical)
            {
                Hierarchy.Put(map, slot.Field.Name, slot.Value);
            }
            else
            {
                map[slot.Field.Name] = slot.Value;
            }
        }

        if (extra is { Count: > 0 })
        {
            map["extra"] = JsonText.Write(Value.Of(extra), JsonStyle.Export);
        }

        return map;
    }

    /// <summary>The message as one JSON line with sorted names and text as it is: the line of the file output.</summary>
    public static void WriteJson(IBufferWriter<byte> output, Message message, ExportForm form = default)
    {
        if (!form.Hierarchical)
        {
            WriteFlat(output, message, form);
            return;
        }

        JsonText.WriteTo(output, Value.Of(ToMap(message, form with { ExtraAsText = false }).Sorted()), JsonStyle.Export);
    }

    /// <summary>The message as JSON text with sorted names.</summary>
    public static string ToJson(Message message, ExportForm form = default)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        WriteJson(buffer, message, form);
        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The name of the message's kind on the wire.</summary>
    public static string TypeName(Message message) => message.Kind == MessageKinds.Report ? "Report" : "Event";

    // The everyday case without a map between: some two microseconds instead of ten.
    private static void WriteFlat(IBufferWriter<byte> output, Message message, ExportForm form)
    {
        var sorted = SortedSlots.Of(message);
        output.Write("{"u8);
        if (form.WithType)
        {
            output.Write("\"__type\": \""u8);
            output.Write(message.Kind == MessageKinds.Report ? "Report\""u8 : "Event\""u8);
        }

        var first = !form.WithType;
        for (var i = 0; i < sorted.Count; i++)
        {
            ref readonly var slot = ref sorted[i];
            if (form.LeavesOut(slot.Field))
            {
                continue;
            }

            if (!first)
            {
                output.Write(", "u8);
            }

            first = false;
            output.Write(slot.Field.WireName);
            output.Write(" "u8);
            JsonText.WriteTo(output, slot.Value.Kind is ValueKind.List or ValueKind.Map ? slot.Value.SortedMaps() : slot.Value, JsonStyle.Export);
        }

        output.Write("}"u8);
    }
}
