// Events whose memory is used again.
namespace IntelMq.DataFormat;

/// <summary>
/// The events of an invocation. A bot may not keep them (it clones what it wants to keep), so the next invocation reads into the same objects: without that
/// every hop would leave a kilobyte behind for every event.
/// </summary>
internal sealed class EventPool(FieldCatalogue catalogue)
{
    // A frame of small events holds some thousands; what goes beyond is left to the garbage collector.
    private const int Most = 4096;

    private readonly List<Event> _events = [];
    private int _taken;

    /// <summary>An event without fields, its meta data empty.</summary>
    public Event Take()
    {
        if (_taken < _events.Count)
        {
            return _events[_taken++];
        }

        var made = new Event(catalogue);
        if (_taken < Most)
        {
            _events.Add(made);
            _taken++;
        }

        return made;
    }

    /// <summary>Nobody holds the events any more.</summary>
    public void TakeBack()
    {
        for (var i = 0; i < _taken; i++)
        {
            _events[i].Empty();
        }

        _taken = 0;
    }
}
