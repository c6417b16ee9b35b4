// A field that is put together from several cells.
using System.Globalization;
using System.Text;
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Parsers.GenericCsv;

/// <summary>A field and the text with <c>{0}</c>, <c>{1}</c> … from which its value is made; <c>{{</c> and <c>}}</c> stand for braces. Prepared once.</summary>
internal sealed class ComposedField
{
    private readonly Piece[] _pieces;

    private ComposedField(Field field, Piece[] pieces) => (Field, _pieces) = (field, pieces);

    // A text, or the number of a cell where there is none.
    private readonly record struct Piece(string? Text, int Cell);

    /// <summary>The field that gets the value.</summary>
    public Field Field { get; }

    /// <summary>The composed fields of the parameter <c>compose_fields</c>.</summary>
    /// <exception cref="BotConfigurationException">Names that are no fields and texts that cannot be understood, all of them listed.</exception>
    public static ComposedField[] For(ValueMap? parameter, FieldCatalogue fields)
    {
        var problems = new List<string>();
        var composed = new List<ComposedField>();
        foreach (var (name, value) in parameter ?? [])
        {
            var template = value.ToString();
            if (!fields.TryGet(name, out var field))
            {
                problems.Add($"compose_fields: '{name}' is no field{NearName.Hint(name, fields.All.Select(known => known.Name))}.");
            }
            else if (Pieces(template) is { } pieces)
            {
                composed.Add(new ComposedField(field, pieces));
            }
            else
            {
                problems.Add($"compose_fields: the text for '{name}' is '{template}'; allowed in braces are the numbers of cells from {{0}} to {{9999}}. Write {{{{ and }}}} for braces.");
            }
        }

        return problems.Count == 0 ? [.. composed] : throw new BotConfigurationException(problems);
    }

    /// <summary>The value for a row.</summary>
    /// <exception cref="InvalidRecordException">The row has no such cell.</exception>
    public Value Compose(IReadOnlyList<string> cells)
    {
        var texts = new string[_pieces.Length];
        for (var i = 0; i < texts.Length; i++)
        {
            var (text, cell) = _pieces[i];
            texts[i] = text ?? (cell < cells.Count ? cells[cell] : throw new InvalidRecordException($"compose_fields: the row has no cell {cell} for '{Field}'."));
        }

        return string.Concat(texts);
    }

    // Null where a brace is neither doubled nor around the number of a cell.
    private static Piece[]? Pieces(string template)
    {
        var pieces = new List<Piece>();
        var text = new StringBuilder();
        for (var i = 0; i < template.Length; i++)
        {
            var letter = template[i];
            var next = i + 1 < template.Length ? template[i + 1] : '\0';
            if (letter is '{' or '}' && next == letter)
            {
                text.Append(letter);
                i++;
            }
            else if (letter == '{')
            {
                var end = template.IndexOf('}', i);
                if (end < 0 || end - i > 5 || !int.TryParse(template.AsSpan(i + 1, end - i - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var cell))
                {
                    return null;
                }

                pieces.Add(new Piece(text.ToString(), 0));
                pieces.Add(new Piece(null, cell));
                text.Clear();
                i = end;
            }
            else if (letter == '}')
            {
                return null;
            }
            else
            {
                text.Append(letter);
            }
        }

        pieces.Add(new Piece(text.ToString(), 0));
        return [.. pieces];
    }
}
