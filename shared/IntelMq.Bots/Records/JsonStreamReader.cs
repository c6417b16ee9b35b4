// Reads one JSON value per line.
using IntelMq.DataFormat;

namespace IntelMq.Bots;

/// <summary>Reads one JSON value per line. A line that is no JSON is reported and the next one is read.</summary>
public sealed class JsonStreamReader(Stream raw, int longest = RecordReader<JsonRecord>.MaxRecordLength) : RecordReader<JsonRecord>
{
    private readonly LineReader _lines = new(raw, longest: longest);
    private readonly JsonRecord _record = new();

    /// <inheritdoc/>
    public override RecordPosition Next => _lines.Next;

    /// <inheritdoc/>
    public override ValueTask SeekAsync(RecordPosition position, CancellationToken cancellation) => _lines.SeekAsync(position, cancellation);

    /// <inheritdoc/>
    public override async ValueTask<JsonRecord?> ReadAsync(CancellationToken cancellation)
    {
        if (await _lines.ReadAsync(cancellation) is not { } line)
        {
            return null;
        }

        var json = line.Problem is null ? JsonText.TryParse(line.Bytes.Span) : null;
        (_record.Index, _record.Offset, _record.Bytes) = (line.Index, line.Offset, line.Bytes);
        _record.Json = json ?? Value.Null;
        _record.Problem = line.Problem ?? (json is null ? "The line is no JSON." : null);
        return _record;
    }

    /// <inheritdoc/>
    public override byte[] Recover(JsonRecord record) => [.. record.Bytes.Span, (byte)'\n'];

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => _lines.DisposeAsync();
}
