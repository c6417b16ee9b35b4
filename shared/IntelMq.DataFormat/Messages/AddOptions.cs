// How a value is added to a message.
namespace IntelMq.DataFormat;

/// <summary>How <see cref="Message.Add(Field, Value, AddOptions)"/> treats existing and unfit values.</summary>
[Flags]
public enum AddOptions
{
    /// <summary>Sanitise; an existing value or an unfit value is an exception.</summary>
    None = 0,

    /// <summary>An existing value is replaced. An empty value then deletes.</summary>
    Overwrite = 1,

    /// <summary>An existing value stays and the new one is refused.</summary>
    KeepExisting = 2,

    /// <summary>The value must be proper as it is.</summary>
    AsIs = 4,

    /// <summary>An unfit value is refused instead of an exception.</summary>
    RefuseUnfit = 8,
}

/// <summary>What became of an added value.</summary>
public enum AddResult
{
    /// <summary>Stored.</summary>
    Added,

    /// <summary>Not stored: a value is there already, or the value is unfit.</summary>
    Refused,

    /// <summary>Nothing to store: the value was empty (null, "", "-" or "N/A").</summary>
    Ignored,
}
