// What can be wrong with a key or a value.
namespace IntelMq.DataFormat;

/// <summary>Something is wrong with a message, a key or a value.</summary>
public abstract class DataFormatException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The key is no field of this kind of message.</summary>
public sealed class InvalidKeyException(string key, string reason = "is no field of the data format")
    : DataFormatException($"The key '{key}' {reason}.")
{
    /// <summary>The key.</summary>
    public string Key { get; } = key;
}

/// <summary>The value is not acceptable for the field.</summary>
public sealed class InvalidValueException(string key, Value value, string expected)
    : DataFormatException($"The value {Shorten(value)} is not valid for '{key}' ({expected}).")
{
    /// <summary>The key.</summary>
    public string Key { get; } = key;

    /// <summary>The refused value.</summary>
    public Value Value { get; } = value;

    private static string Shorten(Value value)
    {
        var text = value.Kind == ValueKind.Text ? $"'{value}'" : value.ToString();
        return text.Length <= 200 ? text : text[..200] + "…";
    }
}

/// <summary>The field already has a value and the caller did not say what to do with it.</summary>
public sealed class KeyExistsException(string key) : DataFormatException($"The field '{key}' already has a value.")
{
    /// <summary>The key.</summary>
    public string Key { get; } = key;
}

/// <summary>The field to change has no value.</summary>
public sealed class KeyNotExistsException(string key) : DataFormatException($"The field '{key}' has no value to change.")
{
    /// <summary>The key.</summary>
    public string Key { get; } = key;
}

/// <summary>The text is no message: not JSON, no object, or of an unknown type or version.</summary>
public sealed class UnreadableMessageException(string message, Exception? inner = null) : DataFormatException(message, inner);
