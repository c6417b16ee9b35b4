// Files on this machine.
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using IntelMq.Bots;
using Microsoft.Win32.SafeHandles;

namespace IntelMq.Stores;

/// <summary>
/// Files on this machine, for one bot instance. Appending is exact: the length after each append is kept in the bot's state, which the
/// host makes durable together with the acknowledgement. What lies beyond it was written by an attempt that did not count and is cut off.
/// A marker in the journal folder tells after a crash that the end of the file is ours; without it, whatever others appended stays.
/// </summary>
public sealed class LocalFileStore(string inputFolder, string outputFolder, string journalFolder, IStateStore state) : IFileStore, IAsyncDisposable
{
    // A file name may hold values of events: the process must not run out of handles.
    private const int MostOpen = 200;

    private readonly Dictionary<string, OpenFile> _open = new(StringComparer.Ordinal);
    private readonly HashSet<string> _leftAjar = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public async IAsyncEnumerable<FileEntry> ListAsync(string folder, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var full = Path.Combine(inputFolder, folder);
        FileInfo[] files;
        try
        {
            files = new DirectoryInfo(full).GetFiles();
        }
        catch (DirectoryNotFoundException)
        {
            throw new BotConfigurationException($"The folder '{full}' does not exist. Create it, or correct the path.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new TransientException($"The folder '{full}' cannot be read: {error.Message}", inner: error);
        }

        foreach (var file in files.OrderBy(file => file.Name, StringComparer.Ordinal))
        {
            cancellation.ThrowIfCancellationRequested();
            yield return new FileEntry(file.Name, file.FullName, file.Length, file.LastWriteTimeUtc);
        }

        await Task.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<Stream?> OpenReadAsync(string path, bool exclusive, CancellationToken cancellation)
    {
        try
        {
            // FileShare.None takes an advisory lock on Unix (flock), which is what programs that write feeds use.
            var share = exclusive ? FileShare.None : FileShare.ReadWrite | FileShare.Delete;
            return ValueTask.FromResult<Stream?>(new FileStream(Path.Combine(inputFolder, path), FileMode.Open, FileAccess.Read, share, bufferSize: 0, useAsync: false));
        }
        catch (DirectoryNotFoundException error)
        {
            throw new FileNotFoundException(error.Message, path, error);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new TransientException($"The file '{path}' may not be read: {error.Message}", inner: error);
        }
        catch (IOException error) when (error is not FileNotFoundException)
        {
            return exclusive ? ValueTask.FromResult<Stream?>(null) : throw new TransientException($"The file '{path}' cannot be read: {error.Message}", inner: error);
        }
    }

    /// <inheritdoc/>
    public async ValueTask AppendAsync(string path, string batchId, ReadOnlyMemory<byte> data, CancellationToken cancellation)
    {
        var full = Path.Combine(outputFolder, path);
        try
        {
            var key = Encoding.UTF8.GetBytes("file:" + full);
            var counted = CountedLength.Of((await state.GetAsync([key], cancellation))[0]);
            var file = Open(full, counted);
            var start = file.CutToCounted(counted);
            RandomAccess.Write(file.Handle, data.Span, start);
            await state.PutAsync([new StateItem(key, new CountedLength(file.Session, start + data.Length).ToBytes())], null, cancellation);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            // The last one is how .NET tells that the file system does not let the file grow.
            Forget(full);
            throw new TransientException($"The file '{full}' cannot be written: {error.Message}", inner: error);
        }
    }

    /// <inheritdoc/>
    public async ValueTask ReplaceAsync(string path, ReadOnlyMemory<byte> data, CancellationToken cancellation)
    {
        var full = Path.Combine(outputFolder, path);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            await File.WriteAllBytesAsync(full + ".partial", data.ToArray(), cancellation);
            File.Move(full + ".partial", full, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new TransientException($"The file '{full}' cannot be written: {error.Message}", inner: error);
        }
    }

    /// <inheritdoc/>
    public ValueTask DeleteAsync(string path, CancellationToken cancellation)
    {
        try
        {
            File.Delete(Path.Combine(inputFolder, path));
        }
        catch (DirectoryNotFoundException)
        {
            // An absent file does not matter.
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new TransientException($"The file '{path}' cannot be deleted: {error.Message}", inner: error);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Closes the files; from now on their ends may be somebody else's.</summary>
    public ValueTask DisposeAsync()
    {
        LeaveAjar();
        foreach (var path in _leftAjar)
        {
            File.Delete(MarkerOf(path));
        }

        _leftAjar.Clear();

        return ValueTask.CompletedTask;
    }

    private OpenFile Open(string full, CountedLength? counted)
    {
        if (_open.TryGetValue(full, out var file) && file.IsStillThere(full))
        {
            return file;
        }

        var crashed = file is null;
        Forget(full);
        if (_open.Count >= MostOpen)
        {
            LeaveAjar();
        }

        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        Directory.CreateDirectory(journalFolder);
        var handle = File.OpenHandle(full, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);
        if (crashed && CountedLength.Read(MarkerOf(full)) is { } marker)
        {
            // The last session ended without a word: what it wrote beyond the last append that counted goes.
            new OpenFile(handle, marker.Session, marker.Length).CutToCounted(counted);
        }

        file = new OpenFile(handle, Random.Shared.NextInt64(), RandomAccess.GetLength(handle));
        new CountedLength(file.Session, file.Base).Write(MarkerOf(full));
        _open[full] = file;
        return file;
    }

    // Closes all handles. The markers stay: what is opened again is read like after a crash, which loses and repeats nothing.
    private void LeaveAjar()
    {
        foreach (var (path, file) in _open)
        {
            file.Handle.Dispose();
            _leftAjar.Add(path);
        }

        _open.Clear();
    }

    private void Forget(string full)
    {
        if (_open.Remove(full, out var file))
        {
            file.Handle.Dispose();
        }
    }

    private string MarkerOf(string full) => Path.Combine(journalFolder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(full)))[..32] + ".open");

    /// <summary>A file between opening and closing (a session). Its length at the opening is the base: what comes after it is ours.</summary>
    private sealed record OpenFile(SafeFileHandle Handle, long Session, long Base)
    {
        /// <summary>Whether the path still leads to this file: log rotation moves or removes it.</summary>
        public bool IsStillThere(string full) => new FileInfo(full) is { Exists: true } info && info.Length == RandomAccess.GetLength(Handle);

        /// <summary>Cuts off what an attempt that did not count has left, and gives the length.</summary>
        public long CutToCounted(CountedLength? counted)
        {
            var end = counted is { } known && known.Session == Session ? known.Length : Base;
            var length = RandomAccess.GetLength(Handle);
            if (length > end)
            {
                RandomAccess.SetLength(Handle, end);
            }

            return Math.Min(end, length);
        }
    }

    /// <summary>The length of a file after the last append that counted, and the session that made it.</summary>
    private sealed record CountedLength(long Session, long Length)
    {
        public static CountedLength? Of(byte[]? bytes) =>
            bytes is { Length: 16 } ? new CountedLength(BitConverter.ToInt64(bytes), BitConverter.ToInt64(bytes, 8)) : null;

        public static CountedLength? Read(string marker) => File.Exists(marker) ? Of(File.ReadAllBytes(marker)) : null;

        public byte[] ToBytes() => [.. BitConverter.GetBytes(Session), .. BitConverter.GetBytes(Length)];

        public void Write(string marker) => File.WriteAllBytes(marker, ToBytes());
    }
}
