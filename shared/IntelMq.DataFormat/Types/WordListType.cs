// Text out of a fixed list of words.
using System.Collections.Frozen;

namespace IntelMq.DataFormat;

/// <summary>One of a list of words, after a change of case and the translation of older spellings.</summary>
/// <param name="name">The name of the type.</param>
/// <param name="words">The words.</param>
/// <param name="toCase">The case of the words.</param>
/// <param name="older">Older spellings and the words they became.</param>
internal sealed class WordListType(string name, IEnumerable<string> words, Func<string, string> toCase, Dictionary<string, string>? older = null) : FieldType
{
    private readonly FrozenDictionary<string, Value> _words =
        words.Select(word => KeyValuePair.Create(word, Value.Of(word)))
            .Concat((older ?? []).Select(item => KeyValuePair.Create(item.Key, Value.Of(item.Value))))
            .ToFrozenDictionary(StringComparer.Ordinal);

    private readonly FrozenSet<string> _valid = words.ToFrozenSet(StringComparer.Ordinal);

    public override string Name => name;

    internal override bool IsRepeatable => true;

    public override bool TrySanitize(in Value input, TimeProvider clock, out Value output)
    {
        if (StringType.TextOrBytes(input) is not { Length: > 0 } text)
        {
            output = Value.Missing;
            return false;
        }

        text = Blanks.Trim(toCase(text));
        output = _words.GetValueOrDefault(text, text);
        return true;
    }

    public override bool IsValid(in Value value) => value.Kind == ValueKind.Text && _valid.Contains(value.AsText()!);
}
