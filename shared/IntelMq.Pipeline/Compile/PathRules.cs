// Where the files of a compiled pipeline are.
using System.Text.RegularExpressions;
using IntelMq.Bots;

namespace IntelMq.Pipeline.Compile;

/// <summary>
/// Decides what becomes of a path: a deployed app has no disk of its own, so it must lie in blob storage or on a share, or be an input that is packed
/// beside the pipeline file.
/// </summary>
internal sealed partial class PathRules(string pipelineFile, string? files, bool localPaths)
{
    private const string Cure = "Write 'blob:container/name' or 'share:name', or give --files blob:CONTAINER, where all relative paths then start.";

    // An app is deployed as one package; databases of this size belong into blob storage.
    private const long LargestPacked = 200 * 1024 * 1024;

    private readonly string _directory = Path.GetDirectoryName(Path.GetFullPath(pipelineFile))!;
    private long _packed;

    /// <summary>The inputs that are packed, by their path beside the pipeline file.</summary>
    public SortedDictionary<string, byte[]> Packed { get; } = new(StringComparer.Ordinal);

    /// <summary>The local files that are looked for elsewhere.</summary>
    public SortedDictionary<string, string> Uploads { get; } = new(StringComparer.Ordinal);

    /// <summary>What is wrong with the base of relative paths; null where it is good or there is none.</summary>
    public static string? BaseProblem(string? files) => files is null || Blob().IsMatch(files.TrimEnd('/')) || Share().IsMatch(files)
        ? null
        : $"'{files}' is no place for files. Give --files blob:CONTAINER or blob:CONTAINER/FOLDER; containers have 3 to 63 lower-case letters, digits and single hyphens.";

    /// <summary>The path to write into the app's pipeline file, or what is wrong, as a sentence that goes on after the path's name.</summary>
    public (string? Path, string? Problem) Resolve(PathUse use, string path)
    {
        var isInput = use is PathUse.Read or PathUse.ReadFolder;
        if (path.StartsWith("blob:", StringComparison.Ordinal))
        {
            var match = Blob().Match(path);
            return match.Success && (use == PathUse.ReadFolder || match.Groups["name"].Value.Length > 1)
                ? (path, null)
                : (null, "is no blob. Write 'blob:container/name'; containers have 3 to 63 lower-case letters, digits and single hyphens.");
        }

        if (path.StartsWith("share:", StringComparison.Ordinal))
        {
            return Share().IsMatch(path) ? (path, null) : (null, "is no place on a share. Write 'share:name/path'.");
        }

        if (localPaths)
        {
            return (isInput ? Path.GetFullPath(path, _directory) : path, null);
        }

        if (path[0] is '/' or '\\' or '~' || Drive().IsMatch(path))
        {
            return (null, $"is a path of this machine, and the deployed app has no such disk. {Cure}");
        }

        if (Normalised(path) is not { } relative)
        {
            return (null, $"leads out of the pipeline file's folder. {Cure}");
        }

        if (files is not null)
        {
            var target = relative.Length == 0 ? files.TrimEnd('/') : $"{files.TrimEnd('/')}/{relative}";
            if (isInput && (File.Exists(Path.Combine(_directory, relative)) || Directory.Exists(Path.Combine(_directory, relative))))
            {
                Uploads[relative.Length == 0 ? "." : relative] = target;
            }

            return (target, null);
        }

        return isInput ? Pack(use, relative) : (null, $"is a path of this machine, and the deployed app has no disk to write to. {Cure}");
    }

    private (string?, string?) Pack(PathUse use, string relative)
    {
        var local = Path.Combine(_directory, relative);
        if (use == PathUse.Read)
        {
            return File.Exists(local) ? Add(relative, local) : (null, $"is not there: no such file lies beside the pipeline file. Put it there. {Cure}");
        }

        if (!Directory.Exists(local))
        {
            return (null, $"is not there: no such folder lies beside the pipeline file. Put it there. {Cure}");
        }

        foreach (var file in Directory.EnumerateFiles(local, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            if (Add(Path.GetRelativePath(_directory, file).Replace('\\', '/'), file).Problem is { } problem)
            {
                return (null, "has a file that cannot be packed: " + problem);
            }
        }

        return (relative, null);
    }

    private (string? Path, string? Problem) Add(string relative, string file)
    {
        if (Path.GetFullPath(file) == Path.GetFullPath(pipelineFile))
        {
            return (null, $"the pipeline file itself would be packed with its secrets. Put the inputs into a folder of their own. {Cure}");
        }

        if (Packed.ContainsKey(relative))
        {
            return (relative, null);
        }

        _packed += new FileInfo(file).Length;
        if (_packed > LargestPacked)
        {
            return (null, $"the inputs to pack are larger than {LargestPacked / 1024 / 1024} MiB. {Cure}");
        }

        var content = File.ReadAllBytes(file);
        if (content.AsSpan().IndexOf("PRIVATE KEY-----"u8) >= 0)
        {
            return (null, $"'{relative}' holds a private key, which must not be part of a package. {Cure}");
        }

        Packed[relative] = content;
        return (relative, null);
    }

    /// <summary>The path with '/' and without '.' and '..'; null where it leads out of its folder.</summary>
    private static string? Normalised(string path)
    {
        var parts = new List<string>();
        foreach (var part in path.Split('/', '\\').Where(part => part is not ("" or ".")))
        {
            if (part != "..")
            {
                parts.Add(part);
            }
            else if (parts.Count == 0)
            {
                return null;
            }
            else
            {
                parts.RemoveAt(parts.Count - 1);
            }
        }

        return string.Join('/', parts);
    }

    [GeneratedRegex(@"^blob:(?=[a-z0-9-]{3,63}(/|\z))[a-z0-9]+(-[a-z0-9]+)*(?<name>/.*)?\z", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Blob();

    [GeneratedRegex(@"^share:[^/\\].*\z", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Share();

    [GeneratedRegex("^[A-Za-z]:", RegexOptions.CultureInvariant)]
    private static partial Regex Drive();
}
