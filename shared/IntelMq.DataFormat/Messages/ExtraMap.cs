// The field `extra` as a whole: a map whose entries are stored as extra.<name>.
namespace IntelMq.DataFormat;

/// <summary>Spreads a map over <c>extra.*</c> and gathers it again.</summary>
internal static class ExtraMap
{
    public static AddResult AddAll(Message message, Field extra, Value value, AddOptions options)
    {
        // Text keeps its order. A map is sorted, nested ones too: IntelMQ's hashes depend on that order.
        var map = options.HasFlag(AddOptions.AsIs) || value.Kind is ValueKind.Text or ValueKind.Bytes
            ? FromText(value)
            : value.AsMap()?.Sorted();
        if (map is not { Count: > 0 })
        {
            return Message.Unfit(extra, value, options);
        }

        if (options.HasFlag(AddOptions.Overwrite))
        {
            message.Remove(extra);
        }

        foreach (var (name, item) in map)
        {
            message.Put(message.Catalogue.ExtraAsItCame("extra." + name), item);
        }

        return AddResult.Added;
    }

    private static ValueMap? FromText(Value value) => StringType.TextOrBytes(value) is { } text ? JsonText.TryParse(text)?.AsMap() : null;

    /// <summary>Everything below <c>extra</c> as nested maps; missing where there is nothing.</summary>
    public static Value Of(Message message)
    {
        var map = new ValueMap();
        foreach (var slot in message.Slots)
        {
            if (slot.Field.IsExtra)
            {
                Hierarchy.Put(map, slot.Field.Name["extra.".Length..], slot.Value);
            }
        }

        return map.Count == 0 ? Value.Missing : Value.Of(map);
    }
}
