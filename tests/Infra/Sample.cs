// The sample deployments: what a pipeline of each kind becomes.
using System.Collections.Concurrent;

namespace IntelMq.Infra.Tests;

/// <summary>A folder of <c>Samples</c> with a pipeline and the deployment that is expected of it.</summary>
internal static class Sample
{
    // A prediction takes seconds; tests look at the same one.
    private static readonly ConcurrentDictionary<string, Lazy<Task<Deployment>>> s_deployments = [];

    /// <summary>The names of the samples.</summary>
    public static TheoryData<string> Names { get; } = [.. Directory.GetDirectories(Root).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)];

    private static string Root => Path.Combine(Bicep.SourceFolder(), "Samples");

    /// <summary>A file of a sample.</summary>
    public static string PathOf(string sample, string file) => Path.Combine(Root, sample, file);

    /// <summary>The pipeline of a sample.</summary>
    public static string Pipeline(string sample) => File.ReadAllText(PathOf(sample, "runtime.yaml"));

    /// <summary>The deployment of a sample.</summary>
    public static Task<Deployment> DeploymentAsync(string sample) => s_deployments.GetOrAdd(sample, _ => new Lazy<Task<Deployment>>(() => Deployment.OfAsync(Pipeline(sample)))).Value;
}
