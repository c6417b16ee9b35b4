// The comparison of a field's value with the value, or the pattern, of a parameter.
using System.Text;
using System.Text.RegularExpressions;
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Experts;

/// <summary>Compares the value of a field with a given one, or searches it for a pattern. Of several values any may match.</summary>
internal sealed class ValueMatch
{
    private const int LongestOnStack = 256;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private readonly bool _multiple;
    private readonly Regex? _pattern;
    private readonly byte[]? _utf8;
    private readonly Value _wanted;
    private readonly double? _number;

    /// <summary>Prepares the comparison.</summary>
    /// <param name="key">The field; one that does not exist never matches.</param>
    /// <param name="fields">The fields of events.</param>
    /// <param name="wanted">The value or pattern.</param>
    /// <param name="isPattern">Anything but false, 0 and the empty text makes it a pattern.</param>
    /// <exception cref="BotConfigurationException">The pattern is no regular expression.</exception>
    public ValueMatch(string key, FieldCatalogue fields, Value wanted, Value isPattern)
    {
        Key = fields.TryGet(key, out var field) ? field : null;
        _multiple = field?.Multiple ?? false;
        if (IsOn(isPattern))
        {
            _pattern = Compile(PythonText.Str(wanted));
            return;
        }

        _wanted = wanted.Materialise();
        _number = Number(_wanted);
        _utf8 = _wanted.Kind == ValueKind.Text ? Encoding.UTF8.GetBytes(_wanted.AsText()!) : null;
    }

    /// <summary>The field; null where there is none of that name.</summary>
    public Field? Key { get; }

    /// <summary>Whether a value of the field matches.</summary>
    public bool IsMatch(in Value value)
    {
        if (value.IsMissing)
        {
            return false;
        }

        if (!_multiple || value.Kind != ValueKind.List)
        {
            return IsMatchOne(value);
        }

        foreach (var item in value.AsList())
        {
            if (IsMatchOne(item))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsMatchOne(in Value value)
    {
        if (_pattern is { } pattern)
        {
            return Search(pattern, value);
        }

        if (_utf8 is { } utf8 && value.TryGetPlainUtf8(out var plain))
        {
            return plain.SequenceEqual(utf8);
        }

        return _number is { } number ? Number(value) == number : value == _wanted;
    }

    private static bool Search(Regex pattern, in Value value)
    {
        try
        {
            Span<char> onStack = stackalloc char[LongestOnStack];
            return value.TryGetPlainUtf8(out var plain) && plain.Length <= LongestOnStack
                ? pattern.IsMatch(onStack[..Encoding.UTF8.GetChars(plain, onStack)])
                : pattern.IsMatch(PythonText.Str(value));
        }
        catch (RegexMatchTimeoutException error)
        {
            throw new InvalidRecordException($"The search for '{pattern}' took more than {s_patience.TotalSeconds} s.", error);
        }
    }

    // As in Python 1, 1.0 and true are equal.
    private static double? Number(in Value value) => value.AsBoolean() is { } flag ? (flag ? 1 : 0) : value.AsFloat();

    private static bool IsOn(in Value flag) => flag.Kind switch
    {
        ValueKind.Missing or ValueKind.Null => false,
        ValueKind.Text => flag.AsText() is not ("" or "false" or "False"),
        _ => Number(flag) != 0,
    };

    private static Regex Compile(string pattern)
    {
        pattern = pattern.Replace("(?P<", "(?<", StringComparison.Ordinal);
        try
        {
            return new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, s_patience);
        }
        catch (NotSupportedException)
        {
            // Patterns that look ahead or back need the other engine; there the time limit guards.
            return new Regex(pattern, RegexOptions.CultureInvariant, s_patience);
        }
        catch (ArgumentException error)
        {
            throw new BotConfigurationException($"'filter_value' is '{pattern}', which is no regular expression: {error.Message}");
        }
    }
}
