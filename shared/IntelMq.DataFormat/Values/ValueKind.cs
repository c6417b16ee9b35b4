// The kinds of value that a field can hold.
namespace IntelMq.DataFormat;

/// <summary>What a <see cref="Value"/> holds. The kinds are those of JSON, with integers and floats told apart.</summary>
public enum ValueKind
{
    /// <summary>No value: the field is absent.</summary>
    Missing,

    /// <summary>JSON null (only below <c>extra</c>).</summary>
    Null,

    /// <summary>Text.</summary>
    Text,

    /// <summary>A whole number, of any size.</summary>
    Integer,

    /// <summary>A floating point number.</summary>
    Float,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>Raw bytes, as a feed delivered them; they become text or Base64 when a field takes them.</summary>
    Bytes,

    /// <summary>Several values in order.</summary>
    List,

    /// <summary>Named values in order.</summary>
    Map,
}
