// Large reports are cut into slices.
using System.Collections.Concurrent;
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Runtime.Tests.Functions;

public sealed class SliceTests
{
    [Fact]
    public async Task Slices_give_every_record_once_with_the_id_that_it_has_in_the_whole_report()
    {
        await using var bench = new FunctionBench();
        var random = new Random(11);
        var lines = Enumerable.Range(0, 12_000).Select(i => $"{i} {new string((char)random.Next('a', 'z'), random.Next(200, 1600))}").ToArray();
        bench.Script.Feeds.Add(("feed", string.Join('\n', lines)));
        var ids = new ConcurrentDictionary<string, (Guid Id, Guid Parent)>();
        bench.Script.Expert = item =>
        {
            ids[item[Fields.Comment].AsText()!] = (item.Meta.Id, item.Meta.Parent);
            return Task.CompletedTask;
        };

        await bench.CollectAsync();
        await bench.DrainAsync();

        Assert.Equal(lines.Order(), bench.Script.Written.Order());
        Assert.Empty(await bench.DeadLettersAsync());

        // The report itself, its slices, and what each of them could not finish in one go.
        Assert.True(bench.Sent["parser-queue"] > 4, $"only {bench.Sent["parser-queue"]} messages for the parser");
        var instance = HostedPipeline.InstanceOf(bench.Pipeline.InstanceName);
        Assert.Single(ids.Values.Select(id => id.Parent).Distinct());
        for (var i = 0; i < lines.Length; i++)
        {
            var (id, parent) = ids[lines[i]];
            Assert.Equal(MessageId.Derived(instance, parent, "parser", Paths.Default, i), id);
        }
    }

    [Fact]
    public async Task A_crash_between_slices_loses_and_repeats_nothing()
    {
        await using var bench = new FunctionBench();
        var lines = Enumerable.Range(0, 6_000).Select(i => $"{i} {new string('x', 1500)}").ToArray();
        bench.Script.Feeds.Add(("feed", string.Join('\n', lines)));
        var random = new Random(4);
        bench.HostEnds = function => function.Bot == "parser" && random.Next(3) == 0;
        await bench.CollectAsync();
        await bench.DrainAsync();
        Assert.Equal(lines.Order(), bench.Script.Written.Order());
        Assert.Empty(await bench.DeadLettersAsync());
    }
}
