// Bot packages beside the app.
using System.Reflection;
using System.Runtime.Loader;

namespace IntelMq.Bots;

/// <summary>Loads the assemblies of a <c>bots/</c> folder that reference the bot SDK.</summary>
public static class PluginFolder
{
    /// <summary>The assemblies, and a sentence for each file that could not be loaded.</summary>
    public static (IReadOnlyList<Assembly> Assemblies, IReadOnlyList<string> Problems) Load(string folder)
    {
        var assemblies = new List<Assembly>();
        var problems = new List<string>();
        foreach (var path in Directory.EnumerateFiles(folder, "*.dll").Order(StringComparer.Ordinal))
        {
            try
            {
                var context = new PackageContext(path);
                var assembly = context.LoadFromAssemblyPath(Path.GetFullPath(path));
                if (assembly.GetReferencedAssemblies().Any(name => name.Name == typeof(Bot).Assembly.GetName().Name))
                {
                    _ = assembly.GetTypes();
                    assemblies.Add(assembly);
                }
            }
            catch (Exception error) when (error is BadImageFormatException or IOException or UnauthorizedAccessException)
            {
                problems.Add($"'{path}' cannot be loaded as a bot package: {error.Message}");
            }
            catch (ReflectionTypeLoadException error)
            {
                problems.Add($"'{path}' does not fit this version: {error.LoaderExceptions.FirstOrDefault()?.Message}");
            }
        }

        return (assemblies, problems);
    }

    // A package brings libraries of its own; what the app has already (the SDK above all) is shared, so that types are the same.
    private sealed class PackageContext(string path) : AssemblyLoadContext(Path.GetFileNameWithoutExtension(path))
    {
        protected override Assembly? Load(AssemblyName assemblyName)
        {
            try
            {
                return Default.LoadFromAssemblyName(assemblyName);
            }
            catch (FileNotFoundException)
            {
                var beside = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, assemblyName.Name + ".dll");
                return File.Exists(beside) ? LoadFromAssemblyPath(beside) : null;
            }
        }
    }
}
