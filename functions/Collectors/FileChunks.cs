// A file in chunks that end at line ends.
namespace IntelMq.Collectors;

/// <summary>Cuts a stream into chunks of about a size, at line ends; each may begin with the first line. A line is never cut.</summary>
internal sealed class FileChunks(Stream stream, int size, bool repeatHeader) : IDisposable
{
    private const int LongestLine = 64 * 1024 * 1024;

    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly MemoryStream _unsent = new();
    private byte[]? _header;
    private bool _ended;

    /// <summary>The next chunk; null at the end.</summary>
    public async Task<byte[]?> NextAsync(CancellationToken cancellation)
    {
        var first = _header is null;
        while (!_ended && !HasLineEndBeyondSize())
        {
            var read = await stream.ReadAsync(_buffer, cancellation);
            _unsent.Write(_buffer, 0, read);
            _ended = read == 0;
            if (_unsent.Length > size + (long)LongestLine)
            {
                throw new IntelMq.Bots.InvalidRecordException($"The file has a line of more than {LongestLine} bytes and cannot be cut into chunks.");
            }
        }

        var bytes = _unsent.GetBuffer().AsSpan(0, (int)_unsent.Length);
        if (bytes.IsEmpty)
        {
            return null;
        }

        var cut = CutOf(bytes);
        var chunk = bytes[..cut].ToArray();
        var rest = bytes[cut..].ToArray();
        _unsent.SetLength(0);
        _unsent.Write(rest);
        _header ??= chunk[..(chunk.AsSpan().IndexOf((byte)'\n') + 1)];
        return first || !repeatHeader ? chunk : [.. _header, .. chunk];
    }

    /// <inheritdoc/>
    public void Dispose() => _unsent.Dispose();

    private bool HasLineEndBeyondSize() =>
        _unsent.Length >= size && _unsent.GetBuffer().AsSpan(0, (int)_unsent.Length)[(size - 1)..].Contains((byte)'\n');

    // After the last line end within the size; where a line is longer than that, after the first one beyond.
    private int CutOf(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length <= size)
        {
            return bytes.Length;
        }

        var within = bytes[..size].LastIndexOf((byte)'\n');
        if (within >= 0)
        {
            return within + 1;
        }

        var beyond = bytes[size..].IndexOf((byte)'\n');
        return beyond >= 0 ? size + beyond + 1 : bytes.Length;
    }
}
