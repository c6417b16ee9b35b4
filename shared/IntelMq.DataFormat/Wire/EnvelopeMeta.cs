// The `meta` object of an envelope.
using System.Buffers;
using System.Text;
using System.Text.Json;

namespace IntelMq.DataFormat;

/// <summary>Reads and writes the <c>meta</c> object; private names carry the prefix <c>intelmq:</c>.</summary>
internal static class EnvelopeMeta
{
    /// <summary>Reads the object at the reader; afterwards the reader stands at its end.</summary>
    public static MessageMeta Read(ref Utf8JsonReader reader, byte[] buffer, int start)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new UnreadableMessageException("The envelope's meta is no object.");
        }

        var meta = new MessageMeta();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("uuid"u8))
            {
                reader.Read();
                meta.Id = ReadId(ref reader);
            }
            else if (reader.ValueTextEquals("intelmq:parent"u8))
            {
                reader.Read();
                meta.Parent = ReadId(ref reader);
            }
            else if (reader.ValueTextEquals("intelmq:path"u8))
            {
                reader.Read();
                var from = (int)reader.TokenStartIndex;
                reader.Skip();
                meta.PathValue = Value.OfSlice(buffer, start + from, (int)reader.BytesConsumed - from);
            }
            else if (reader.ValueTextEquals("intelmq:groups"u8))
            {
                reader.Read();
                meta.Groups = Texts(JsonSlice.ReadValue(ref reader));
            }
            else if (reader.ValueTextEquals("intelmq:notify"u8))
            {
                reader.Read();
                meta.Notify = JsonSlice.ReadValue(ref reader);
            }
            else if (reader.ValueTextEquals("traceparent"u8))
            {
                reader.Read();
                meta.TraceParent = JsonSlice.ReadValue(ref reader).AsText();
            }
            else if (reader.ValueTextEquals("intelmq:claim"u8))
            {
                reader.Read();
                meta.ClaimCheck = ReadClaim(JsonSlice.ReadValue(ref reader));
            }
            else if (reader.ValueTextEquals("intelmq:position"u8))
            {
                reader.Read();
                meta.Position = ReadPosition(JsonSlice.ReadValue(ref reader));
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return meta;
    }

    public static void Write(IBufferWriter<byte> output, MessageMeta meta)
    {
        output.Write("{\"uuid\":\""u8);
        WriteId(output, meta.Id);
        output.Write("\""u8);
        if (meta.Parent != Guid.Empty)
        {
            output.Write(",\"intelmq:parent\":\""u8);
            WriteId(output, meta.Parent);
            output.Write("\""u8);
        }

        if (meta.Groups.Count > 0)
        {
            output.Write(",\"intelmq:groups\":"u8);
            JsonText.WriteTo(output, Value.Of(meta.Groups.Select(Value.Of)), JsonStyle.Wire);
        }

        if (!meta.Notify.IsMissing)
        {
            output.Write(",\"intelmq:notify\":"u8);
            JsonText.WriteTo(output, meta.Notify, JsonStyle.Wire);
        }

        WritePath(output, meta);

        if (meta.TraceParent is { } trace)
        {
            output.Write(",\"traceparent\":"u8);
            JsonStyleWriter.WriteText(output, trace, JsonStyle.Wire);
        }

        if (meta.ClaimCheck is { } claim)
        {
            output.Write(",\"intelmq:claim\":"u8);
            var map = new ValueMap { ["address"] = claim.Address, ["length"] = claim.Length, ["sha256"] = claim.Sha256 };
            JsonText.WriteTo(output, Value.Of(map), JsonStyle.Wire);
        }

        if (meta.Position is { } position)
        {
            output.Write(",\"intelmq:position\":"u8);
            var map = new ValueMap { ["offset"] = position.Offset, ["index"] = position.Index };
            if (position.State is { } state)
            {
                map["state"] = state;
            }

            if (position.Until is { } until)
            {
                map["until"] = until;
            }

            JsonText.WriteTo(output, Value.Of(map), JsonStyle.Wire);
        }

        output.Write("}"u8);
    }

    private static void WritePath(IBufferWriter<byte> output, MessageMeta meta)
    {
        if (meta.PathValue.IsMissing && meta.PassedBot is null)
        {
            return;
        }

        output.Write(",\"intelmq:path\":["u8);
        var comma = false;
        if (meta.PathValue.IsSlice)
        {
            var inner = meta.PathValue.Slice[1..^1];
            output.Write(inner);
            comma = !inner.IsEmpty;
        }
        else
        {
            foreach (var bot in meta.PathValue.AsList())
            {
                output.Write(comma ? ","u8 : default);
                JsonStyleWriter.Write(output, bot, JsonStyle.Wire);
                comma = true;
            }
        }

        if (meta.PassedBot is { } passed)
        {
            output.Write(comma ? ","u8 : default);
            JsonStyleWriter.WriteText(output, passed, JsonStyle.Wire);
        }

        output.Write("]"u8);
    }

    private static void WriteId(IBufferWriter<byte> output, Guid id)
    {
        id.TryFormat(output.GetSpan(36), out var written);
        output.Advance(written);
    }

    private static Guid ReadId(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.String && reader.TryGetGuid(out var id) ? id
            : throw new UnreadableMessageException($"The envelope's id '{Encoding.UTF8.GetString(reader.ValueSpan)}' is no UUID.");

    private static ClaimCheck ReadClaim(in Value value) =>
        value.AsMap() is { } map && map["address"].AsText() is { } address && map["length"].AsInteger() is { } length
            ? new ClaimCheck(address, length, map["sha256"].AsText() ?? "")
            : throw new UnreadableMessageException("The envelope's claim check has no address or no length.");

    private static ReportPosition ReadPosition(in Value value) =>
        value.AsMap() is { } map && map["offset"].AsInteger() is { } offset && map["index"].AsInteger() is { } index
            ? new ReportPosition(offset, index, map["state"].AsText(), map["until"].AsInteger())
            : throw new UnreadableMessageException("The envelope's position has no offset or no index.");

    private static IReadOnlyList<string> Texts(in Value value)
    {
        var list = value.AsList();
        var texts = new string[list.Count];
        for (var i = 0; i < texts.Length; i++)
        {
            texts[i] = list[i].ToString();
        }

        return texts;
    }
}
