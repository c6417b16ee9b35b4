// Reads the elements of a JSON list.
using IntelMq.DataFormat;

namespace IntelMq.Bots;

/// <summary>
/// Reads the elements of a top-level JSON list one by one; a top-level object counts as a list of one. An element that is no JSON is reported and
/// the next one is read: elements are told apart by their brackets and quotes.
/// </summary>
public sealed class JsonArrayReader : RecordReader<JsonRecord>
{
    private const int HeadOfBadElement = 4096;

    private readonly StreamWindow _window;
    private readonly int _longest;
    private readonly JsonRecord _record = new();
    private long _index;
    private bool _ended;

    /// <summary>Reads from a stream. An element that is longer than <paramref name="longest"/> bytes ends the reading.</summary>
    public JsonArrayReader(Stream raw, int longest = MaxRecordLength)
    {
        _longest = longest;
        _window = new StreamWindow(raw, longest + 1);
    }

    /// <inheritdoc/>
    public override RecordPosition Next => new(_window.Offset, _index);

    /// <inheritdoc/>
    public override async ValueTask SeekAsync(RecordPosition position, CancellationToken cancellation)
    {
        _index = position.Index;
        if (position.Offset > 0)
        {
            _window.Seek(position.Offset);
            return;
        }

        await SkipAsync([0xEF, 0xBB, 0xBF, (byte)' ', (byte)'\t', (byte)'\r', (byte)'\n'], cancellation);
        switch (_window.Unread)
        {
            case [(byte)'[', ..]:
                _window.Advance(1);
                break;
            case [] or [(byte)'{', ..]:
                break;
            default:
                throw new InvalidRecordException("The report is no JSON list.");
        }
    }

    /// <inheritdoc/>
    public override async ValueTask<JsonRecord?> ReadAsync(CancellationToken cancellation)
    {
        await SkipAsync([(byte)' ', (byte)'\t', (byte)'\r', (byte)'\n', (byte)','], cancellation);
        if (_ended || _window.Unread.IsEmpty || _window.Unread[0] == ']')
        {
            return null;
        }

        var length = await ElementLengthAsync(cancellation);
        var element = _window.Slice(0, length);
        _record.Offset = _window.Offset;
        _record.Index = _index++;
        _record.Bytes = element;
        var json = JsonText.TryParse(element.Span);
        _record.Json = json ?? Value.Null;
        _record.Problem = json is null ? "The element is no JSON." : null;
        if (json is null && length > HeadOfBadElement)
        {
            _record.Bytes = element[..HeadOfBadElement];
        }

        _window.Advance(length);
        return _record;
    }

    /// <inheritdoc/>
    public override byte[] Recover(JsonRecord record) => [(byte)'[', .. record.Bytes.Span, (byte)']'];

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => _window.DisposeAsync();

    private async ValueTask SkipAsync(byte[] skipped, CancellationToken cancellation)
    {
        do
        {
            var kept = _window.Unread.IndexOfAnyExcept(skipped);
            _window.Advance(kept >= 0 ? kept : _window.Unread.Length);
        }
        while (_window.Unread.IsEmpty && await _window.FillAsync(cancellation));
    }

    // The length of the element that starts here: up to the comma or bracket on its own level.
    private async ValueTask<int> ElementLengthAsync(CancellationToken cancellation)
    {
        var scan = default(ElementScan);
        while (true)
        {
            if (scan.FindEnd(_window.Unread) is var end and >= 0)
            {
                return Math.Max(1, end);
            }

            if (await _window.FillAsync(cancellation))
            {
                continue;
            }

            _ended = true;
            return _window.IsFull
                ? throw new InvalidRecordException($"An element of the list is longer than {_longest} bytes.")
                : _window.Unread.Length;
        }
    }

    private struct ElementScan
    {
        private int _at;
        private int _depth;
        private bool _text;

        public int FindEnd(ReadOnlySpan<byte> bytes)
        {
            for (; _at < bytes.Length; _at++)
            {
                var b = bytes[_at];
                if (_text)
                {
                    if (b == '\\')
                    {
                        _at++;
                    }
                    else if (b == '"')
                    {
                        _text = false;
                    }

                    continue;
                }

                switch (b)
                {
                    case (byte)'"':
                        _text = true;
                        break;
                    case (byte)'[' or (byte)'{':
                        _depth++;
                        break;
                    case (byte)']' or (byte)'}' when _depth == 0:
                        return _at;
                    case (byte)']' or (byte)'}' when --_depth == 0:
                        return _at + 1;
                    case (byte)',' when _depth == 0:
                        return _at;
                }
            }

            return -1;
        }
    }
}
