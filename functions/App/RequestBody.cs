// The body of a request, in memory that is used again.
using System.Buffers;

namespace IntelMq.App;

/// <summary>A request's body. The host sends it with a length or in chunks; either way it is read as it comes, without a limit but memory.</summary>
internal sealed class RequestBody : IDisposable
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
    private int _length;

    /// <summary>The bytes; valid until the body is disposed.</summary>
    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, _length);

    public static async Task<RequestBody> ReadAsync(Stream stream, CancellationToken cancellation)
    {
        var body = new RequestBody();
        try
        {
            while (await stream.ReadAsync(body.Room(), cancellation) is var read and > 0)
            {
                body._length += read;
            }

            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
    }

    private Memory<byte> Room()
    {
        if (_length == _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(checked(_buffer.Length * 2));
            _buffer.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        return _buffer.AsMemory(_length);
    }
}
