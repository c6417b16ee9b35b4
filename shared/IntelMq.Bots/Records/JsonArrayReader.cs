// Reads a top-level JSON list element by element.
using IntelMq.DataFormat;

namespace IntelMq.Bots;

/// <summary>
/// The elements of one top-level JSON list, one at a time; a top-level object counts as a list of one. An element that is no proper JSON is a record with a problem. Where the list
/// itself is broken (a comma is missing, the report breaks off) the rest is one last record with a problem.
/// </summary>
/// <param name="raw">The report. Owned by the reader.</param>
/// <param name="longest">The longest element, in bytes.</param>
public sealed class JsonArrayReader(Stream raw, int longest = RecordReader<JsonRecord>.MaxRecordLength) : RecordReader<JsonRecord>
{
    // The offset of a position after which there is nothing to read, although bytes may be left.
    private const long GivenUp = long.MaxValue;

    private readonly ReportBuffer _buffer = new(raw, longest);
    private readonly JsonRecord _record = new();
    private bool _isFirst = true;
    private bool _isObject;
    private bool _isGivenUp;
    private long _index;

    /// <inheritdoc/>
    public override RecordPosition Next => new(_isGivenUp ? GivenUp : _isFirst ? 0 : _buffer.Offset, _index);

    /// <inheritdoc/>
    public override async ValueTask SeekAsync(RecordPosition position, CancellationToken cancellation)
    {
        (_index, _isFirst, _isGivenUp) = (position.Index, position.Offset == 0, position.Offset == GivenUp);
        await _buffer.SkipByteOrderMarkAsync(cancellation);
        var first = await PeekAsync(cancellation);
        _isObject = first == '{';
        if (first >= 0 && first != '[' && !_isObject)
        {
            throw new InvalidRecordException("The report is no JSON list: it does not start with '['.");
        }

        // A report without anything is a list without elements.
        _isGivenUp |= first < 0;
        _buffer.Advance(first == '[' ? 1 : 0);
        if (!_isFirst && !_isGivenUp)
        {
            _buffer.Seek(position.Offset);
        }
    }

    /// <inheritdoc/>
    public override async ValueTask<JsonRecord?> ReadAsync(CancellationToken cancellation)
    {
        if (_isGivenUp)
        {
            return null;
        }

        var next = await PeekAsync(cancellation);
        if (next == ']' && !_isObject)
        {
            return await EndAsync(cancellation);
        }

        if (!_isFirst && _isObject)
        {
            return next < 0 ? null : await GiveUpAsync("Something follows the JSON object.", cancellation);
        }

        if (!_isFirst)
        {
            if (next != ',')
            {
                return await GiveUpAsync(next < 0 ? "The JSON list is not closed." : "A comma is missing between two elements of the JSON list.", cancellation);
            }

            var comma = _buffer.Offset;
            _buffer.Advance(1);
            next = await PeekAsync(cancellation);
            if (next is < 0 or ',' or ']')
            {
                return await GiveUpAsync($"A comma without an element after it, at byte {comma}.", cancellation);
            }
        }

        if (next is < 0 or ',' or '}' or ':')
        {
            return await GiveUpAsync(next < 0 ? "The JSON list is not closed." : "An element of the JSON list is missing.", cancellation);
        }

        _isFirst = false;
        return await ReadElementAsync(cancellation);
    }

    /// <inheritdoc/>
    public override byte[] Recover(JsonRecord record) => [(byte)'[', .. record.Bytes.Span, (byte)']'];

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => _buffer.DisposeAsync();

    private async ValueTask<JsonRecord?> ReadElementAsync(CancellationToken cancellation)
    {
        var scanner = default(JsonValueScanner);
        while (!scanner.TryScan(_buffer.Unread, _buffer.IsEnd))
        {
            if (_buffer.IsEnd)
            {
                return await GiveUpAsync("The JSON list breaks off within an element.", cancellation);
            }

            if (_buffer.IsOverfull)
            {
                return await PassOverAsync(scanner, cancellation);
            }

            await _buffer.FillAsync(cancellation);
        }

        if (scanner.Length > longest)
        {
            return TooLong(_buffer.Offset, _buffer.Peek(0, _buffer.Beginning), scanner.Length);
        }

        Set(_buffer.Offset, _buffer.Peek(0, scanner.Length));
        _buffer.Advance(scanner.Length);
        return _record;
    }

    // The element is too long: its end is looked for without keeping it.
    private async ValueTask<JsonRecord?> PassOverAsync(JsonValueScanner scanner, CancellationToken cancellation)
    {
        var (at, beginning) = (_buffer.Offset, _buffer.Unread[.._buffer.Beginning].ToArray());
        do
        {
            _buffer.Advance(scanner.Forget());
            if (_buffer.IsEnd)
            {
                _isGivenUp = true;
                break;
            }

            await _buffer.FillAsync(cancellation);
        }
        while (!scanner.TryScan(_buffer.Unread, _buffer.IsEnd));

        return TooLong(at, beginning, scanner.Forget());
    }

    private JsonRecord TooLong(long offset, ReadOnlyMemory<byte> beginning, int advance)
    {
        (_record.Index, _record.Offset, _record.Bytes, _record.Json) = (_index++, offset, beginning, Value.Missing);
        _record.Problem = $"The element is longer than {longest} bytes.";
        _buffer.Advance(advance);
        return _record;
    }

    private async ValueTask<JsonRecord?> EndAsync(CancellationToken cancellation)
    {
        var end = _buffer.Offset;
        _buffer.Advance(1);
        if (await PeekAsync(cancellation) >= 0)
        {
            return await GiveUpAsync("Something follows the end of the JSON list.", cancellation);
        }

        // Reading again says again that this is the end.
        _buffer.Seek(end);
        _isGivenUp = true;
        return null;
    }

    // The rest becomes one record, so that its dead letter holds all of it (up to the longest record).
    private async ValueTask<JsonRecord?> GiveUpAsync(string problem, CancellationToken cancellation)
    {
        (_isGivenUp, _isFirst) = (true, false);
        while (!_buffer.IsOverfull && await _buffer.FillAsync(cancellation))
        {
        }

        var rest = _buffer.Peek(0, Math.Min(_buffer.Unread.Length, longest));
        (_record.Index, _record.Offset, _record.Bytes, _record.Json, _record.Problem) = (_index++, _buffer.Offset, rest, Value.Missing, problem);
        return _record;
    }

    private void Set(long offset, ReadOnlyMemory<byte> bytes)
    {
        var value = JsonText.TryParse(bytes.Span);
        (_record.Index, _record.Offset, _record.Bytes, _record.Json) = (_index++, offset, bytes, value ?? Value.Missing);
        _record.Problem = value is null ? "The element is no JSON, or it nests deeper than 64 levels." : null;
    }

    // The next byte that is not blank, -1 at the end. It stays unread.
    private async ValueTask<int> PeekAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var at = _buffer.Unread.IndexOfAnyExcept(JsonValueScanner.Blanks);
            if (at >= 0)
            {
                _buffer.Advance(at);
                return _buffer.Unread[0];
            }

            _buffer.Advance(_buffer.Unread.Length);
            if (!await _buffer.FillAsync(cancellation))
            {
                return -1;
            }
        }
    }
}
