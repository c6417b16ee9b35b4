// Frames in append-only files.
using Microsoft.Win32.SafeHandles;

namespace IntelMq.FunctionsHost.Embedded;

/// <summary>Where a frame lies.</summary>
/// <param name="Segment">The number of the segment file.</param>
/// <param name="Offset">The first byte.</param>
/// <param name="Length">The length in bytes.</param>
public readonly record struct FramePlace(long Segment, long Offset, int Length);

/// <summary>
/// Append-only segment files that hold the frames of all queues. The index (SQLite) decides what counts: bytes that no index row names are
/// what a killed process left behind. A segment whose frames are all done becomes the next one: to write over the pages of a file costs
/// half of what it costs the system to find new ones and to give the old ones back.
/// </summary>
internal sealed class SegmentLog : IDisposable
{
    private const long SegmentSize = 16 * 1024 * 1024;
    private const int MostSpare = 4;

    private readonly string _folder;
    private readonly Lock _gate = new();
    private readonly Dictionary<long, Segment> _segments = [];
    private readonly Queue<Segment> _spare = [];
    private Segment? _current;
    private long _lastNumber;

    /// <summary>Opens the folder. <paramref name="alive"/> are the frames that the index names.</summary>
    public SegmentLog(string folder, IEnumerable<FramePlace> alive)
    {
        _folder = folder;
        Directory.CreateDirectory(folder);
        foreach (var place in alive)
        {
            SegmentOf(place.Segment).Alive++;
        }

        foreach (var path in Directory.EnumerateFiles(folder, "*.frames"))
        {
            var number = long.Parse(Path.GetFileNameWithoutExtension(path), System.Globalization.CultureInfo.InvariantCulture);
            _lastNumber = Math.Max(_lastNumber, number);
            if (!_segments.ContainsKey(number))
            {
                File.Delete(path);
            }
        }
    }

    /// <summary>Writes a frame and gives its place. It counts once the index names it.</summary>
    /// <exception cref="IOException">The disk is full.</exception>
    public FramePlace Append(ReadOnlySpan<byte> frame)
    {
        Segment segment;
        long offset;
        lock (_gate)
        {
            if (_current is null || _current.End >= SegmentSize)
            {
                var full = _current;
                _current = Next();
                if (full is not null)
                {
                    GiveUpIfDone(full);
                }
            }

            segment = _current;
            offset = segment.End;
            segment.End += frame.Length;
            segment.Alive++;
        }

        try
        {
            RandomAccess.Write(segment.Handle, frame, offset);
        }
        catch (ArgumentOutOfRangeException error)
        {
            // How .NET tells that the file system does not let the file grow.
            throw new IOException(error.Message, error);
        }

        return new FramePlace(segment.Number, offset, frame.Length);
    }

    /// <summary>Reads a frame.</summary>
    public void Read(FramePlace place, Span<byte> into)
    {
        SafeFileHandle handle;
        lock (_gate)
        {
            handle = SegmentOf(place.Segment).Handle;
        }

        var read = 0;
        while (read < place.Length)
        {
            var count = RandomAccess.Read(handle, into[read..place.Length], place.Offset + read);
            if (count == 0)
            {
                throw new InvalidDataException($"The segment file '{PathOf(place.Segment)}' is shorter than its index says; it was changed from outside.");
            }

            read += count;
        }
    }

    /// <summary>A frame is done: its place may be forgotten.</summary>
    public void Release(FramePlace place)
    {
        lock (_gate)
        {
            var segment = SegmentOf(place.Segment);
            segment.Alive--;
            GiveUpIfDone(segment);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var segment in _segments.Values)
        {
            segment.Handle.Dispose();
        }

        foreach (var segment in _spare)
        {
            segment.Handle.Dispose();
            File.Delete(PathOf(segment.Number));
        }
    }

    // The index names no frame of a spare segment: under its new number it is empty, whatever stands in the file.
    private Segment Next()
    {
        if (!_spare.TryDequeue(out var spare))
        {
            return SegmentOf(++_lastNumber);
        }

        File.Move(PathOf(spare.Number), PathOf(++_lastNumber));
        return _segments[_lastNumber] = new Segment(_lastNumber, spare.Handle);
    }

    private void GiveUpIfDone(Segment segment)
    {
        if (segment.Alive > 0 || ReferenceEquals(segment, _current))
        {
            return;
        }

        _segments.Remove(segment.Number);
        if (_spare.Count < MostSpare)
        {
            _spare.Enqueue(segment);
            return;
        }

        segment.Handle.Dispose();
        File.Delete(PathOf(segment.Number));
    }

    private Segment SegmentOf(long number)
    {
        if (!_segments.TryGetValue(number, out var segment))
        {
            var handle = File.OpenHandle(PathOf(number), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            _segments[number] = segment = new Segment(number, handle) { End = RandomAccess.GetLength(handle) };
        }

        return segment;
    }

    private string PathOf(long number) => Path.Combine(_folder, number.ToString("D10", System.Globalization.CultureInfo.InvariantCulture) + ".frames");

    private sealed class Segment(long number, SafeFileHandle handle)
    {
        public long Number { get; } = number;

        public SafeFileHandle Handle { get; } = handle;

        public long End { get; set; }

        public int Alive { get; set; }
    }
}
