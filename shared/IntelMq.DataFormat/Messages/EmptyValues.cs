// The values that mean "nothing" in feeds.
namespace IntelMq.DataFormat;

/// <summary>The values that mean "nothing": null, "", "-" and "N/A". They are never stored.</summary>
public static class EmptyValues
{
    /// <summary>Whether a value means nothing.</summary>
    public static bool IsEmpty(in Value value) => value.OwnText is { } own
        ? IsEmpty(own)
        : value.Kind switch
        {
            ValueKind.Missing or ValueKind.Null => true,
            ValueKind.Text => IsEmpty(value.AsText()!),
            _ => false,
        };

    private static bool IsEmpty(string text) => text.Length <= 3 && text is ("" or "-" or "N/A");
}
