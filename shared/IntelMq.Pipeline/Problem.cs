// A problem of a pipeline file, as people and editors read it.
using System.Globalization;

namespace IntelMq.Pipeline;

/// <summary>How bad a problem is.</summary>
public enum Severity
{
    /// <summary>The pipeline does not run.</summary>
    Error,

    /// <summary>The pipeline runs, perhaps not as its author expects.</summary>
    Warning,
}

/// <summary>A problem of a pipeline file.</summary>
/// <param name="Severity">How bad it is.</param>
/// <param name="File">The file, as it was named by the caller.</param>
/// <param name="Line">The line, from 1; 0 where the problem is the file as a whole.</param>
/// <param name="Column">The column in characters, from 1; 0 where the problem is the file as a whole.</param>
/// <param name="Key">The key that the problem is about; null where it is about none.</param>
/// <param name="Message">A sentence that names what is wrong and the cure.</param>
public sealed record Problem(Severity Severity, string File, int Line, int Column, string? Key, string Message)
{
    /// <summary>The problem as compilers print it: <c>runtime.yaml:12:5: error: …</c>.</summary>
    public override string ToString()
    {
        var severity = Severity == Severity.Error ? "error" : "warning";
        return Line == 0
            ? $"{File}: {severity}: {Message}"
            : string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}:{Column}: {severity}: {Message}");
    }
}
