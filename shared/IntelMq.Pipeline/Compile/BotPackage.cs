// The assemblies of a bot package.
using System.IO.Compression;

namespace IntelMq.Pipeline.Compile;

/// <summary>Takes the assemblies out of a bot package: a NuGet package or a folder.</summary>
internal static class BotPackage
{
    private const string Framework = "lib/net10.0/";

    // More than any bot needs: a package is somebody else's file.
    private const long LargestAssembly = 200 * 1024 * 1024;

    /// <summary>The assemblies, by file name.</summary>
    /// <exception cref="InvalidDataException">It is no package, or has nothing for this framework.</exception>
    public static IReadOnlyList<(string Name, byte[] Content)> Assemblies(string package)
    {
        var assemblies = Directory.Exists(package) ? OfFolder(package) : File.Exists(package) ? OfNuGet(package) : throw new InvalidDataException($"There is no package '{package}'. Give a .nupkg file or a folder with assemblies.");
        return assemblies.Count > 0
            ? assemblies
            : throw new InvalidDataException($"'{package}' has no assemblies for .NET 10 ({Framework}*.dll). Build the package with the target framework net10.0.");
    }

    private static List<(string, byte[])> OfFolder(string folder)
    {
        var inside = Path.Combine(folder, Framework);
        return Directory.EnumerateFiles(Directory.Exists(inside) ? inside : folder, "*.dll")
            .Order(StringComparer.Ordinal)
            .Select(file => (Path.GetFileName(file), File.ReadAllBytes(file)))
            .ToList();
    }

    private static List<(string, byte[])> OfNuGet(string file)
    {
        try
        {
            using var zip = ZipFile.OpenRead(file);
            return zip.Entries
                .Where(entry => entry.FullName.StartsWith(Framework, StringComparison.OrdinalIgnoreCase) && entry.FullName.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) && entry.FullName.LastIndexOf('/') == Framework.Length - 1)
                .OrderBy(entry => entry.Name, StringComparer.Ordinal)
                .Select(entry => (entry.Name, Content(entry, file)))
                .ToList();
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"'{file}' is no NuGet package: {error.Message}", error);
        }
    }

    private static byte[] Content(ZipArchiveEntry entry, string file)
    {
        if (entry.Length > LargestAssembly)
        {
            throw new InvalidDataException($"'{entry.FullName}' is larger than {LargestAssembly / 1024 / 1024} MiB.");
        }

        // The length that the package states is a promise of its maker only.
        var content = new byte[entry.Length];
        using var stream = entry.Open();
        var read = stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
        return read == content.Length && stream.ReadByte() < 0 ? content : throw new InvalidDataException($"'{entry.FullName}' of '{file}' has another length than it says.");
    }
}
