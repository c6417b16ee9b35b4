// Traces through a whole pipeline, and what a pipeline without a listener does.
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Runtime.Tests;

[Collection(Listening.Name)]
public sealed class TraceTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_trace_goes_from_the_collector_to_the_output()
    {
        using var listener = new SpanListener();
        await RunPipelineAsync();

        var spans = listener.Spans;
        Assert.Equal(["collect collector", "process parser-queue", "process expert-queue", "process output-queue"], spans.Select(span => span.DisplayName));
        Assert.Single(spans.Select(span => span.TraceId).Distinct());
        Assert.Equal(default, spans[0].ParentSpanId);
        Assert.Equal(spans.Take(3).Select(span => span.SpanId), spans.Skip(1).Select(span => span.ParentSpanId));
        Assert.Equal([ActivityKind.Producer, ActivityKind.Consumer, ActivityKind.Consumer, ActivityKind.Consumer], spans.Select(span => span.Kind));
        Assert.Equal("expert", spans[2].GetTagItem("intelmq.bot"));
        Assert.Equal("test.expert", spans[2].GetTagItem("intelmq.module"));
        Assert.Equal("expert-queue", spans[2].GetTagItem("messaging.destination.name"));
        Assert.Equal(2, spans[2].GetTagItem("messaging.batch.message_count"));
        Assert.All(spans, span => Assert.Equal(ActivityStatusCode.Unset, span.Status));
        Assert.Null(Activity.Current);
    }

    [Fact]
    public async Task Without_a_listener_the_same_bytes_are_sent_and_with_one_the_same_ids()
    {
        var off = await RunPipelineAsync();
        Assert.Equal(off, await RunPipelineAsync());
        Assert.DoesNotContain("traceparent", off, StringComparison.Ordinal);

        using var listener = new SpanListener();
        var on = await RunPipelineAsync();
        Assert.Contains("traceparent", on, StringComparison.Ordinal);
        Assert.Equal(off, System.Text.RegularExpressions.Regex.Replace(on, ",\"traceparent\":\"[^\"]*\"", ""));
    }

    [Fact]
    public async Task A_trace_of_somebody_else_passes_when_nobody_listens()
    {
        var sent = await PassAsync([ContextOf(1, 1)]);
        Assert.Equal(ContextOf(1, 1), sent.Single().Meta.TraceParent);
    }

    [Fact]
    public async Task A_trace_that_is_not_sampled_goes_on_unsampled()
    {
        using var listener = new SpanListener(ActivitySamplingResult.PropagationData);
        var sent = await PassAsync([ContextOf(1, 1, sampled: false)]);
        Assert.StartsWith(ContextOf(1, 1)[..35], sent.Single().Meta.TraceParent, StringComparison.Ordinal);
        Assert.EndsWith("-00", sent.Single().Meta.TraceParent, StringComparison.Ordinal);
        Assert.NotEqual(ContextOf(1, 1, sampled: false), sent.Single().Meta.TraceParent);
    }

    [Fact]
    public async Task Messages_of_one_trace_continue_it_and_those_of_several_begin_one_with_links()
    {
        using var listener = new SpanListener();
        var one = await PassAsync([ContextOf(1, 1), ContextOf(1, 1), ContextOf(1, 2)]);
        var several = await PassAsync([ContextOf(1, 1), ContextOf(2, 2), ContextOf(1, 1), "nonsense", null]);

        var (continued, begun) = (listener.Spans[0], listener.Spans[1]);
        Assert.Equal(ContextOf(1, 1), continued.ParentId);
        Assert.Equal([SpanOf(2)], continued.Links.Select(link => link.Context.SpanId.ToHexString()));
        Assert.All(one, message => Assert.Equal(continued.Id, message.Meta.TraceParent));

        Assert.Equal(default, begun.ParentSpanId);
        Assert.Equal([SpanOf(1), SpanOf(2)], begun.Links.Select(link => link.Context.SpanId.ToHexString()));
        Assert.DoesNotContain(begun.TraceId.ToHexString(), (string[])[ContextOf(1, 1).Split('-')[1], ContextOf(2, 1).Split('-')[1]]);
        Assert.All(several, message => Assert.Equal(begun.Id, message.Meta.TraceParent));
    }

    [Fact]
    public async Task A_span_has_so_many_links_and_no_more()
    {
        using var listener = new SpanListener();
        await PassAsync(Enumerable.Range(1, 200).Select(number => (string?)ContextOf(number, number)).ToArray());
        Assert.Equal(128, listener.Spans.Single().Links.Count());
    }

    [Fact]
    public async Task What_surrounds_the_invocation_is_not_its_parent()
    {
        using var listener = new SpanListener();
        using var around = new Activity("request").Start();
        await PassAsync([null]);
        Assert.NotEqual(around.TraceId, listener.Spans.Single().TraceId);
        Assert.Same(around, Activity.Current);
    }

    [Fact]
    public async Task Failures_mark_the_span_with_their_sentence()
    {
        using var listener = new SpanListener();
        using var bench = new Bench();
        await using (var runner = await bench.StartAsync(new ScriptedExpert((_, _) => throw new InvalidRecordException("The record is bad.")), new ExpertParameters()))
        {
            runner.TellSent(await runner.InvokeAsync([bench.Deliver(Bench.EventWith("a"))], Cancellation));
            Assert.Equal((ActivityStatusCode.Error, "The record is bad."), (listener.Spans[0].Status, listener.Spans[0].StatusDescription));

            // An invocation of whose results nothing is heard.
            await runner.InvokeAsync([bench.Deliver(Bench.EventWith("a"))], Cancellation);
            Assert.Single(listener.Spans);
        }

        Assert.Equal("not_durable", listener.Spans[1].GetTagItem("error.type"));
        await using var stopping = await bench.StartAsync(new ScriptedExpert((_, _) => throw new BotConfigurationException("Nothing works.")), new ExpertParameters());
        await stopping.InvokeAsync([bench.Deliver(Bench.EventWith("a"))], Cancellation);
        Assert.Equal(("Nothing works.", "stopped"), (listener.Spans[2].StatusDescription, listener.Spans[2].GetTagItem("error.type")));
    }

    private static string SpanOf(int number) => number.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);

    private static string ContextOf(int trace, int span, bool sampled = true) =>
        $"00-{trace.ToString("x32", System.Globalization.CultureInfo.InvariantCulture)}-{SpanOf(span)}-0{(sampled ? 1 : 0)}";

    // An expert that sends every event on; one event per context.
    private static async Task<List<Message>> PassAsync(string?[] contexts)
    {
        using var bench = new Bench();
        await using var runner = await bench.StartAsync(new ScriptedExpert((input, outbox) => outbox.Send(input, input)), new ExpertParameters());
        var events = contexts.Select((context, i) =>
        {
            var made = Bench.EventWith($"event {i}");
            made.Meta.TraceParent = context;
            return (Message)made;
        }).ToArray();
        var result = await runner.InvokeAsync([bench.Deliver(events)], Cancellation);
        var sent = Bench.Sent(result);
        runner.TellSent(result);
        return sent;
    }

    /// <summary>Collector, parser, expert and output; gives all frames that were sent.</summary>
    internal static async Task<string> RunPipelineAsync()
    {
        using var bench = new Bench();
        var frames = new StringBuilder();
        await using (var collector = await StartAsync("collector", new WordCollector(), new CollectorParameters { Name = "Feed" }, "parser-queue"))
        {
            var reports = new Reports();
            await collector.CollectAsync(new CollectorRun("first", bench.Clock.GetUtcNow()), reports, Cancellation);
            frames.Append(reports.Text);
        }

        await HopAsync("parser", new WordParser(), new ParserParameters(), "expert-queue");
        await HopAsync("expert", new ScriptedExpert((input, outbox) => outbox.Send(input, input)), new ExpertParameters(), "output-queue");
        await HopAsync("output", new ScriptedOutput(), new OutputParameters(), "nowhere");
        return frames.ToString();

        Task<BotRunner> StartAsync(string id, Bot bot, BotParameters parameters, string destination)
        {
            bench.Settings = bench.Settings with
            {
                BotId = id,
                Module = "test." + id,
                SourceQueue = id + "-queue",
                Destinations = new Dictionary<string, IReadOnlyList<string>> { [Paths.Default] = [destination] },
            };
            return bench.StartAsync(bot, parameters);
        }

        async Task HopAsync(string id, Bot bot, BotParameters parameters, string destination)
        {
            await using var runner = await StartAsync(id, bot, parameters, destination);
            var lines = frames.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
            var last = string.Concat(lines.TakeLast(id == "parser" ? 1 : 2).Select(line => line + "\n"));
            var result = await runner.InvokeAsync([bench.DeliverText(last)], Cancellation);
            foreach (var frame in result.Frames)
            {
                frames.Append(Encoding.UTF8.GetString(frame.Bytes.Span));
            }

            runner.TellSent(result);
        }
    }

    private sealed class WordCollector : CollectorBot<CollectorParameters>
    {
        public override async IAsyncEnumerable<CollectedReport> CollectAsync(CollectorRun run, [EnumeratorCancellation] CancellationToken cancellation)
        {
            await Task.CompletedTask;
            yield return new CollectedReport { Source = "words", Report = NewReport(), OpenRaw = _ => ValueTask.FromResult<Stream?>(new MemoryStream("a b"u8.ToArray())) };
        }
    }

    private sealed class ScriptedOutput : OutputBot<OutputParameters>
    {
        public override ValueTask WriteAsync(EventBatch batch, CancellationToken cancellation) => ValueTask.CompletedTask;
    }

    private sealed class Reports : ICollectedReports
    {
        public string Text { get; private set; } = "";

        public ValueTask<bool> IsCollectedAsync(string occurrence, string source, CancellationToken cancellation) => ValueTask.FromResult(false);

        public ValueTask QueueAsync(string occurrence, CollectedFrames collected, CancellationToken cancellation)
        {
            var frames = collected.Frames;
            Text += string.Concat(frames.Select(frame => Encoding.UTF8.GetString(frame.Bytes.Span)));

            // What names a report's entry in the park store does not change when the run is repeated under another trace.
            Assert.DoesNotContain("traceparent", string.Concat(frames.Select(frame => Encoding.UTF8.GetString(CurrentTrace.Without(frame.Bytes).Span))), StringComparison.Ordinal);
            return ValueTask.CompletedTask;
        }
    }
}
