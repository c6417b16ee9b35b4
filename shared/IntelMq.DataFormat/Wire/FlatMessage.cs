// IntelMQ's own message form: one flat JSON object with __type.
using System.Buffers;
using System.Text;

namespace IntelMq.DataFormat;

/// <summary>Reads and writes IntelMQ's flat messages, so that both systems can exchange them.</summary>
public static class FlatMessage
{
    /// <summary>Reads a flat message. Every value is checked: as it is if it is proper, else after sanitation.</summary>
    /// <exception cref="UnreadableMessageException">No JSON object, or no known <c>__type</c> and no default.</exception>
    public static Message Read(ReadOnlySpan<byte> json, FieldCatalogue catalogue, MessageKinds? defaultKind = null)
    {
        if (JsonText.TryParse(json) is not { } value)
        {
            throw new UnreadableMessageException("The message is not JSON.");
        }

        return value.AsMap() is { } map
            ? FromMap(map, catalogue, defaultKind)
            : throw new UnreadableMessageException("The message is no JSON object.");
    }

    /// <summary>A message from a flat map.</summary>
    public static Message FromMap(ValueMap map, FieldCatalogue catalogue, MessageKinds? defaultKind = null)
    {
        var type = map["__type"].AsText();
        Message message = (type, defaultKind) switch
        {
            ("Event", _) or (null, MessageKinds.Event) => new Event(catalogue),
            ("Report", _) or (null, MessageKinds.Report) => new Report(catalogue),
            (null, _) => throw new UnreadableMessageException("The message has no '__type'."),
            _ => throw new UnreadableMessageException($"The message's '__type' is '{type}'; known are 'Event' and 'Report'."),
        };
        // The map of all extras replaces what is there: it goes before the single ones, wherever it stands.
        var items = map.Where(item => item.Key != "__type" && !IsForeignExtra(item.Key));
        message.Update(map["extra"].IsMissing ? items : items.OrderBy(item => item.Key.StartsWith("extra.", StringComparison.Ordinal)));

        // A feed's own names ("extra.Foo Bar") were stored unchecked by whoever sent this; refusing them here would lose the event.
        foreach (var (key, value) in map.Where(item => IsForeignExtra(item.Key) && !EmptyValues.IsEmpty(item.Value)))
        {
            message.Put(catalogue.ExtraAsItCame(key), value);
        }

        return message;
    }

    private static bool IsForeignExtra(string key) => key.StartsWith("extra.", StringComparison.Ordinal) && !FieldCatalogue.IsWellFormed(key);

    /// <summary>Writes a message as IntelMQ serialises it: insertion order, ASCII, <c>__type</c> last. Several values become the first one.</summary>
    public static void Write(IBufferWriter<byte> output, Message message)
    {
        output.Write("{"u8);
        foreach (var slot in message.Slots)
        {
            var (name, value) = ForLegacy(slot);
            output.Write(name);
            output.Write(" "u8);
            JsonText.WriteTo(output, value, JsonStyle.Legacy);
            output.Write(", "u8);
        }

        output.Write(message.Kind == MessageKinds.Event ? "\"__type\": \"Event\"}"u8 : "\"__type\": \"Report\"}"u8);
    }

    /// <summary>The flat message as text.</summary>
    public static string ToText(Message message)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        Write(buffer, message);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The event with the fields that IntelMQ does not know below <c>extra</c>; itself where it has none of them.</summary>
    public static Event WithKnownFields(Event item)
    {
        if (!item.Slots.ToArray().Any(slot => ForeignName(slot.Field.Name) is not null))
        {
            return item;
        }

        var known = (Event)item.Clone();
        foreach (var slot in item.Slots)
        {
            if (ForeignName(slot.Field.Name) is { } name && item.Catalogue.TryGet(name, out var field))
            {
                known.Remove(slot.Field);
                known.Put(field, slot.Value);
            }
        }

        return known;
    }

    private static string? ForeignName(string field) => field switch
    {
        "source.address" => "extra.source_address",
        "destination.address" => "extra.destination_address",
        "product.vulnerabilities" => "extra.product_vulnerabilities",
        _ => null,
    };

    // The fields that IntelMQ does not know travel below extra; it knows one value per field.
    private static (byte[] Name, Value Value) ForLegacy(Message.Slot slot) => ForeignName(slot.Field.Name) switch
    {
        { } name => (Encoding.UTF8.GetBytes($"\"{name}\":"), slot.Value),
        _ when slot.Field.Multiple && slot.Value.Kind == ValueKind.List => (slot.Field.WireName, slot.Value.AsList()[0]),
        _ => (slot.Field.WireName, slot.Value),
    };
}
