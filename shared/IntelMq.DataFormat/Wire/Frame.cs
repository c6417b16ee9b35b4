// A frame: many messages in one queue message.
using System.Buffers;

namespace IntelMq.DataFormat;

/// <summary>Cuts a frame (messages as JSON lines) into its lines.</summary>
public static class Frame
{
    /// <summary>Start and length of the next non-empty line at or after <paramref name="start"/>; false at the end.</summary>
    public static bool NextLine(ReadOnlySpan<byte> frame, ref int start, out int length)
    {
        while (start < frame.Length)
        {
            length = frame[start..].IndexOf((byte)'\n');
            if (length < 0)
            {
                length = frame.Length - start;
            }

            if (length > 0 && !(length == 1 && frame[start] == (byte)'\r'))
            {
                return true;
            }

            start += length + 1;
        }

        length = 0;
        return false;
    }
}

/// <summary>Fills frames up to a limit in bytes. A message that is larger than the limit gets a frame of its own.</summary>
public sealed class FrameWriter(int limit)
{
    private readonly ByteBuffer _buffer = new(Math.Min(limit, 64 * 1024));
    private readonly List<(int End, int Messages)> _cuts = [];
    private int _messagesInFrame;
    private int _frameStart;

    /// <summary>A place to go back to.</summary>
    public readonly record struct Mark(int Length, int Cuts, int MessagesInFrame, int FrameStart, int Messages);

    /// <summary>The messages written.</summary>
    public int Messages { get; private set; }

    /// <summary>The bytes written.</summary>
    public int Length => _buffer.Length;

    /// <summary>The current place.</summary>
    public Mark Here => new(_buffer.Length, _cuts.Count, _messagesInFrame, _frameStart, Messages);

    /// <summary>Adds a message with its own meta data.</summary>
    public void Add(Message message) => Add(message, message.Meta);

    /// <summary>Adds a message with the given meta data.</summary>
    public void Add(Message message, MessageMeta meta)
    {
        var before = _buffer.Length;
        EnvelopeWriter.Write(_buffer, message, meta);
        _buffer.Write("\n"u8);
        Count(before);
    }

    /// <summary>Adds a message as it stands on the wire.</summary>
    public void AddLine(ReadOnlySpan<byte> line)
    {
        var before = _buffer.Length;
        _buffer.Write(line);
        _buffer.Write("\n"u8);
        Count(before);
    }

    /// <summary>Forgets what was added after a mark.</summary>
    public void GoBack(Mark mark)
    {
        _buffer.CutBack(mark.Length);
        _cuts.RemoveRange(mark.Cuts, _cuts.Count - mark.Cuts);
        (_messagesInFrame, _frameStart, Messages) = (mark.MessagesInFrame, mark.FrameStart, mark.Messages);
    }

    /// <summary>The frames: their bytes and how many messages each holds. Valid until something is added or <see cref="Clear"/>.</summary>
    public IEnumerable<(ReadOnlyMemory<byte> Bytes, int Messages)> Frames()
    {
        var start = 0;
        foreach (var (end, messages) in _cuts)
        {
            yield return (_buffer.Written[start..end], messages);
            start = end;
        }

        if (_messagesInFrame > 0)
        {
            yield return (_buffer.Written[start..], _messagesInFrame);
        }
    }

    /// <summary>Forgets everything and keeps the memory.</summary>
    public void Clear() => GoBack(default);

    private void Count(int before)
    {
        if (_messagesInFrame > 0 && _buffer.Length - _frameStart > limit)
        {
            _cuts.Add((before, _messagesInFrame));
            (_frameStart, _messagesInFrame) = (before, 0);
        }

        _messagesInFrame++;
        Messages++;
    }
}
