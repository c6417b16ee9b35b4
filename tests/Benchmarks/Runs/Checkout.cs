// Where things lie in the checkout that the benchmarks run from.
namespace IntelMq.Benchmarks;

/// <summary>Finds what was built, and scratch folders.</summary>
internal static class Checkout
{
    /// <summary>The folder of the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The command that was built with this project.</summary>
    public static string Command { get; } = Path.Combine(Root, "local-emulators", "Cli", "bin", "Release", "net10.0", "intelmq.dll");

    /// <summary>A folder that is deleted when it is disposed.</summary>
    public static Scratch NewScratch() => new(Directory.CreateTempSubdirectory("intelmq-bench-").FullName);

    private static string FindRoot()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "IntelMq.Functions.sln")))
        {
            root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("The benchmark runs from a checkout of the project.");
        }

        return root;
    }
}

/// <summary>A folder for a while.</summary>
/// <param name="Folder">Its path.</param>
internal sealed record Scratch(string Folder) : IDisposable
{
    /// <summary>A path in it.</summary>
    public string At(params string[] parts) => Path.Combine([Folder, .. parts]);

    /// <summary>A folder in it, made where it is missing.</summary>
    public string Sub(string name) => Directory.CreateDirectory(At(name)).FullName;

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
