// The loop by hand that the pipeline is compared with does the same work.
using IntelMq.Benchmarks;

namespace IntelMq.EndToEnd.Tests;

public sealed class LoopTests
{
    private const int Rows = 2000;

    // What the benchmark's input does not hold: rows that need sanitation, rows that fail, and rows that are the same only after it.
    private static readonly string[] s_unusual =
    [
        "2024-02-01 08:16:10, 192.0.2.1 ,0080,AS64496, Example ,at,192.0.2.7/24,hxxps://Example.com/a,Host.Example.COM.,TCP,HTTP,Phishing,x,ZEUS,2001:DB8::1,443,\" a \"\"b\"\" c\",t,low,\u00fc\t",
        "2024-02-01T08:16:10+00:00,192.0.2.1,80,64496,Example,AT,192.0.2.0/24,https://Example.com/a,host.example.com,tcp,http,phishing,x,zeus,2001:db8::1,443,\"a \"\"b\"\" c\",t,low,\u00fc\t",
        "2024-02-01T00:00:00Z,192.0.2.2,,,,,,http://user:secret@192.0.2.9:8080/,,,,,,,,,,,,",
        "2024-02-01T00:00:01+02:00,,,,,,,http://[2001:db8::5]/x,,,,malware,,,,,,,,",
        "2024-02-01T00:00:02Z,192.0.2.3,-,N/A,,AT,,example.org/path,,,,spam,,,,,\"two\nlines\",,,\"C:\\dir\"",
        "not a time at all,192.0.2.4,,,,,,,,,,other,,,,,,,,",
        "2024-02-01T00:00:03Z,192.0.2.456,,,,,,,,,,other,,,,,,,,",
        "2024-02-01T00:00:04Z,192.0.2.5,123456,,,,,,,,,other,,,,,,,,",
        "# a comment",
        "",
        "2024-02-01T00:00:05Z,192.0.2.6,,,,RU,,,,,,other,,,,,,,,",
    ];

    [Fact]
    public async Task It_writes_the_lines_of_the_pipeline()
    {
        using var command = new Command();
        var feed = command.Write("input/feed.csv", "");
        new BenchmarkInput().Write(feed, Rows);
        File.AppendAllLines(feed, s_unusual);
        var pipeline = command.Write("runtime.yaml", new BenchmarkPipeline { Input = command.InFolder("input") }.ToString());
        (await command.RunAsync(["run", pipeline, "--once", "--data", "data"])).MustEndWith(0);

        var (lines, failed) = SingleLoop.Run(feed, command.InFolder("by-hand.jsonl"), TimeProvider.System.GetUtcNow());
        var byHand = OutputLines.Read(command.InFolder("by-hand.jsonl"));
        Assert.Equal(OutputLines.Read(command.InFolder("data", "events.jsonl")), byHand);
        Assert.Equal(byHand.Count, lines);
        Assert.Equal(3, failed);
    }
}
