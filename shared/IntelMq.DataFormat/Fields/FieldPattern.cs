// A pattern that the values of a field must match.
using System.Text.RegularExpressions;

namespace IntelMq.DataFormat;

/// <summary>
/// A pattern. It never backtracks, so hostile values cannot make it slow; it is compiled when it is first needed: that takes milliseconds, and
/// most runs need few patterns or none.
/// </summary>
public sealed class FieldPattern
{
    private readonly Func<string, bool>? _surelyMatches;
    private readonly Lazy<Regex> _expression;

    /// <summary>A pattern.</summary>
    /// <param name="text">The regular expression.</param>
    /// <param name="surelyMatches">A quick look that says true only of texts that match; null for none.</param>
    /// <param name="ignoreCase">Whether upper and lower case are the same.</param>
    public FieldPattern(string text, Func<string, bool>? surelyMatches = null, bool ignoreCase = false)
    {
        (Text, _surelyMatches) = (text, surelyMatches);
        var options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | (ignoreCase ? RegexOptions.IgnoreCase : RegexOptions.None);
        _expression = new Lazy<Regex>(() => new Regex(text, options, TimeSpan.FromSeconds(1)));
    }

    /// <summary>The regular expression.</summary>
    public string Text { get; }

    /// <summary>Whether a text contains a match.</summary>
    public bool Matches(string text) => (_surelyMatches is not null && _surelyMatches(text)) || _expression.Value.IsMatch(text);

    /// <summary>Compiles the expression now: the pattern of somebody else may be none.</summary>
    /// <exception cref="ArgumentException">It is no regular expression.</exception>
    /// <exception cref="NotSupportedException">It looks around or refers back, which cannot be bounded in time.</exception>
    public FieldPattern Compiled()
    {
        _ = _expression.Value;
        return this;
    }

    /// <inheritdoc/>
    public override string ToString() => Text;
}
