// Reads a report as one record.
namespace IntelMq.Bots;

/// <summary>The whole report as one record, up to 16 MB: for formats that have no records.</summary>
public sealed class WholeReader(Stream raw, int longest = RecordReader<WholeRecord>.MaxRecordLength) : RecordReader<WholeRecord>
{
    private bool _read;

    /// <inheritdoc/>
    public override RecordPosition Next => new(_read ? 1 : 0, _read ? 1 : 0);

    /// <inheritdoc/>
    public override ValueTask SeekAsync(RecordPosition position, CancellationToken cancellation)
    {
        _read = position.Index > 0;
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override async ValueTask<WholeRecord?> ReadAsync(CancellationToken cancellation)
    {
        if (_read)
        {
            return null;
        }

        _read = true;
        using var whole = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (await raw.ReadAsync(buffer, cancellation) is var count and > 0)
        {
            whole.Write(buffer, 0, count);
            if (whole.Length > longest)
            {
                throw new InvalidRecordException($"The report is longer than {longest} bytes, and its format has no records at which it could be cut.");
            }
        }

        return new WholeRecord { Bytes = whole.ToArray() };
    }

    /// <inheritdoc/>
    public override byte[] Recover(WholeRecord record) => record.Bytes.ToArray();

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => raw.DisposeAsync();
}
