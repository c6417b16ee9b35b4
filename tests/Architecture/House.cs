// The repository as these tests see it: its folders, projects and source files.
using System.Xml.Linq;

namespace IntelMq.Architecture.Tests;

/// <summary>A project: its assembly name, its file below the root, and the projects and packages it references.</summary>
internal sealed record Project(string Name, string File, IReadOnlyList<string> Projects, IReadOnlyList<string> Packages);

internal static class House
{
    private static readonly string[] s_generated = ["bin", "obj", "node_modules", "TestResults", "data", "BenchmarkDotNet.Artifacts", ".git", ".vs", ".idea"];

    public static string Root { get; } = FindRoot();

    /// <summary>All projects, by name.</summary>
    public static IReadOnlyDictionary<string, Project> Projects { get; } = Files(".csproj").Select(Read).ToDictionary(project => project.Name);

    /// <summary>The source files below the root, with '/'.</summary>
    public static IReadOnlyList<string> Sources { get; } = Files(".cs");

    public static string[] Lines(string file) => File.ReadAllLines(Path.Combine(Root, file));

    /// <summary>What lies directly in the root and is not generated.</summary>
    public static IEnumerable<string> RootEntries =>
        Directory.EnumerateFileSystemEntries(Root).Select(path => Path.GetFileName(path)).Where(name => !s_generated.Contains(name) && !name.EndsWith(".user", StringComparison.Ordinal));

    /// <summary>The folders below the root that hold no generated files, with '/'.</summary>
    public static IEnumerable<string> Folders => Below(Root).Select(Relative);

    /// <summary>Fails with all breaches, each on a line of its own.</summary>
    public static void Keeps(IEnumerable<string> breaches)
    {
        var all = breaches.ToArray();
        Assert.True(all.Length == 0, string.Join('\n', all));
    }

    /// <summary>All projects that a project references, over any number of steps.</summary>
    public static IReadOnlySet<string> Reach(IReadOnlyDictionary<string, Project> projects, string name)
    {
        var reached = new HashSet<string>();
        var open = new Queue<string>(projects[name].Projects);
        while (open.TryDequeue(out var next))
        {
            if (reached.Add(next) && projects.TryGetValue(next, out var project))
            {
                foreach (var further in project.Projects)
                {
                    open.Enqueue(further);
                }
            }
        }

        return reached;
    }

    private static string FindRoot()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "IntelMq.Functions.sln")))
            {
                return folder;
            }
        }

        throw new InvalidOperationException("These tests read the sources: run them from a folder inside the repository.");
    }

    private static IReadOnlyList<string> Files(string extension) => Below(Root).Prepend(Root)
        .SelectMany(folder => Directory.EnumerateFiles(folder, "*" + extension))
        .Select(Relative).Order(StringComparer.Ordinal).ToArray();

    private static IEnumerable<string> Below(string folder) => Directory.EnumerateDirectories(folder)
        .Where(path => !s_generated.Contains(Path.GetFileName(path)))
        .SelectMany(path => Below(path).Prepend(path));

    private static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static Project Read(string file)
    {
        var items = XDocument.Load(Path.Combine(Root, file)).Descendants().ToArray();

        // A reference without the assembly is an order of building, not a dependency of the code.
        var projects = items.Where(item => item.Name.LocalName == "ProjectReference" && (string?)item.Attribute("ReferenceOutputAssembly") != "false");
        var packages = items.Where(item => item.Name.LocalName == "PackageReference");
        return new Project(
            Path.GetFileNameWithoutExtension(file),
            file,
            projects.Select(item => Path.GetFileNameWithoutExtension(Named(item).Replace('\\', '/'))).ToArray(),
            packages.Select(Named).ToArray());
    }

    private static string Named(XElement item) => (string?)item.Attribute("Include") ?? "";
}
