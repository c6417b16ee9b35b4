// Where the recorded behaviour of IntelMQ lies.
using IntelMq.DataFormat;
using Xunit;

namespace IntelMq.Conformance;

/// <summary>
/// The folder with IntelMQ's recorded behaviour: INTELMQ_CONFORMANCE, else <c>../shared/conformance</c> beside the repository.
/// It is no part of the repository; tests that need a file which is not there are skipped with the reason.
/// </summary>
public static class ConformanceFolder
{
    /// <summary>The instant at which everything was recorded: dates that lack parts were completed from it.</summary>
    public static DateTimeOffset Recorded { get; } = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    /// <summary>The path of the folder; it need not exist.</summary>
    public static string Path { get; } = Environment.GetEnvironmentVariable("INTELMQ_CONFORMANCE") is { Length: > 0 } named
        ? named
        : System.IO.Path.GetFullPath(System.IO.Path.Combine(RepositoryRoot(), "..", "shared", "conformance"));

    /// <summary>The path of a file in the folder. Skips the test where it is absent.</summary>
    public static string Require(string relativePath)
    {
        var path = System.IO.Path.Combine(Path, relativePath);
        Assert.SkipUnless(File.Exists(path), $"{relativePath} is not in the conformance folder (INTELMQ_CONFORMANCE, default ../shared/conformance beside the repository).");
        return path;
    }

    /// <summary>The entries of a vector file (a JSON array). Skips the test where the file is absent.</summary>
    public static IReadOnlyList<ValueMap> Entries(string relativePath)
    {
        var value = JsonText.TryParse(File.ReadAllBytes(Require(relativePath)));
        Assert.True(value is { Kind: ValueKind.List }, $"{relativePath} is no JSON array.");
        return value!.Value.AsList().Select(entry => entry.AsMap()!).ToArray();
    }

    /// <summary>The folder that holds the solution, from the test assembly upwards.</summary>
    public static string RepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "IntelMq.Functions.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("No folder above the tests holds IntelMq.Functions.sln.");
    }
}
