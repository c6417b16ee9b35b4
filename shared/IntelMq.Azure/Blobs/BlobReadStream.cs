// Reads a blob by ranges.
using System.Buffers;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using IntelMq.Bots;

namespace IntelMq.Azure;

/// <summary>
/// A seekable stream over a blob as it is when it is opened, with the memory of one range. A blob that is replaced meanwhile, and a service that goes
/// down meanwhile, is a <see cref="TransientException"/>.
/// </summary>
internal sealed class BlobReadStream : Stream
{
    private const int RangeSize = 4 * 1024 * 1024;

    private readonly string _what;
    private readonly BlobClient _blob;
    private readonly ETag _version;
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(RangeSize);
    private long _bufferStart;
    private int _buffered;
    private long _position;
    private bool _disposed;

    private BlobReadStream(string what, BlobClient blob, long length, ETag version) => (_what, _blob, Length, _version) = (what, blob, length, version);

    public override bool CanRead => !_disposed;

    public override bool CanSeek => !_disposed;

    public override bool CanWrite => false;

    public override long Length { get; }

    public override long Position
    {
        get => _position;
        set => _position = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value));
    }

    /// <summary>Opens a blob: one request, which brings the first range along. Null where somebody holds a lease on it and that matters.</summary>
    /// <exception cref="RequestFailedException">With status 404: there is no such blob.</exception>
    public static async ValueTask<Stream?> OpenAsync(string what, BlobClient blob, bool exclusive, CancellationToken cancellation)
    {
        try
        {
            var (details, content) = await FetchAsync(what, blob, new HttpRange(0, RangeSize), null, cancellation);
            await using (content)
            {
                if (exclusive && details.LeaseState == LeaseState.Leased)
                {
                    return null;
                }

                var length = details.ContentRange is { Length: > 0 } range ? long.Parse(range.Split('/')[1], System.Globalization.CultureInfo.InvariantCulture) : details.ContentLength;
                var stream = new BlobReadStream(what, blob, length, details.ETag);
                await stream.FillAsync(content, 0, cancellation);
                return stream;
            }
        }
        catch (RequestFailedException error) when (error.Status == 416)
        {
            // An empty blob has no first byte.
            return new MemoryStream([], writable: false);
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_position >= Length || buffer.Length == 0)
        {
            return 0;
        }

        if (_position < _bufferStart || _position >= _bufferStart + _buffered)
        {
            await FetchAsync(cancellationToken);
        }

        var offset = (int)(_position - _bufferStart);
        var count = Math.Min(buffer.Length, _buffered - offset);
        _buffer.AsSpan(offset, count).CopyTo(buffer.Span);
        _position += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    // Few readers read so, and only they block a thread.
    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count), CancellationToken.None).AsTask().GetAwaiter().GetResult();

    public override long Seek(long offset, SeekOrigin origin)
    {
        Position = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => _position + offset,
            _ => Length + offset,
        };
        return _position;
    }

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (!_disposed)
        {
            _disposed = true;
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        base.Dispose(disposing);
    }

    private static async ValueTask<(BlobDownloadDetails Details, Stream Content)> FetchAsync(
        string what, BlobClient blob, HttpRange range, ETag? version, CancellationToken cancellation)
    {
        var options = new BlobDownloadOptions { Range = range, Conditions = version is { } known ? new BlobRequestConditions { IfMatch = known } : null };
        var answer = await StorageFailure.GuardAsync(what, () => blob.DownloadStreamingAsync(options, cancellation), null, cancellation);
        return (answer.Value.Details, answer.Value.Content);
    }

    private async ValueTask FetchAsync(CancellationToken cancellation)
    {
        try
        {
            var start = _position;
            var (_, content) = await FetchAsync(_what, _blob, new HttpRange(start, Math.Min(RangeSize, Length - start)), _version, cancellation);
            await using (content)
            {
                await FillAsync(content, start, cancellation);
            }
        }
        catch (RequestFailedException error) when (error.Status is 404 or 412 or 416)
        {
            throw new TransientException($"{_what}: it was replaced or deleted while it was read.", inner: error);
        }
    }

    private async ValueTask FillAsync(Stream content, long start, CancellationToken cancellation)
    {
        var wanted = (int)Math.Min(RangeSize, Length - start);
        (_bufferStart, _buffered) = (start, 0);
        var read = await StorageFailure.GuardAsync(
            _what, () => content.ReadAtLeastAsync(_buffer.AsMemory(0, wanted), wanted, throwOnEndOfStream: false, cancellation).AsTask(), null, cancellation);
        _buffered = read == wanted ? read : throw new TransientException($"{_what}: the storage account broke off after {read} of {wanted} bytes.");
    }
}
