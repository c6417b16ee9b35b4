// Results and exceptions in one form, so that "refused" and "came out" can be compared.
using IntelMq.DataFormat;

namespace IntelMq.Conformance;

/// <summary>Recorded and own outcomes as values: an exception is the text <c>!Name</c>.</summary>
public static class Outcomes
{
    /// <summary>The outcome in <c>{"value": …}</c> or <c>{"exception": "KeyExists", …}</c>.</summary>
    public static Value Recorded(Value result)
    {
        var map = result.AsMap()!;
        return map["exception"].AsText() is { } name ? "!" + name : RecordedValues.Decode(map["value"]);
    }

    /// <summary>The recorded outcome of a conversion: an exception and null both mean that nothing came out.</summary>
    public static Value RecordedConversion(Value result) => Recorded(result) is { Kind: ValueKind.Text } text && text.AsText()!.StartsWith('!') ? Value.Missing : Recorded(result);

    /// <summary>A recorded exception of reading. What cannot be read as a message has several names in Python and one here.</summary>
    public static Value RecordedReadingError(string name) => name is "KeyError" or "InvalidArgument" or "JSONDecodeError" ? "!Unreadable" : "!" + name;

    /// <summary>Our outcome; exceptions carry IntelMQ's names.</summary>
    public static Value Of(Func<Value> action)
    {
        try
        {
            return action();
        }
        catch (DataFormatException error)
        {
            return "!" + error switch
            {
                InvalidKeyException => "InvalidKey",
                InvalidValueException => "InvalidValue",
                KeyExistsException => "KeyExists",
                KeyNotExistsException => "KeyNotExists",
                UnreadableMessageException => "Unreadable",
                _ => error.GetType().Name,
            };
        }
    }
}
