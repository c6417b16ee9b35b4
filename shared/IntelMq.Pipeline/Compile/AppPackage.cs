// The package that is deployed: a compiled folder, the function app and bot packages in one zip file.
using System.Buffers.Binary;
using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using IntelMq.Bots;
using IntelMq.Pipeline.Compile;
using IntelMq.Pipeline.Deployment;

namespace IntelMq.Pipeline;

/// <summary>Packs a compiled folder with the function app. The same input gives the same bytes.</summary>
public static class AppPackage
{
    // What is for people and templates, not for the host.
    private static readonly string[] s_notDeployed = [LocalSettings.FileName, BicepParameters.FileName, NextSteps.FileName];

    // The earliest time a zip file can hold.
    private static readonly DateTimeOffset s_time = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private const int RegularFile = 0x8000;
    private const int Runnable = RegularFile | 0x1ED;
    private const int Readable = RegularFile | 0x1A4;

    /// <summary>Writes the package.</summary>
    /// <param name="folder">A folder that <c>intelmq compile</c> wrote.</param>
    /// <param name="app">The published function app.</param>
    /// <param name="plugins">Bot packages: <c>.nupkg</c> files, or folders with assemblies.</param>
    /// <param name="zipFile">The file to write; it is replaced.</param>
    /// <returns>The files in the package, by path.</returns>
    /// <exception cref="InvalidDataException">Something to pack is not what it should be; the sentence says what and the cure.</exception>
    public static IReadOnlyList<string> Write(string folder, string app, IEnumerable<string> plugins, string zipFile)
    {
        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        AddFolder(folder, files);

        // The isolated worker lies at the top, which is where the host looks for it; it is started by dotnet and no program itself.
        var isIsolated = files.ContainsKey(WorkerFile.FileName);
        var handler = isIsolated ? WorkerFile.Assembly : HandlerOf(files, folder);
        var appFolder = isIsolated ? "" : handler.Contains('/', StringComparison.Ordinal) ? handler[..(handler.LastIndexOf('/') + 1)] : "app/";
        if (isIsolated)
        {
            AddWorker(app, files);
        }
        else
        {
            AddApp(app, appFolder, handler, files);
        }

        foreach (var plugin in plugins)
        {
            AddPlugin(plugin, $"{appFolder}{AppFolder.PluginFolderName}/", files);
        }

        CheckAssemblies(folder, appFolder, files);
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (path, content) in files)
            {
                var entry = zip.CreateEntry(path, CompressionLevel.Optimal);
                entry.LastWriteTime = s_time;
                entry.ExternalAttributes = (path == handler && !isIsolated ? Runnable : Readable) << 16;
                using var written = entry.Open();
                written.Write(content);
            }
        }

        var bytes = stream.ToArray();
        SayUnix(bytes);
        File.WriteAllBytes(zipFile, bytes);
        return files.Keys.ToArray();
    }

    private static void AddFolder(string folder, SortedDictionary<string, byte[]> files)
    {
        var manifest = FolderWriter.ReadManifest(folder);
        if (manifest.Count == 0)
        {
            throw new InvalidDataException($"'{folder}' is no compiled folder. Make one with 'intelmq compile FILE --out {folder}'.");
        }

        foreach (var path in manifest.Keys.Except(s_notDeployed, StringComparer.Ordinal).Where(path => !path.StartsWith(EmulatorFiles.Folder, StringComparison.Ordinal) && !path.StartsWith(BicepTemplates.Folder, StringComparison.Ordinal)))
        {
            var file = Path.Combine(folder, path);
            files[path] = File.Exists(file) ? File.ReadAllBytes(file) : throw new InvalidDataException($"'{file}' is missing. Compile the pipeline again with 'intelmq compile'.");
        }
    }

    private static string HandlerOf(SortedDictionary<string, byte[]> files, string folder)
    {
        try
        {
            return files.TryGetValue(HostFile.FileName, out var host) && JsonNode.Parse(host)?["customHandler"]?["description"]?["defaultExecutablePath"]?.GetValue<string>() is { } handler
                ? handler
                : throw new InvalidDataException($"'{folder}' was compiled for this machine only. Compile it with --transport storage-queue or another broker.");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"'{Path.Combine(folder, HostFile.FileName)}' is broken: {error.Message} Compile the pipeline again with 'intelmq compile'.", error);
        }
    }

    private static void AddApp(string app, string appFolder, string handler, SortedDictionary<string, byte[]> files)
    {
        if (!Directory.Exists(app))
        {
            throw new InvalidDataException($"There is no folder '{app}'. Give the published function app with --app.");
        }

        foreach (var file in Directory.EnumerateFiles(app, "*", SearchOption.AllDirectories))
        {
            files[$"{appFolder}{Path.GetRelativePath(app, file).Replace('\\', '/')}"] = File.ReadAllBytes(file);
        }

        if (!files.ContainsKey(handler))
        {
            throw new InvalidDataException($"'{app}' has no '{Path.GetFileName(handler)}', which the host starts. Publish the function app: dotnet publish {(handler == WorkerFile.Assembly ? "functions/App.Isolated -c Release -p:FunctionsWorker=true" : "functions/App -c Release -r linux-x64 --self-contained")}.");
        }
    }

    // What the compiler wrote wins over what a build left under the same name.
    private static void AddWorker(string app, SortedDictionary<string, byte[]> files)
    {
        var compiled = files.ToArray();
        AddApp(app, "", WorkerFile.Assembly, files);
        foreach (var (path, content) in compiled)
        {
            files[path] = content;
        }

        if (!files.ContainsKey(WorkerFile.Extensions))
        {
            throw new InvalidDataException($"'{app}' has no '{WorkerFile.Extensions}': the host would know no trigger. Publish the worker with its extensions: dotnet publish functions/App.Isolated -c Release -p:FunctionsWorker=true.");
        }
    }

    private static void AddPlugin(string plugin, string target, SortedDictionary<string, byte[]> files)
    {
        var assemblies = BotPackage.Assemblies(plugin);
        foreach (var (name, content) in assemblies)
        {
            if (files.TryGetValue(target + name, out var other) && !other.AsSpan().SequenceEqual(content))
            {
                throw new InvalidDataException($"'{plugin}' brings another '{name}' than a package before it. Leave one of them out.");
            }

            files[target + name] = content;
        }
    }

    // A bot whose assembly is not there would only be missed when the app starts.
    private static void CheckAssemblies(string folder, string appFolder, SortedDictionary<string, byte[]> files)
    {
        foreach (var assembly in CompiledApp.Read(folder).Assemblies)
        {
            if (!files.ContainsKey($"{appFolder}{assembly}.dll") && !files.ContainsKey($"{appFolder}{AppFolder.PluginFolderName}/{assembly}.dll"))
            {
                throw new InvalidDataException($"The pipeline uses bots or hooks of '{assembly}', which neither the app nor a package brings. Give its package with --plugin.");
            }
        }
    }

    // Only where an entry says that it was made on Unix are its permissions believed; the library says so only where it runs on Unix itself.
    private static void SayUnix(Span<byte> zip)
    {
        var end = zip.LastIndexOf("PK\x05\x06"u8);
        var at = (int)BinaryPrimitives.ReadUInt32LittleEndian(zip[(end + 16)..]);
        for (var entries = BinaryPrimitives.ReadUInt16LittleEndian(zip[(end + 10)..]); entries > 0; entries--)
        {
            const byte Unix = 3;
            zip[at + 5] = Unix;
            at += 46
                + BinaryPrimitives.ReadUInt16LittleEndian(zip[(at + 28)..])
                + BinaryPrimitives.ReadUInt16LittleEndian(zip[(at + 30)..])
                + BinaryPrimitives.ReadUInt16LittleEndian(zip[(at + 32)..]);
        }
    }
}
