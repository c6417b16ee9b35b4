// Collects the problems of one file.
using IntelMq.Bots;

namespace IntelMq.Pipeline.Files;

/// <summary>Collects the problems of one file: reading goes on after a problem, so that all are found at once.</summary>
internal sealed class ProblemLog(string file)
{
    // Comparing names takes time that grows with their lengths and number: a broken file of thousands of bots must not take minutes.
    private const int LongestHinted = 200;
    private int _hintsLeft = 100;

    private readonly HashSet<Problem> _problems = [];

    public bool HasErrors => _problems.Any(problem => problem.Severity == Severity.Error);

    /// <summary>The problems in the order of the file.</summary>
    public IEnumerable<Problem> InOrder =>
        _problems.OrderBy(problem => problem.Line).ThenBy(problem => problem.Column).ThenBy(problem => problem.Message, StringComparer.Ordinal);

    public void Error(SourcePosition at, string? key, string message) => Add(Severity.Error, at, key, message);

    public void Warning(SourcePosition at, string? key, string message) => Add(Severity.Warning, at, key, message);

    /// <summary><c> (did you mean 'x'?)</c>, or nothing.</summary>
    public string Hint(string mistyped, IEnumerable<string> known) =>
        mistyped.Length <= LongestHinted && _hintsLeft-- > 0 ? NearName.Hint(mistyped, known) : "";

    // The same finding at the same place is told once: a global key concerns many bots.
    private void Add(Severity severity, SourcePosition at, string? key, string message) =>
        _problems.Add(new Problem(severity, file, at.Line, at.Column, key, message));
}
