// Writes a compiled folder and remembers which files are its own.
using System.Security.Cryptography;
using System.Text;

namespace IntelMq.Pipeline.Compile;

/// <summary>
/// Writes a compiled folder. A manifest lists each file with the hash it was written with, so that a later compile knows what it may remove or replace:
/// <c>sha256 path</c>, sorted.
/// </summary>
internal sealed class FolderWriter(string directory)
{
    /// <summary>The manifest's name in the folder.</summary>
    public const string ManifestName = ".intelmq-compiled";

    // People put their own connection strings there.
    private static readonly string[] s_keptWhenEdited = [LocalSettings.FileName];

    public WrittenFolder Write(IReadOnlyList<CompiledFile> files)
    {
        var earlier = ReadManifest(directory);
        Refuse(files, earlier);
        var written = new List<string>();
        var unchanged = new List<string>();
        var kept = new List<string>();
        var manifest = new StringBuilder();
        foreach (var file in files)
        {
            var path = In(file.Path);
            var hash = Hash(file.Content.Span);
            var now = File.Exists(path) ? Hash(File.ReadAllBytes(path)) : null;
            if (now == hash)
            {
                unchanged.Add(file.Path);
            }
            else if (now is not null && s_keptWhenEdited.Contains(file.Path) && now != earlier.GetValueOrDefault(file.Path))
            {
                // Its hash stays the one it had, so that it counts as edited next time too.
                hash = earlier[file.Path];
                kept.Add(file.Path);
            }
            else
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllBytes(path, file.Content.Span);
                written.Add(file.Path);
            }

            manifest.Append(hash).Append(' ').Append(file.Path).Append('\n');
        }

        var removed = Remove(earlier.Keys.Except(files.Select(file => file.Path), StringComparer.Ordinal));
        File.WriteAllText(In(ManifestName), manifest.ToString());
        return new WrittenFolder(written, unchanged, removed, kept);
    }

    /// <summary>The files of a compiled folder with their hashes; empty for any other folder.</summary>
    public static SortedDictionary<string, string> ReadManifest(string directory)
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var manifest = Path.Combine(directory, ManifestName);
        foreach (var line in File.Exists(manifest) ? File.ReadAllLines(manifest) : [])
        {
            if (line.Split(' ', 2) is [var hash, var path] && IsInside(path))
            {
                files[path] = hash;
            }
        }

        return files;
    }

    private void Refuse(IReadOnlyList<CompiledFile> files, SortedDictionary<string, string> earlier)
    {
        foreach (var file in files)
        {
            var path = In(file.Path);
            if (Directory.Exists(path) || (File.Exists(path) && !earlier.ContainsKey(file.Path) && Hash(File.ReadAllBytes(path)) != Hash(file.Content.Span)))
            {
                throw new IOException($"'{path}' is there already and was not written by 'intelmq compile'. Give --out a folder of its own, or move the file away.");
            }
        }
    }

    private List<string> Remove(IEnumerable<string> stale)
    {
        var removed = new List<string>();
        foreach (var file in stale.Where(file => File.Exists(In(file))))
        {
            File.Delete(In(file));
            removed.Add(file);
            for (var folder = Path.GetDirectoryName(file); !string.IsNullOrEmpty(folder); folder = Path.GetDirectoryName(folder))
            {
                if (Directory.EnumerateFileSystemEntries(In(folder)).Any())
                {
                    break;
                }

                Directory.Delete(In(folder));
            }
        }

        return removed;
    }

    private string In(string path) => Path.Combine(directory, path);

    // A manifest that somebody changed must not make us remove files elsewhere.
    private static bool IsInside(string path) => path.Length > 0 && !Path.IsPathRooted(path) && !path.Split('/', '\\').Contains("..");

    private static string Hash(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
