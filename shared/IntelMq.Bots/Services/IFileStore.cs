// Files as bots see them: local, on a share or in blob storage.
namespace IntelMq.Bots;

/// <summary>Files by path. Relative paths of inputs start at the pipeline file, those of outputs at the data folder.</summary>
public interface IFileStore
{
    /// <summary>The files directly in a folder, in the order of their names.</summary>
    /// <exception cref="TransientException">The folder cannot be read now.</exception>
    /// <exception cref="BotConfigurationException">There is no such folder.</exception>
    IAsyncEnumerable<FileEntry> ListAsync(string folder, CancellationToken cancellation);

    /// <summary>Opens a file for reading; seekable. With <paramref name="exclusive"/> null is returned where another process holds a lock on it.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    ValueTask<Stream?> OpenReadAsync(string path, bool exclusive, CancellationToken cancellation);

    /// <summary>
    /// Appends data to a file, exactly once per batch id: a repetition of the last append replaces what the interrupted one left behind.
    /// Folders are made on demand.
    /// </summary>
    /// <exception cref="TransientException">The disk is full or the file cannot be written now.</exception>
    ValueTask AppendAsync(string path, string batchId, ReadOnlyMemory<byte> data, CancellationToken cancellation);

    /// <summary>Replaces a file as a whole; readers see the old or the new content, never a part.</summary>
    ValueTask ReplaceAsync(string path, ReadOnlyMemory<byte> data, CancellationToken cancellation);

    /// <summary>Deletes a file; an absent one does not matter.</summary>
    ValueTask DeleteAsync(string path, CancellationToken cancellation);
}

/// <summary>A file in a folder.</summary>
/// <param name="Name">The name without the folder.</param>
/// <param name="Path">The path to open it by.</param>
/// <param name="Length">The length in bytes.</param>
/// <param name="Modified">When it was last written.</param>
public sealed record FileEntry(string Name, string Path, long Length, DateTimeOffset Modified);
