// The lines of the data files beside their readers.
namespace IntelMq.Pipeline.Checks;

/// <summary>Reads the data files that are part of the assembly.</summary>
internal static class DataFile
{
    /// <summary>The lines of a data file without comments.</summary>
    public static IReadOnlyList<string> Lines(string name)
    {
        using var reader = new StreamReader(typeof(DataFile).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd().Split('\n').Select(line => line.TrimEnd('\r')).Where(line => line.Length > 0 && line[0] != '#').ToList();
    }
}
