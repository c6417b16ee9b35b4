// What functions trace, measure and log.
using System.Collections.Concurrent;
using IntelMq.Bots;
using Microsoft.Extensions.Logging;

namespace IntelMq.Runtime.Tests.Functions;

[Collection(Listening.Name)]
public sealed class FunctionTelemetryTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_trace_goes_through_the_functions_also_where_a_frame_waited()
    {
        using var listener = new SpanListener();
        await using var bench = new FunctionBench();
        bench.Script.Feeds.Add(("feed", "a\nb"));
        var isDown = true;
        bench.Script.Output = () =>
        {
            if (isDown)
            {
                throw new TransientException("The sink is down.", TimeSpan.FromSeconds(10));
            }
        };
        await bench.CollectAsync();
        await bench.DrainAsync();
        isDown = false;
        await bench.PassAsync(TimeSpan.FromMinutes(1));

        var spans = listener.Spans;
        Assert.Equal(["collector", "parser", "expert", "output", "output"], spans.Select(span => span.GetTagItem("intelmq.bot")));
        Assert.Single(spans.Select(span => span.TraceId).Distinct());
        Assert.Equal([default, spans[0].SpanId, spans[1].SpanId, spans[2].SpanId, spans[2].SpanId], spans.Select(span => span.ParentSpanId));
        Assert.Equal("The sink is down.", spans[3].StatusDescription);
        Assert.Null(spans[4].StatusDescription);
        Assert.All(spans, span => Assert.Equal("azure_storage_queue", span.GetTagItem("messaging.system")));
    }

    [Fact]
    public async Task A_run_that_is_repeated_under_another_trace_queues_the_same()
    {
        using var listener = new SpanListener();
        await using var bench = new FunctionBench();
        bench.Script.Feeds.Add(("feed", "a\nb"));
        bench.Services = bench.Services with { Parked = new EndingParkStore(bench.Services.Parked) };
        await bench.App.DisposeAsync();
        bench.App = bench.Start();

        // The process ends when the report is durable and before anybody knows it as collected.
        await Assert.ThrowsAsync<IOException>(() => bench.CollectAsync());
        await bench.CollectAsync();

        Assert.Equal(2, listener.Spans.Select(span => span.TraceId).Distinct().Count());
        Assert.Equal(1, (await bench.Services.Parked.CountAsync(Cancellation))["parser-queue"]);
    }

    [Fact]
    public async Task Counters_add_up_to_what_the_functions_answer()
    {
        using var sum = new MeterSum();
        await using var bench = new FunctionBench();
        bench.Script.Feeds.Add(("feed", string.Join('\n', Enumerable.Range(0, 50))));
        bench.Script.Feeds.Add(("good feed", "a\nb"));
        bench.Script.Expert = item => item[DataFormat.Fields.Comment].ToString().EndsWith('7') ? throw new InvalidRecordException("A seven.") : Task.CompletedTask;
        bench.Put("expert-queue", "neither JSON lines nor a frame");
        await bench.CollectAsync();
        await bench.DrainAsync();

        // The expert takes a frame together, so all of the first feed fails, and the frame that cannot be read.
        Assert.Equal((51, 2), (bench.Counts["expert"].DeadLettered, bench.Counts["expert"].Out));
        foreach (var (bot, counts) in bench.Counts)
        {
            Assert.Equal(
                (bot, counts.In, counts.Out, counts.Dropped, counts.DeadLettered, counts.Parked, counts.Retries),
                (bot, Sum(bot, "messages.in"), Sum(bot, "messages.out"), Sum(bot, "messages.dropped"), Sum(bot, "messages.dead_lettered"), Sum(bot, "messages.parked"), Sum(bot, "retries")));
        }

        long Sum(string bot, string metric) => (long)sum.Of("intelmq." + metric, bot);
    }

    [Fact]
    public async Task A_call_ends_with_one_line_and_failures_are_told_up_to_a_number()
    {
        await using var bench = new FunctionBench();
        using var logs = new KeptLogs();
        bench.Services = bench.Services with { Logs = logs };
        await bench.App.DisposeAsync();
        bench.App = bench.Start();
        bench.Script.Feeds.Add(("feed", string.Join('\n', Enumerable.Range(0, 50))));
        bench.Script.Expert = _ => throw new InvalidRecordException("No.");
        await bench.CollectAsync();
        await bench.DrainAsync();
        await bench.PassAsync(TimeSpan.FromSeconds(15));

        Assert.Equal(["collector", "parser", "expert"], logs.Lines.Where(line => line.Level == LogLevel.Information && line.Values.ContainsKey("Seconds")).Select(line => line.Values["Function"]));
        Assert.Equal(50L, logs.Lines.Single(line => line.Values.GetValueOrDefault("Function") is "expert").Values["DeadLettered"]);
        Assert.Equal(10, logs.Lines.Where(line => line.Values.ContainsKey("MessageId")).Select(line => line.Values["MessageId"]).Distinct().Count());
        Assert.Single(logs.Lines, line => line.Values.GetValueOrDefault("Failures") is 50);

        // The park function found nothing to do.
        Assert.Contains(logs.Lines, line => line.Level == LogLevel.Debug && line.Values.ContainsKey("Seconds"));
    }

    // Keeps what it is given and breaks off after the first time.
    private sealed class EndingParkStore(IParkStore inner) : IParkStore
    {
        private bool _hasEnded;

        public async ValueTask AddAsync(IReadOnlyList<ParkedEntry> entries, CancellationToken cancellation)
        {
            await inner.AddAsync(entries, cancellation);
            if (!_hasEnded)
            {
                _hasEnded = true;
                throw new IOException("The process ends here.");
            }
        }

        public ValueTask<IReadOnlyList<ParkedEntry>> TakeDueAsync(DateTimeOffset now, DateTimeOffset again, int most, CancellationToken cancellation) =>
            inner.TakeDueAsync(now, again, most, cancellation);

        public ValueTask ReleaseAsync(IReadOnlyList<string> ids, DateTimeOffset now, CancellationToken cancellation) => inner.ReleaseAsync(ids, now, cancellation);

        public ValueTask<bool> ContainsAsync(string id, CancellationToken cancellation) => inner.ContainsAsync(id, cancellation);

        public ValueTask RemoveAsync(string id, CancellationToken cancellation) => inner.RemoveAsync(id, cancellation);

        public ValueTask<IReadOnlyDictionary<string, long>> CountAsync(CancellationToken cancellation) => inner.CountAsync(cancellation);
    }
}
