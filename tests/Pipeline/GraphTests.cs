// The graph of a pipeline.
namespace IntelMq.Pipeline.Tests;

public sealed class GraphTests
{
    [Fact]
    public void The_order_puts_senders_first_and_names_decide_the_rest()
    {
        var graph = new PipelineGraph(["d", "c", "b", "a"], [("d", "a"), ("c", "a"), ("a", "b")]);
        Assert.Equal(["c", "d", "a", "b"], graph.TopologicalOrder);
        Assert.Empty(graph.Cycles);
        Assert.Equal(["a", "c", "d"], graph.AllUpstream("b"));
        Assert.Equal(["a", "b"], graph.AllDownstream("c"));
    }

    [Fact]
    public void Every_cycle_is_found_and_what_hangs_on_it_is_ordered()
    {
        var graph = new PipelineGraph(["a", "b", "c", "d", "e", "f"], [("a", "b"), ("b", "c"), ("c", "b"), ("c", "d"), ("e", "e"), ("e", "f")]);
        Assert.Equal(["b c b", "e e"], graph.Cycles.Select(cycle => string.Join(' ', cycle)));
        Assert.Equal(["a", "d", "f"], graph.TopologicalOrder);
    }

    [Fact]
    public void A_long_chain_needs_no_deep_stack()
    {
        var ids = Enumerable.Range(0, 20_000).Select(i => i.ToString("D5", System.Globalization.CultureInfo.InvariantCulture)).ToList();
        var graph = new PipelineGraph(ids, ids.Zip(ids.Skip(1)));
        Assert.Equal(ids, graph.TopologicalOrder);
        Assert.Equal(19_999, graph.AllUpstream(ids[^1]).Count);
    }
}
