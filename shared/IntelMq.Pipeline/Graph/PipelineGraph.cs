// Who sends to whom.
namespace IntelMq.Pipeline;

/// <summary>The bots of a pipeline as a graph. All answers are in a fixed order: independent of the order in the file.</summary>
public sealed class PipelineGraph
{
    private readonly SortedDictionary<string, SortedSet<string>> _downstream = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, SortedSet<string>> _upstream = new(StringComparer.Ordinal);

    internal PipelineGraph(IEnumerable<string> botIds, IEnumerable<(string From, string To)> edges)
    {
        foreach (var id in botIds)
        {
            _downstream[id] = new(StringComparer.Ordinal);
            _upstream[id] = new(StringComparer.Ordinal);
        }

        foreach (var (from, to) in edges)
        {
            _downstream[from].Add(to);
            _upstream[to].Add(from);
        }

        (TopologicalOrder, Cycles) = Sort();
    }

    /// <summary>The bots, each after all that send to it. Bots of a cycle are left out; an accepted pipeline has none.</summary>
    public IReadOnlyList<string> TopologicalOrder { get; }

    /// <summary>The cycles; each begins and ends with the same bot. Every bot is in one of them at most.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Cycles { get; }

    /// <summary>The bots that a bot sends to, on any path.</summary>
    public IReadOnlyCollection<string> Downstream(string botId) => _downstream[botId];

    /// <summary>The bots that send to a bot, on any path.</summary>
    public IReadOnlyCollection<string> Upstream(string botId) => _upstream[botId];

    /// <summary>All bots whose messages can reach a bot.</summary>
    public IReadOnlyCollection<string> AllUpstream(string botId) => Reach(_upstream, [botId]);

    /// <summary>All bots that messages of a bot can reach.</summary>
    public IReadOnlyCollection<string> AllDownstream(string botId) => Reach(_downstream, [botId]);

    /// <summary>All bots that messages of some bots can reach, through bots that take part only.</summary>
    internal IReadOnlyCollection<string> ReachedFrom(IEnumerable<string> botIds, Func<string, bool> takesPart) =>
        Reach(_downstream, botIds, takesPart);

    private static SortedSet<string> Reach(SortedDictionary<string, SortedSet<string>> next, IEnumerable<string> from, Func<string, bool>? takesPart = null)
    {
        var reached = new SortedSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>(from);
        while (open.TryPop(out var id))
        {
            foreach (var neighbour in next[id])
            {
                if (reached.Add(neighbour) && takesPart?.Invoke(neighbour) != false)
                {
                    open.Push(neighbour);
                }
            }
        }

        return reached;
    }

    // Kahn's algorithm. Where it stops every bot left has a sender that is left: walking back from any of them ends in a cycle.
    private (List<string> Order, List<IReadOnlyList<string>> Cycles) Sort()
    {
        var waitsFor = _upstream.ToDictionary(item => item.Key, item => item.Value.Count, StringComparer.Ordinal);
        var ready = new SortedSet<string>(waitsFor.Where(item => item.Value == 0).Select(item => item.Key), StringComparer.Ordinal);
        var left = new SortedSet<string>(_upstream.Keys, StringComparer.Ordinal);
        var order = new List<string>();
        var cycles = new List<IReadOnlyList<string>>();
        while (left.Count > 0)
        {
            if (ready.Count > 0)
            {
                var id = ready.Min!;
                ready.Remove(id);
                order.Add(id);
                Remove(id);
                continue;
            }

            var cycle = FindCycle(left);
            cycles.Add(cycle);
            foreach (var id in cycle.Skip(1))
            {
                Remove(id);
            }
        }

        return (order, cycles);

        void Remove(string id)
        {
            left.Remove(id);
            foreach (var next in _downstream[id])
            {
                if (--waitsFor[next] == 0 && left.Contains(next))
                {
                    ready.Add(next);
                }
            }

            ready.Remove(id);
        }
    }

    private List<string> FindCycle(SortedSet<string> left)
    {
        var way = new List<string>();
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        var id = left.Min!;
        while (places.TryAdd(id, way.Count))
        {
            way.Add(id);
            id = _upstream[id].First(left.Contains);
        }

        // The walk went against the messages, so the cycle is turned round; it starts with its first bot by name.
        var cycle = way.Skip(places[id]).Reverse().ToList();
        var start = cycle.IndexOf(cycle.Min(StringComparer.Ordinal)!);
        return [.. cycle.Skip(start), .. cycle.Take(start), cycle[start]];
    }
}
