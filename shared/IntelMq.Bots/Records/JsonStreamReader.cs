// Reads JSON values that stand one after the other.
using IntelMq.DataFormat;

namespace IntelMq.Bots;

/// <summary>How JSON values stand one after the other.</summary>
public enum JsonStreamForm
{
    /// <summary>One value per line. A broken line costs itself.</summary>
    Lines,

    /// <summary>Values with or without line ends between and within them. After a value that never ends there is no telling where the next one starts.</summary>
    Concatenated,

    /// <summary>One value, up to 16 MiB.</summary>
    Single,
}

/// <summary>JSON values that stand one after the other. What is no proper JSON is a record with a problem.</summary>
/// <param name="raw">The report. Owned by the reader.</param>
/// <param name="form">How the values are told apart.</param>
/// <param name="longest">The longest value, in bytes.</param>
public sealed class JsonStreamReader(Stream raw, JsonStreamForm form = JsonStreamForm.Lines, int longest = RecordReader<JsonRecord>.MaxRecordLength) : RecordReader<JsonRecord>
{
    // The offset of a position after which there is nothing to read, although bytes may be left.
    private const long GivenUp = long.MaxValue;

    private readonly LineReader? _lines = form == JsonStreamForm.Lines ? new LineReader(raw, longest: longest) : null;
    private readonly ReportBuffer? _buffer = form == JsonStreamForm.Lines ? null : new ReportBuffer(raw, longest);
    private readonly JsonRecord _record = new();
    private bool _isGivenUp;
    private long _index;

    /// <inheritdoc/>
    public override RecordPosition Next => _lines?.Next ?? new(_isGivenUp ? GivenUp : _buffer!.Offset, _index);

    /// <inheritdoc/>
    public override ValueTask SeekAsync(RecordPosition position, CancellationToken cancellation)
    {
        if (_lines is not null)
        {
            return _lines.SeekAsync(position, cancellation);
        }

        (_index, _isGivenUp) = (position.Index, position.Offset == GivenUp);
        _buffer!.Seek(_isGivenUp ? 0 : position.Offset);
        return _buffer.SkipByteOrderMarkAsync(cancellation);
    }

    /// <inheritdoc/>
    public override async ValueTask<JsonRecord?> ReadAsync(CancellationToken cancellation)
    {
        if (_lines is not null)
        {
            return await _lines.ReadAsync(cancellation) is { } line ? Set(line.Index, line.Offset, line.Bytes, line.Problem) : null;
        }

        if (_isGivenUp || !await SkipBlanksAsync(cancellation))
        {
            return null;
        }

        var scanner = default(JsonValueScanner);
        bool isComplete;
        while (!(isComplete = form == JsonStreamForm.Concatenated && scanner.TryScan(_buffer!.Unread, _buffer.IsEnd)) && !_buffer!.IsEnd && !_buffer.IsOverfull)
        {
            await _buffer.FillAsync(cancellation);
        }

        return Take(isComplete ? scanner.Length : _buffer!.Unread.Length, isLast: !isComplete);
    }

    /// <inheritdoc/>
    public override byte[] Recover(JsonRecord record) => record.Bytes.ToArray();

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => _lines?.DisposeAsync() ?? _buffer!.DisposeAsync();

    private JsonRecord Take(int length, bool isLast)
    {
        var isTooLong = length > longest;
        var bytes = _buffer!.Peek(0, isTooLong ? longest : length);
        Set(_index++, _buffer.Offset, bytes, isTooLong ? $"The value is longer than {longest} bytes." : null);
        _buffer.Advance(length);
        _isGivenUp = isLast;
        return _record;
    }

    private JsonRecord Set(long index, long offset, ReadOnlyMemory<byte> bytes, string? problem)
    {
        var value = problem is null ? JsonText.TryParse(bytes.Span) : null;
        (_record.Index, _record.Offset, _record.Bytes, _record.Json) = (index, offset, bytes, value ?? Value.Missing);
        _record.Problem = problem ?? (value is null ? "This is no JSON, or it nests deeper than 64 levels." : null);
        return _record;
    }

    private async ValueTask<bool> SkipBlanksAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var at = _buffer!.Unread.IndexOfAnyExcept(JsonValueScanner.Blanks);
            _buffer.Advance(at < 0 ? _buffer.Unread.Length : at);
            if (at >= 0)
            {
                return true;
            }

            if (!await _buffer.FillAsync(cancellation))
            {
                return false;
            }
        }
    }
}
