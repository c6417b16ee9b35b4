// The values that mean "nothing" in feeds.
namespace IntelMq.DataFormat;

/// <summary>The values that mean "nothing": null, "", "-" and "N/A". They are never stored.</summary>
public static class EmptyValues
{
    /// <summary>Whether a value means nothing.</summary>
    public static bool IsEmpty(in Value value) => value.Kind switch
    {
        ValueKind.Missing or ValueKind.Null => true,
        ValueKind.Text => value.AsText() is "" or "-" or "N/A",
        _ => false,
    };
}
