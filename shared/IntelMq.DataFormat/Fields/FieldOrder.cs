// Which field comes next: messages of one feed have the same fields in the same order, some of them left out now and then.
namespace IntelMq.DataFormat;

/// <summary>
/// Guesses the next field of a message from those before it, and learns. All fields that were ever met stand in one list, each once, in
/// the order in which they were met; a message walks along it. Not thread-safe: every reader has its own.
/// </summary>
internal sealed class FieldOrder
{
    private const int LookAhead = 4;
    private const int Most = 256;

    private readonly List<Field> _fields = [];

    /// <summary>How many fields the last message had: what the next one is made for.</summary>
    public int Usual { get; set; } = 16;

    /// <summary>The field whose name (as JSON, with the colon) begins a text.</summary>
    /// <param name="catalogue">Where a field is looked up that was not guessed.</param>
    /// <param name="text">What is left of the line.</param>
    /// <param name="place">How far the message has come along the list; 0 at its beginning.</param>
    /// <returns>The field, null where none is known; and whether the message surely did not have it before.</returns>
    public (Field? Field, bool IsNew) Next(FieldCatalogue catalogue, ReadOnlySpan<byte> text, ref int place)
    {
        for (var i = place; i < _fields.Count && i < place + LookAhead; i++)
        {
            if (text.StartsWith(_fields[i].WireName))
            {
                place = i + 1;
                return (_fields[i], true);
            }
        }

        return LookUp(catalogue, text) is { } field ? (field, Learn(field, ref place)) : (null, false);
    }

    private static Field? LookUp(FieldCatalogue catalogue, ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || text[0] != '"')
        {
            return null;
        }

        var end = text[1..].IndexOf((byte)'"') + 1;
        var field = end == 0 ? null : catalogue.Find(text[1..end]);
        return field is not null && text.StartsWith(field.WireName) ? field : null;
    }

    // A message that walks along the list meets no field twice; one that steps back may.
    private bool Learn(Field field, ref int place)
    {
        var known = _fields.FindIndex(field.Equals);
        if (known < 0 && _fields.Count < Most)
        {
            _fields.Insert(place++, field);
            return true;
        }

        if (known >= place)
        {
            place = known + 1;
            return true;
        }

        return false;
    }
}
