// What came out of reading a pipeline file.
namespace IntelMq.Pipeline;

/// <summary>What came out of reading a pipeline file.</summary>
/// <param name="Pipeline">The pipeline; null where there are errors.</param>
/// <param name="Problems">All problems, in the order of the file.</param>
public sealed record LoadedPipeline(Pipeline? Pipeline, IReadOnlyList<Problem> Problems)
{
    /// <summary>Whether any problem is an error.</summary>
    public bool HasErrors => Problems.Any(problem => problem.Severity == Severity.Error);
}
