// One estimate worked out by hand: every number that it is made of stands here.
namespace IntelMq.Pipeline.Tests.Cost;

public sealed class WorkedExampleTests
{
    private const double Days = 30.4167;

    // 24 runs a day with 1,000 events each: collector, parser, output.
    private static readonly string s_yaml = """
        fetch:
          module: intelmq.bots.collectors.http.collector_http
          parameters: {http_url: 'https://feed.example.com/', schedule: '0 0 * * * *', destination_queues: parse-queue}
        parse:
          module: intelmq.bots.parsers.openphish.parser
          parameters: {destination_queues: write-queue}
        write:
          module: intelmq.bots.outputs.blackhole.output

        """.ReplaceLineEndings("\n");

    private readonly CostEstimate _estimate = Estimating.Of(s_yaml, new CostInputs { EventsPerDay = 24_000 });

    [Fact]
    public void Messages()
    {
        // A report of 300,000 bytes makes 1.7 MB of events: one call of the parser. An event takes 1700 x 0.2 = 340 bytes of a text, and a text holds
        // (48 KiB - 512) x 0.94 / 340 = 134 of them: 8 messages for 1,000.
        Assert.Equal((24_000, 24, 24), (_estimate.Bot("parse").EventsPerDay, _estimate.Bot("parse").MessagesPerDay, _estimate.Bot("parse").ExecutionsPerDay));
        Assert.Equal((24_000, 192, 192), (_estimate.Bot("write").EventsPerDay, _estimate.Bot("write").MessagesPerDay, _estimate.Bot("write").ExecutionsPerDay));
        Assert.Equal((24_000, 0, 24), (_estimate.Bot("fetch").EventsPerDay, _estimate.Bot("fetch").MessagesPerDay, _estimate.Bot("fetch").ExecutionsPerDay));
    }

    [Fact]
    public void Executions()
    {
        // Collector, parser, output; every 15 seconds what is parked; every hour what expired.
        Near((24 + 24 + 192 + 5760 + 24) * Days, _estimate.Used("flex-executions"));
        Assert.Equal(5784, _estimate.ServiceExecutionsPerDay, 6);
        Assert.Equal(0, _estimate.Lines.Single(line => line.Price.Id == "flex-executions").Cost);
    }

    [Fact]
    public void Gigabyte_seconds()
    {
        // The collector: 2 s for its source, 8 ms for the call, 293 KiB x 0.3 ms = 88 ms: 2.096 s, billed as 2.1. The parser's run takes 0.136 s of CPU and
        // waits 0.022 s, the output's 0.2 s and 0.685 s (1,000 receipts are looked for, sixteen at once): a second each. The timers: a second each.
        var seconds = (24 * 2.1) + (24 * 1) + (24 * 1) + (5760 * 1) + (24 * 1);
        Near(seconds * 2 * Days, _estimate.Used("flex-execution-time"));
        var cpu = 24 * 2 * (0.004 + (300_000 / 1024.0 * 0.00015) + (1000 * (0.000016 + 0.0000041)));
        Near(cpu * Days, _estimate.Bot("parse").CpuSeconds);
        Near(24 * 2 * ((8 * 0.004) + (((8 * 512) + (1000 * 340)) / 1024.0 * 0.00015) + (1000 * (0.000016 + 0.0000017))) * Days, _estimate.Bot("write").CpuSeconds);

        // The output alone: 8 calls of 1 s instead of one second for all of them.
        Near(24 * 7 * 2 * Days * 0.000026, _estimate.MostBeyond);
    }

    [Fact]
    public void Queue_operations()
    {
        // Three for each message. An instance is there for 0.136 + 0.022 (0.2 + 0.685) seconds of work and 300 more, and asks every 2 s. The platform
        // looks at two queues and two poison queues every 10 s.
        var parsing = 24 * (0.136090625 + 0.02 + (3 / 16.0 * 0.01) + 300) / 2;
        var writing = 24 * ((2 * ((8 * 0.004) + (344_096 / 1024.0 * 0.00015) + 0.016)) + 0.0034 + 0.02 + (1064 / 16.0 * 0.01) + 300) / 2;
        Near(((24 + 192) * 3 * Days) + ((parsing + writing + (4 * 8640)) * Days), _estimate.Used("queue-operations"));
    }

    [Fact]
    public void Tables_blobs_and_logs()
    {
        // Collector: 5 a run, 3 a report. Parser: 3 a report. Output: a look per event, and 8 x 8 transactions. Parked: 4 partitions. Expired: 3 an hour and a
        // transaction for each hundred receipts.
        var requests = (24 * 8) + (24 * 3) + (24 * (1000 + 64)) + (5760 * 4) + (24 * 3) + (24_000 / 100);
        Near(requests * Days, _estimate.Used("table-operations"));
        Near(24_000 * 21 * 250 / 1e9, _estimate.Used("table-storage"));

        // 300,000 bytes are one block and its list, read once, kept for 30 days.
        Near(24 * 2 * Days, _estimate.Used("blob-writes"));
        Near(24 * Days, _estimate.Used("blob-reads"));
        Near(24 * 300_000 * 30 / 1e9, _estimate.Used("blob-storage"));
        Near((24 + 24 + 192) * 1000 / 1e9 * Days, _estimate.Used("log-ingestion"));
    }

    [Fact]
    public void The_total()
    {
        var gigabyteSeconds = (5832 + 50.4) * 2 * Days;
        var expected = ((gigabyteSeconds - 100_000) * 0.000026)
            + (_estimate.Used("queue-operations") / 10_000 * 0.004)
            + (_estimate.Used("table-operations") / 10_000 * 0.00036) + (0.126 * 0.045)
            + (48 * Days / 10_000 * 0.055) + (24 * Days / 10_000 * 0.0044) + (0.216 * 0.0208);
        Near(expected, _estimate.Total);
    }

    private static void Near(double expected, double actual) => Assert.InRange(actual, expected * 0.999999, expected * 1.000001);
}
