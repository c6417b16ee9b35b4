// Fused bots on the embedded transport: the same events, figures and hooks as without, and every failure where it belongs.
using System.Collections.Concurrent;
using System.Globalization;
using IntelMq.Bots;
using IntelMq.DataFormat;
using IntelMq.FunctionsHost.Running;
using Microsoft.Extensions.Time.Testing;

namespace IntelMq.FunctionsHost.Tests;

public sealed class FusedTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static string Lines(int count) => string.Join('\n', Enumerable.Range(0, count).Select(i => $"line {i}"));

    private static BotFigures Of(RunSummary summary, string bot) => summary.Bots.Single(figures => figures.BotId == bot);

    // Three experts, of which the second does what a test wants.
    private static PipelineOfTests Pipeline(string lines, ConcurrentBag<string> kept, Action<Event> second, bool fuse = true, TimeProvider? clock = null, IReadOnlyList<IBotHook>? hooks = null, long? queueLimit = null, ExpertParameters? parameters = null) => new()
    {
        Collector = new TextCollector(lines),
        MoreExperts = [("second", () => new PassingExpert(second)), ("third", () => new PassingExpert())],
        Output = () => new EnvelopeOutput(kept),
        Fuse = fuse,
        Clock = clock ?? TimeProvider.System,
        Hooks = hooks ?? [],
        QueueLimit = queueLimit ?? 16 * 1024 * 1024,
        ExpertParameters = parameters ?? new ExpertParameters(),
    };

    private static void FailIf(bool fails, Exception error)
    {
        if (fails)
        {
            throw error;
        }
    }

    private static string[] Comments(IEnumerable<string> envelopes) =>
        envelopes.Select(text => new EnvelopeReader(FieldCatalogue.Default).Read(System.Text.Encoding.UTF8.GetBytes(text))[Fields.Comment].AsText()!).Order().ToArray();

    private static async Task<RunSummary> RunAsync(LocalHost host, FakeTimeProvider clock)
    {
        var run = host.RunOnceAsync(Cancellation);
        while (!run.IsCompleted)
        {
            clock.Advance(TimeSpan.FromMilliseconds(500));
            await Task.Delay(1, Cancellation);
        }

        return await run;
    }

    [Fact]
    public async Task Fused_and_unfused_bots_give_the_same_envelopes_figures_and_calls_of_hooks()
    {
        var results = new List<(string[] Envelopes, string[] Figures, string[] Hooks)>();
        foreach (var fuse in (bool[])[false, true])
        {
            // The occurrence of a run is part of the ids.
            var clock = new FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
            var kept = new ConcurrentBag<string>();
            var hook = new CountingHook();
            using var pipeline = Pipeline(Lines(2000), kept, item => Odd(item), fuse, clock, [hook]);
            await using var host = await pipeline.OpenAsync();
            var summary = await host.RunOnceAsync(Cancellation);
            Assert.Empty(summary.Problems);
            Assert.All(["second", "third"], bot => Assert.True(Of(summary, bot).Busy > TimeSpan.Zero));
            results.Add((
                kept.Order(StringComparer.Ordinal).ToArray(),
                summary.Bots.Select(bot => $"{bot.BotId} {bot.Counts.In} {bot.Counts.Out} {bot.Counts.Dropped} {bot.Counts.DeadLettered}").ToArray(),
                hook.Calls.OrderBy(call => call.Key, StringComparer.Ordinal).Select(call => $"{call.Key} {call.Value}").ToArray()));
        }

        Assert.Equal(1000, results[0].Envelopes.Length);
        Assert.Equal(results[0].Envelopes, results[1].Envelopes);
        Assert.Equal(results[0].Figures, results[1].Figures);
        Assert.Equal(results[0].Hooks, results[1].Hooks);

        static void Odd(Event item)
        {
            if (item[Fields.Comment].AsText()![^1] % 2 == 1)
            {
                throw new InvalidRecordException("odd");
            }
        }
    }

    [Fact]
    public async Task A_dead_letter_of_a_fused_bot_names_it_and_its_queue_and_its_retry_comes_through()
    {
        var kept = new ConcurrentBag<string>();
        var bad = true;
        using var pipeline = Pipeline(Lines(3), kept, item => FailIf(bad && item[Fields.Comment].TextEquals("line 1"), new InvalidRecordException("One.")));
        await using var host = await pipeline.OpenAsync();
        Assert.Empty((await host.RunOnceAsync(Cancellation)).Problems);
        Assert.Equal(["line 0", "line 2"], Comments(kept));
        var letter = Assert.Single(host.Store.DeadLetters.List());
        Assert.Equal(("second", "second-queue"), (letter.BotId, letter.Queue));

        bad = false;
        host.Store.DeadLetters.Retry(letter);
        host.Store.Runs.Once = "once-2";
        host.Store.Runs.Begin("collector", "once-2");
        host.Store.Runs.Complete("collector", "once-2");
        var summary = await host.RunOnceAsync(Cancellation);

        Assert.Equal(["line 0", "line 1", "line 2"], Comments(kept));
        Assert.Equal(4, Of(summary, "second").Counts.In);
        Assert.Equal(0, host.Store.DeadLetters.Count);
    }

    [Fact]
    public async Task What_a_fused_bot_cannot_do_now_waits_in_its_own_queue()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        var up = clock.GetUtcNow() + TimeSpan.FromMinutes(10);
        var kept = new ConcurrentBag<string>();
        var waited = new ConcurrentBag<string>();
        LocalHost? running = null;
        using var pipeline = Pipeline(
            Lines(1000),
            kept,
            _ =>
            {
                if (clock.GetUtcNow() < up)
                {
                    waited.Add(string.Join(' ', running!.Store.Queues.Where(queue => queue.NextDue() is not null).Select(queue => queue.Name)));
                    throw new TransientException("Down.");
                }
            },
            clock: clock);
        await using var host = await pipeline.OpenAsync();
        running = host;

        var summary = await RunAsync(host, clock);

        Assert.Empty(summary.Problems);
        Assert.Equal(0, host.Store.DeadLetters.Count);
        Assert.Equal(Lines(1000).Split('\n').Order(), Comments(kept));
        Assert.Equal(["second-queue"], waited.Where(names => names.Length > 0).Distinct());
        Assert.Equal((1000, 1000, 0), (Of(summary, "expert").Counts.In, Of(summary, "expert").Counts.Out, Of(summary, "expert").Counts.Parked));
        Assert.True(Of(summary, "second").Counts.Parked > 1000, "The messages were tried once only.");
        Assert.True(clock.GetUtcNow() >= up);
    }

    [Fact]
    public async Task A_fused_bot_that_stops_keeps_its_messages_and_the_bot_before_it_goes_on()
    {
        using var pipeline = Pipeline(
            Lines(5000), [], _ => throw new InvalidOperationException("broken"), parameters: new ExpertParameters { ErrorMaxRetries = 0, ErrorProcedure = ErrorProcedure.Stop });
        await using var host = await pipeline.OpenAsync();

        var summary = await host.RunOnceAsync(Cancellation);

        Assert.Contains("second stopped; 5000 messages wait in 'second-queue'", Assert.Single(summary.Problems), StringComparison.Ordinal);
        Assert.Equal(0, host.Store.DeadLetters.Count);
        Assert.Equal((5000, 5000, BotState.Waiting), (Of(summary, "expert").Counts.In, Of(summary, "expert").Counts.Out, Of(summary, "expert").State));
        Assert.Equal((0, BotState.Stopped), (Of(summary, "second").Counts.In, Of(summary, "second").State));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Frames_that_wait_when_the_bots_are_fused_or_are_so_no_longer_come_through(bool fusedFirst)
    {
        var kept = new ConcurrentBag<string>();
        var broken = true;
        using var pipeline = Pipeline(
            Lines(3000), kept, _ => FailIf(broken, new InvalidOperationException("broken")), parameters: new ExpertParameters { ErrorMaxRetries = 0, ErrorProcedure = ErrorProcedure.Stop });
        await using (var first = await pipeline.OpenAsync(fusedFirst))
        {
            Assert.NotEmpty((await first.RunOnceAsync(Cancellation)).Problems);
        }

        broken = false;
        await using var second = await pipeline.OpenAsync(!fusedFirst);
        Assert.Empty((await second.RunOnceAsync(Cancellation)).Problems);
        Assert.Equal(Lines(3000).Split('\n').Order(), Comments(kept));
    }

    [Fact]
    public async Task The_first_bot_holds_back_while_a_queue_behind_the_last_is_full()
    {
        // The output starts when all other bots have found that there is no room.
        using var room = new ManualResetEventSlim();
        var kept = new ConcurrentBag<string>();
        var hook = new OverloadHook();
        using var pipeline = new PipelineOfTests
        {
            Collector = new TextCollector(Lines(50_000)),
            MoreExperts = [("second", () => new PassingExpert()), ("third", () => new PassingExpert())],
            Output = () => new EnvelopeOutput(kept, room),
            Fuse = true,
            QueueLimit = 512 * 1024,
            Hooks = [hook],
        };
        await using var host = await pipeline.OpenAsync();
        var run = host.RunOnceAsync(Cancellation);
        while (host.Figures().Any(figures => figures.BotId is "parser" or "expert" && figures.State != BotState.HoldingBack))
        {
            Assert.False(run.IsCompleted);
            await Task.Delay(5, Cancellation);
        }

        Assert.All(host.Store.Queues, queue => Assert.True(queue.Bytes < 4 * 1024 * 1024, $"{queue.Name} holds {queue.Bytes} bytes"));
        room.Set();
        var summary = await run;

        Assert.Empty(summary.Problems);
        Assert.Equal(Lines(50_000).Split('\n').Order(), Comments(kept));
        Assert.Equal(50_000, Of(summary, "third").Counts.Out);

        // Told is the bot that sends to the full queue, not the one that holds back for it.
        Assert.Contains(("third", "output-queue"), hook.Told);
        Assert.DoesNotContain(("expert", "output-queue"), hook.Told);
    }

    /// <summary>Keeps whole envelopes; waits for room first, where a test wants it.</summary>
    private sealed class EnvelopeOutput(ConcurrentBag<string> kept, ManualResetEventSlim? room = null) : OutputBot<OutputParameters>
    {
        public override ValueTask WriteAsync(EventBatch batch, CancellationToken cancellation)
        {
            room?.Wait(cancellation);
            foreach (var item in batch.Events)
            {
                kept.Add(EnvelopeWriter.ToText(item));
            }

            return ValueTask.CompletedTask;
        }
    }

    /// <summary>Notes which bot is told of which queue.</summary>
    private sealed class OverloadHook : IBotHook
    {
        public ConcurrentBag<(string Bot, string Queue)> Told { get; } = [];

        public HookKind Kind => HookKind.Observe;

        public IReadOnlySet<HookPhase> Phases { get; } = new HashSet<HookPhase> { HookPhase.OverloadChanged };

        public void On(HookPhase phase, HookCall call) => Told.Add((call.BotId, call.Queue!));
    }

    /// <summary>Counts its calls by bot and phase; of those that are once per invocation only what they count.</summary>
    private sealed class CountingHook : IBotHook
    {
        public ConcurrentDictionary<string, long> Calls { get; } = new(StringComparer.Ordinal);

        public HookKind Kind => HookKind.Observe;

        public IReadOnlySet<HookPhase> Phases { get; } = Enum.GetValues<HookPhase>().Where(phase => phase != HookPhase.OverloadChanged).ToHashSet();

        public void On(HookPhase phase, HookCall call) =>
            Calls.AddOrUpdate(string.Create(CultureInfo.InvariantCulture, $"{call.BotId} {phase}"), Number(phase, call), (_, before) => before + Number(phase, call));

        private static long Number(HookPhase phase, HookCall call) => phase == HookPhase.Sent ? call.Count : 1;
    }
}
