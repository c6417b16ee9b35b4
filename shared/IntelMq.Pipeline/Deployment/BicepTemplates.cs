// The templates of infra/, which are part of the assembly: a compiled folder can be deployed without the repository.
using System.Reflection;

namespace IntelMq.Pipeline.Deployment;

/// <summary>The Bicep templates.</summary>
internal static class BicepTemplates
{
    /// <summary>The folder that holds them.</summary>
    public const string Folder = "infra/";

    /// <summary>The template that is deployed.</summary>
    public const string Main = Folder + "main.bicep";

    private static readonly Assembly s_assembly = typeof(BicepTemplates).Assembly;

    /// <summary>All files, by their path.</summary>
    public static IReadOnlyDictionary<string, byte[]> All { get; } = s_assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
        .ToDictionary(name => name.Replace('\\', '/'), Read, StringComparer.Ordinal);

    private static byte[] Read(string name)
    {
        using var stream = s_assembly.GetManifestResourceStream(name)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}
