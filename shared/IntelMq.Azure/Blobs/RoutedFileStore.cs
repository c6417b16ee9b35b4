// Files of a function app: blobs by their scheme, packaged files by their relative path.
using IntelMq.Bots;

namespace IntelMq.Azure;

/// <summary>
/// Sends each path to where it lies: <c>blob:container/name</c> to blob storage, <c>share:name/path</c> to the file share that is mounted at
/// <c>/mounts/name</c>, everything else to the files that were packaged with the app, which are only read.
/// </summary>
/// <param name="blobs">Blob storage.</param>
/// <param name="local">The file system, with the package as the folder of relative inputs.</param>
public sealed class RoutedFileStore(IFileStore blobs, IFileStore local) : IFileStore
{
    private const string ShareScheme = "share:";

    /// <inheritdoc/>
    public IAsyncEnumerable<FileEntry> ListAsync(string folder, CancellationToken cancellation) => Of(folder).ListAsync(Mounted(folder), cancellation);

    /// <inheritdoc/>
    public ValueTask<Stream?> OpenReadAsync(string path, bool exclusive, CancellationToken cancellation) => Of(path).OpenReadAsync(Mounted(path), exclusive, cancellation);

    /// <inheritdoc/>
    public ValueTask AppendAsync(string path, string batchId, ReadOnlyMemory<byte> data, CancellationToken cancellation) =>
        Writable(path).AppendAsync(Mounted(path), batchId, data, cancellation);

    /// <inheritdoc/>
    public ValueTask ReplaceAsync(string path, ReadOnlyMemory<byte> data, CancellationToken cancellation) => Writable(path).ReplaceAsync(Mounted(path), data, cancellation);

    /// <inheritdoc/>
    public ValueTask DeleteAsync(string path, CancellationToken cancellation) => Writable(path).DeleteAsync(Mounted(path), cancellation);

    private static bool IsBlob(string path) => path.StartsWith(BlobPath.Scheme, StringComparison.Ordinal);

    private static string Mounted(string path) => path.StartsWith(ShareScheme, StringComparison.Ordinal) ? "/mounts/" + path[ShareScheme.Length..] : path;

    private IFileStore Of(string path) => IsBlob(path) ? blobs : local;

    private IFileStore Writable(string path) => IsBlob(path) || Mounted(path).StartsWith('/') ? Of(path)
        : throw new BotConfigurationException($"The path '{path}' lies in the app's package, which is read only. Write 'blob:container/name' in the pipeline file, or compile with '--files blob:container'.");
}
