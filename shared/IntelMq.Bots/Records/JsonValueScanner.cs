// Finds where a JSON value ends without understanding it.
using System.Buffers;

namespace IntelMq.Bots;

/// <summary>
/// Finds the end of one JSON value by its brackets and quotes. It can stop anywhere and go on with the next bytes, so every byte is looked
/// at once. Whether the value is proper is for the decoder to say: a broken one costs itself and not its neighbours.
/// </summary>
internal struct JsonValueScanner
{
    private static readonly SearchValues<byte> s_structure = SearchValues.Create("{}[]\""u8);
    private static readonly SearchValues<byte> s_scalarEnds = SearchValues.Create(" \t\r\n,]}"u8);

    private bool _started;
    private bool _inText;
    private bool _isEscaped;
    private bool _isScalar;
    private int _depth;

    /// <summary>What stands between values.</summary>
    public static ReadOnlySpan<byte> Blanks => " \t\r\n"u8;

    /// <summary>How many bytes belong to the value so far.</summary>
    public int Length { get; private set; }

    /// <summary>Looks at the bytes from <see cref="Length"/> on. True where the value ends within them.</summary>
    /// <param name="bytes">Bytes from the first one of the value.</param>
    /// <param name="isEnd">Whether nothing follows; a number or a word then ends with the bytes.</param>
    public bool TryScan(ReadOnlySpan<byte> bytes, bool isEnd)
    {
        if (!_started)
        {
            _started = true;
            _isScalar = bytes[0] is not ((byte)'{' or (byte)'[' or (byte)'"');
            Length = _isScalar ? 1 : 0;
        }

        if (_isScalar)
        {
            var end = bytes[Length..].IndexOfAny(s_scalarEnds);
            Length = end < 0 ? bytes.Length : Length + end;
            return end >= 0 || isEnd;
        }

        while (Length < bytes.Length)
        {
            if (_inText ? TryLeaveText(bytes) && _depth == 0 : TryStep(bytes))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Forgets how many bytes were looked at, and says it: for going on behind them.</summary>
    public int Forget()
    {
        var length = Length;
        Length = 0;
        return length;
    }

    private bool TryStep(ReadOnlySpan<byte> bytes)
    {
        var found = bytes[Length..].IndexOfAny(s_structure);
        if (found < 0)
        {
            Length = bytes.Length;
            return false;
        }

        var what = bytes[Length + found];
        Length += found + 1;
        _inText = what == '"';
        _depth += what is (byte)'{' or (byte)'[' ? 1 : what == '"' ? 0 : -1;
        return !_inText && _depth == 0;
    }

    private bool TryLeaveText(ReadOnlySpan<byte> bytes)
    {
        if (_isEscaped)
        {
            _isEscaped = false;
            Length++;
            return false;
        }

        var found = bytes[Length..].IndexOfAny((byte)'"', (byte)'\\');
        if (found < 0)
        {
            Length = bytes.Length;
            return false;
        }

        _inText = bytes[Length + found] != '"';
        _isEscaped = _inText;
        Length += found + 1;
        return !_inText;
    }
}
