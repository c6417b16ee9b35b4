// Reads a report as one record.
namespace IntelMq.Bots;

/// <summary>The whole report as one record, for formats that have none. Up to <see cref="RecordReader{TRecord}.MaxRecordLength"/>.</summary>
/// <param name="raw">The report. Owned by the reader.</param>
/// <param name="longest">The longest report, in bytes.</param>
public sealed class WholeReader(Stream raw, int longest = RecordReader<WholeRecord>.MaxRecordLength) : RecordReader<WholeRecord>
{
    private readonly ReportBuffer _buffer = new(raw, longest);
    private long _index;

    /// <inheritdoc/>
    public override RecordPosition Next => new(_index == 0 ? 0 : _buffer.Offset, _index);

    /// <inheritdoc/>
    public override ValueTask SeekAsync(RecordPosition position, CancellationToken cancellation)
    {
        _index = position.Index;
        _buffer.Seek(position.Offset);
        return _buffer.SkipByteOrderMarkAsync(cancellation);
    }

    /// <inheritdoc/>
    public override async ValueTask<WholeRecord?> ReadAsync(CancellationToken cancellation)
    {
        if (_index > 0)
        {
            return null;
        }

        while (!_buffer.IsOverfull && await _buffer.FillAsync(cancellation))
        {
        }

        if (_buffer.Unread.Length > longest)
        {
            throw new InvalidRecordException($"The report is longer than {longest} bytes, and its format has no records at which it could be cut.");
        }

        var bytes = _buffer.Peek(0, _buffer.Unread.Length);
        var record = new WholeRecord { Index = _index++, Offset = _buffer.Offset, Bytes = bytes };
        _buffer.Advance(bytes.Length);
        return record;
    }

    /// <inheritdoc/>
    public override byte[] Recover(WholeRecord record) => record.Bytes.ToArray();

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => _buffer.DisposeAsync();
}
