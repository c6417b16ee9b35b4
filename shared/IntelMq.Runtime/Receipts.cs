// Remembers which events an output has written.
using IntelMq.Bots;

namespace IntelMq.Runtime;

/// <summary>
/// On transports that may bring a message twice, an output keeps a receipt for each event that its sink has taken: what comes again is left out. Between
/// the sink's yes and the receipt lies a crash at most; sinks that keep our ids close that gap themselves.
/// </summary>
internal sealed class Receipts(IStateStore state)
{
    // Longer than a queue, the park store and a broker's dead-letter queue together keep a message by default.
    private static readonly TimeSpan s_kept = TimeSpan.FromDays(21);

    private readonly HashSet<Guid> _seen = [];

    /// <summary>The messages that were not written before, each once.</summary>
    public async ValueTask<List<TakenMessage>> WithoutWrittenAsync(List<TakenMessage> items, CancellationToken cancellation)
    {
        var known = await state.GetAsync(items.ConvertAll(item => KeyOf(item.Message.Meta.Id)), cancellation);
        _seen.Clear();
        return items.Where((item, i) => known[i] is null && _seen.Add(item.Message.Meta.Id)).ToList();
    }

    /// <summary>Notes what was written.</summary>
    public ValueTask WrittenAsync(IEnumerable<TakenMessage> items, CancellationToken cancellation) =>
        state.PutAsync(items.Select(item => new StateItem(KeyOf(item.Message.Meta.Id), [1])).ToArray(), s_kept, cancellation);

    private static byte[] KeyOf(Guid id)
    {
        var key = new byte[17];
        key[0] = (byte)'r';
        id.TryWriteBytes(key.AsSpan(1));
        return key;
    }
}
