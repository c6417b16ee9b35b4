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

    private readonly Field[] _fields = new Field[Most];
    private int _count;

    /// <summary>How many fields the last message had: what the next one is made for.</summary>
    public int Usual { get; set; } = 16;

    /// <summary>The field whose name (as JSON, with the colon) begins a text; null where none is known.</summary>
    /// <param name="catalogue">Where a field is looked up that was not guessed.</param>
    /// <param name="text">What is left of the line.</param>
    /// <param name="place">How far the message has come along the list; 0 at its beginning.</param>
    /// <param name="isNew">Whether the message surely did not have the field before.</param>
    public Field? Next(FieldCatalogue catalogue, ReadOnlySpan<byte> text, ref int place, out bool isNew)
    {
        var guesses = _fields.AsSpan(0, _count)[place..];
        for (var i = 0; i < guesses.Length && i < LookAhead; i++)
        {
            if (text.StartsWith(guesses[i].WireName))
            {
                place += i + 1;
                isNew = true;
                return guesses[i];
            }
        }

        var field = LookUp(catalogue, text);
        isNew = field is not null && Learn(field, ref place);
        return field;
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
        var known = Array.FindIndex(_fields, 0, _count, field.Equals);
        if (known < 0 && _count < Most)
        {
            Array.Copy(_fields, place, _fields, place + 1, _count++ - place);
            _fields[place++] = field;
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
