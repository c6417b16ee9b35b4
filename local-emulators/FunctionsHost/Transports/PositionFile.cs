// How far a partition was worked on.
using System.Globalization;
using IntelMq.Runtime;

namespace IntelMq.FunctionsHost.Transports;

/// <summary>The number of the last event that is done, in a file that is replaced as a whole: whatever is killed, it holds the last number or the one before.</summary>
internal sealed class PositionFile
{
    private const long None = -1;

    private readonly string _path;

    /// <summary>Reads the file; where there is none nothing is done yet.</summary>
    public PositionFile(string path)
    {
        _path = path;
        Value = File.Exists(path) && long.TryParse(File.ReadAllText(path), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : None;
    }

    /// <summary>The number; -1 for none.</summary>
    public long Value { get; private set; }

    /// <summary>Writes a number.</summary>
    /// <exception cref="TransportException">It cannot be written: what was done comes again.</exception>
    public void Write(long value)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
            File.WriteAllText(_path + ".new", value.ToString(CultureInfo.InvariantCulture));
            File.Move(_path + ".new", _path, overwrite: true);
            Value = value;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new TransportException($"The position '{_path}' cannot be written: {error.Message}", error);
        }
    }

    /// <summary>Begins anew.</summary>
    public void Forget()
    {
        File.Delete(_path);
        Value = None;
    }
}
