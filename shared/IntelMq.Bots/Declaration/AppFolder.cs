// The bot assemblies beside an app.
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace IntelMq.Bots;

/// <summary>Finds the assemblies of an app's folder that carry bots: those that reference the bot SDK. Others are not even loaded.</summary>
public static class AppFolder
{
    /// <summary>The folder of an app's plug-in packages.</summary>
    public const string PluginFolderName = "bots";

    /// <summary>The bots of an app: of the assemblies beside it and of its <c>bots/</c> folder.</summary>
    public static BotCatalogue Scan(string folder, string? furtherBots = null)
    {
        var assemblies = Directory.EnumerateFiles(folder, "*.dll")
            .Where(ReferencesSdk)
            .Order(StringComparer.Ordinal)
            .Select(path => Assembly.Load(new AssemblyName(Path.GetFileNameWithoutExtension(path))))
            .ToArray();
        return BotCatalogue.Scan(assemblies, furtherBots ?? Path.Combine(folder, PluginFolderName));
    }

    private static bool ReferencesSdk(string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        if (!file.HasMetadata)
        {
            return false;
        }

        var metadata = file.GetMetadataReader();
        var sdk = typeof(Bot).Assembly.GetName().Name!;
        return metadata.IsAssembly
            && metadata.AssemblyReferences.Any(reference => metadata.StringComparer.Equals(metadata.GetAssemblyReference(reference).Name, sdk));
    }
}
