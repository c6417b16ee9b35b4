// Problems of a pipeline file for programs.
using IntelMq.DataFormat;
using IntelMq.Pipeline;

namespace IntelMq.Cli.Terminal;

/// <summary>Gives problems as values: severity, file, line, column, key, message.</summary>
internal static class ProblemValue
{
    public static Value Of(Problem problem) => Value.Of(new ValueMap
    {
        ["severity"] = problem.Severity == Severity.Error ? "error" : "warning",
        ["file"] = problem.File,
        ["line"] = problem.Line,
        ["column"] = problem.Column,
        ["key"] = problem.Key is null ? Value.Null : problem.Key,
        ["message"] = problem.Message,
    });
}
