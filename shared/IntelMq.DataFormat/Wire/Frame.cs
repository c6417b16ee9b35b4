// A frame: many messages in one queue message.
using System.Buffers;

namespace IntelMq.DataFormat;

/// <summary>Cuts a frame (messages as JSON lines) into its lines.</summary>
public static class Frame
{
    /// <summary>Start and length of each non-empty line.</summary>
    public static IEnumerable<(int Start, int Length)> Lines(ReadOnlyMemory<byte> frame)
    {
        var start = 0;
        while (start < frame.Length)
        {
            var length = frame.Span[start..].IndexOf((byte)'\n');
            if (length < 0)
            {
                length = frame.Length - start;
            }

            if (length > 0 && !(length == 1 && frame.Span[start] == (byte)'\r'))
            {
                yield return (start, length);
            }

            start += length + 1;
        }
    }
}

/// <summary>Fills frames up to a limit. A message that is larger than the limit gets a frame of its own.</summary>
public sealed class FrameWriter(int limit)
{
    private readonly ArrayBufferWriter<byte> _buffer = new(Math.Min(limit, 64 * 1024));
    private readonly List<(int End, int Messages)> _cuts = [];
    private int _messagesInFrame;
    private int _frameStart;

    /// <summary>The messages written.</summary>
    public int Messages { get; private set; }

    /// <summary>The bytes written.</summary>
    public int Length => _buffer.WrittenCount;

    /// <summary>Adds a message.</summary>
    public void Add(Message message)
    {
        var before = _buffer.WrittenCount;
        EnvelopeWriter.Write(_buffer, message);
        _buffer.Write("\n"u8);
        if (_messagesInFrame > 0 && _buffer.WrittenCount - _frameStart > limit)
        {
            _cuts.Add((before, _messagesInFrame));
            (_frameStart, _messagesInFrame) = (before, 0);
        }

        _messagesInFrame++;
        Messages++;
    }

    /// <summary>The frames: their bytes and how many messages each holds. Valid until <see cref="Clear"/>.</summary>
    public IEnumerable<(ReadOnlyMemory<byte> Bytes, int Messages)> Frames()
    {
        var start = 0;
        foreach (var (end, messages) in _cuts)
        {
            yield return (_buffer.WrittenMemory[start..end], messages);
            start = end;
        }

        if (_messagesInFrame > 0)
        {
            yield return (_buffer.WrittenMemory[start..], _messagesInFrame);
        }
    }

    /// <summary>Forgets everything and keeps the memory.</summary>
    public void Clear()
    {
        _buffer.ResetWrittenCount();
        _cuts.Clear();
        (_frameStart, _messagesInFrame, Messages) = (0, 0, 0);
    }
}
