// Which reports travel with the answers of a collector's run.
using System.Globalization;
using System.Text;
using IntelMq.Bots;

namespace IntelMq.Runtime;

/// <summary>
/// Remembers the entries of the park store that travel with the answer of a run. When the answer is lost and the run is asked for again, its sources are
/// known as collected and are not fetched again; their entries need not wait until their lease ends.
/// </summary>
internal sealed class SentNotes(string bot, string occurrence, AppNotes notes)
{
    // A note is written again with each source until it is full.
    private const int MostInNote = 100;

    private readonly List<byte> _ids = [];
    private int _note;
    private bool _isChanged;

    /// <summary>Makes due what earlier calls of the run sent and nobody has handled yet.</summary>
    public async ValueTask ReleaseAsync(FunctionServices services, CancellationToken cancellation)
    {
        for (; await notes.GetAsync(Key(_note), cancellation) is { } ids; _note++)
        {
            await services.Parked.ReleaseAsync(ids.Chunk(EntryId.Bytes).Select(Convert.ToHexStringLower).ToArray(), services.Clock.GetUtcNow(), cancellation);
        }
    }

    /// <summary>An entry travels with the answer.</summary>
    public void Add(string entry)
    {
        _ids.AddRange(Convert.FromHexString(entry));
        _isChanged = true;
    }

    /// <summary>What is to be noted since the last time; it is durable before the next report is fetched.</summary>
    public IReadOnlyList<StateItem> Take()
    {
        if (!_isChanged)
        {
            return [];
        }

        var item = new StateItem(Key(_note), _ids.ToArray());
        _isChanged = false;
        if (_ids.Count >= MostInNote * EntryId.Bytes)
        {
            _ids.Clear();
            _note++;
        }

        return [item];
    }

    /// <summary>The call gives its answer although the run has not come to its end: what was sent is not sent again when the run goes on.</summary>
    public ValueTask ForgetAsync(CancellationToken cancellation) => notes.RemoveAsync(Enumerable.Range(0, _note + 1).Select(Key).ToArray(), cancellation);

    private byte[] Key(int note) => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{bot}|sent|{occurrence}|{note}"));
}
