// Whatever fails, nothing is lost, nothing comes out twice, and everything that failed for good has a name.
using System.Text;
using IntelMq.Bots;
using IntelMq.DataFormat;
using IntelMq.Pipeline;
using IntelMq.Stores;

namespace IntelMq.Runtime.Tests.Functions;

public sealed class FunctionFailureTests
{
    private const string Event = """{"format":"intelmq","version":1,"type":"event","meta":{"uuid":"00000000-0000-4000-8000-00000000000$"},"payload":{"comment":"$"}}""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static string Lines(int count, string prefix = "line") => string.Join('\n', Enumerable.Range(0, count).Select(i => $"{prefix} {i}"));

    private static string EventOf(char name) => Event.Replace('$', name);

    [Fact]
    public async Task A_sink_that_is_down_for_half_an_hour_costs_no_event_and_no_dead_letter()
    {
        await using var bench = new FunctionBench();
        bench.Script.Feeds.Add(("feed", Lines(1000)));
        var up = bench.Clock.GetUtcNow() + TimeSpan.FromMinutes(30);
        bench.Script.Output = () =>
        {
            if (bench.Clock.GetUtcNow() < up)
            {
                throw new TransientException("The sink is down.", TimeSpan.FromSeconds(30));
            }
        };
        await bench.CollectAsync();
        await bench.DrainAsync();
        Assert.NotEmpty(await bench.Services.Parked.CountAsync(Cancellation));

        await bench.PassAsync(TimeSpan.FromMinutes(50));

        Assert.Empty(await bench.DeadLettersAsync());
        Assert.Empty(await bench.Services.Parked.CountAsync(Cancellation));
        Assert.Equal(Lines(1000).Split('\n').Order(), bench.Script.Written.Order());
    }

    [Fact]
    public async Task A_host_that_ends_before_it_writes_the_answer_neither_loses_nor_repeats()
    {
        await using var bench = new FunctionBench();
        bench.Script.Feeds.Add(("feed", Lines(300)));
        bench.Script.Feeds.Add(("other", Lines(200, "other")));
        var random = new Random(3);
        bench.HostEnds = function => function.Kind == FunctionKind.Work && random.Next(3) == 0;
        await bench.CollectAsync();
        await bench.DrainAsync();
        bench.HostEnds = _ => false;

        // What a crash took from the collector's answer, and copies of what it did not, come when their lease ends.
        await bench.PassAsync(TimeSpan.FromMinutes(20));

        Assert.Equal(Lines(300).Split('\n').Concat(Lines(200, "other").Split('\n')).Order(), bench.Script.Written.Order());
        Assert.Empty(await bench.DeadLettersAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_collectors_answer_that_is_lost_is_sent_by_the_park_function(bool isAskedAgain)
    {
        await using var bench = new FunctionBench();
        bench.Script.Feeds.Add(("feed", Lines(5)));
        bench.HostEnds = _ => true;
        await bench.CollectAsync();
        bench.HostEnds = _ => false;
        if (isAskedAgain)
        {
            await bench.CollectAsync();
        }

        await bench.DrainAsync();
        Assert.Empty(bench.Script.Written);

        // At once where the host calls the same run again, as it does with a call that failed; else when the lease of the entries ends.
        await bench.PassAsync(TimeSpan.FromSeconds(15));
        Assert.Equal(isAskedAgain ? 5 : 0, bench.Script.Written.Count);
        await bench.PassAsync(ParkLease);
        Assert.Equal(Lines(5).Split('\n'), bench.Script.Written);
    }

    [Fact]
    public async Task What_a_collector_had_sent_when_its_process_ended_comes_as_soon_as_it_is_called_again()
    {
        await using var bench = new FunctionBench();
        for (var i = 0; i < 250; i++)
        {
            bench.Script.Feeds.Add(($"feed {i}", $"line {i}"));
        }

        for (var end = 249; end > 0; end -= 83)
        {
            // Each process comes further than the one before.
            var last = $"feed {250 - end}";
            bench.Script.Collector = source =>
            {
                if (source == last)
                {
                    throw new IOException("The process ends here.");
                }
            };
            await Assert.ThrowsAsync<IOException>(() => bench.CollectAsync());
            bench.App = bench.Start();
        }

        bench.Script.Collector = _ => { };
        await bench.CollectAsync();
        await bench.PassAsync(TimeSpan.FromMinutes(2));

        Assert.Equal(Enumerable.Range(0, 250).Select(i => $"line {i}").Order(), bench.Script.Written.Order());
        Assert.Empty(await bench.Services.Parked.CountAsync(Cancellation));
    }

    [Fact]
    public async Task What_travels_with_the_answer_of_a_run_that_goes_on_later_is_not_sent_again_with_it()
    {
        await using var bench = new FunctionBench();
        bench.Script.Feeds.Add(("feed", Lines(5)));
        bench.Script.Feeds.Add(("other", Lines(5, "other")));
        bench.Script.Collector = source =>
        {
            if (source == "other")
            {
                throw new TransientException("The second feed is down.");
            }
        };
        await bench.CollectAsync();
        bench.Script.Collector = _ => { };
        await bench.CollectAsync("once-2");
        Assert.Equal(2, bench.Of("parser-queue").Count);

        await bench.PassAsync(TimeSpan.FromSeconds(15));

        Assert.Equal(2, bench.Sent["parser-queue"]);
        Assert.Equal(Lines(5).Split('\n').Concat(Lines(5, "other").Split('\n')), bench.Script.Written);
    }

    private static TimeSpan ParkLease => TimeSpan.FromMinutes(15);

    [Fact]
    public async Task A_frame_on_which_the_process_ends_becomes_a_dead_letter_and_its_neighbours_arrive()
    {
        await using var bench = new FunctionBench();
        bench.Script.Expert = item => item[Fields.Comment].TextEquals("B") ? new TaskCompletionSource().Task : Task.CompletedTask;
        foreach (var name in "ABC")
        {
            bench.Put("expert-queue", EventOf(name));
        }

        var expert = bench.Function("expert");
        var deaths = 0;
        while (bench.Of("expert-queue").Count > 0)
        {
            // The process ends while it holds all of them; those that were done are acknowledged.
            var held = bench.Of("expert-queue").Select(message => message with { Deliveries = message.Deliveries + 1 }).ToList();
            bench.Of("expert-queue").Clear();
            var running = held.ConvertAll(message => bench.App.CallAsync(
                new FunctionCall(expert.Name, [new ReceivedText(message.Id, Encoding.UTF8.GetBytes(message.Text), message.Deliveries)]), Cancellation));
            await Task.WhenAny(Task.WhenAll(running), Task.Delay(300, TestContext.Current.CancellationToken));
            for (var i = 0; i < held.Count; i++)
            {
                if (running[i].IsCompletedSuccessfully)
                {
                    (await running[i]).Outputs.Values.SelectMany(texts => texts).ToList().ForEach(text => bench.Put("output-queue", text));
                }
                else
                {
                    bench.GiveBack(expert, held[i]);
                }
            }

            bench.App = bench.Start();
            Assert.True(++deaths < 20, "It never ends.");
        }

        await bench.DrainAsync();
        Assert.Equal(["A", "C"], bench.Script.Written.Order());
        var letter = Assert.Single(await bench.DeadLettersAsync());
        Assert.Equal("expert", letter.BotId);
        Assert.Contains("\"comment\":\"B\"", letter.Message, StringComparison.Ordinal);
        Assert.StartsWith("The process ended while it handled this frame alone", letter.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no message at all", "neither JSON lines nor a compressed frame")]
    [InlineData("{\"broken\":", "")]
    [InlineData("""{"format":"intelmq","version":99,"type":"event","meta":{},"payload":{}}""", "version")]
    [InlineData("""{"intelmq:frame":7}""", "version 7")]
    [InlineData("""{"intelmq:frame":1,"claim":{"address":"gone","length":5,"sha256":""}}""", "gone")]
    [InlineData("H4sIAAAAAAAAA0vNAQAAAAAA", "")]
    public async Task What_cannot_be_read_is_a_dead_letter_and_the_next_message_is_handled(string text, string reason)
    {
        await using var bench = new FunctionBench();
        bench.Put("expert-queue", text);
        bench.Put("expert-queue", EventOf('A'));
        await bench.DrainAsync();
        Assert.Equal(["A"], bench.Script.Written);
        var letter = Assert.Single(await bench.DeadLettersAsync());
        Assert.Contains(reason, letter.Error, StringComparison.Ordinal);
        Assert.Equal("expert-queue", letter.Queue);
    }

    [Fact]
    public async Task A_poison_message_of_somebody_else_is_sent_again_and_ends_as_a_dead_letter_only_if_it_always_fails()
    {
        await using var bench = new FunctionBench();
        bench.Put("expert-queue-poison", EventOf('A'));
        await bench.DrainAsync();
        Assert.Equal(["A"], bench.Script.Written);
        Assert.Empty(await bench.DeadLettersAsync());
    }

    [Fact]
    public async Task A_single_event_above_the_transports_limit_travels_by_its_address()
    {
        await using var bench = new FunctionBench();
        var random = new Random(5);
        var large = string.Concat(Enumerable.Range(0, 200_000).Select(_ => (char)random.Next('a', 'z')));
        bench.Script.Feeds.Add(("feed", $"small\n{large}\nlast"));
        await bench.CollectAsync();
        await bench.DrainAsync();
        Assert.Equal(new[] { "small", large, "last" }.Order(), bench.Script.Written.Order());
        Assert.Empty(await bench.DeadLettersAsync());
    }

    [Fact]
    public async Task Two_instances_of_every_bot_do_not_do_anything_twice()
    {
        await using var bench = new FunctionBench();
        await using var other = bench.Start();
        bench.Script.Feeds.Add(("feed", Lines(2000)));
        await bench.CollectAsync();
        await bench.DrainAsync(other);
        Assert.Equal(2000, bench.Script.Written.Distinct().Count());
        Assert.Equal(2000, bench.Script.Written.Count);
    }

    [Fact]
    public async Task Clocks_that_differ_by_ten_minutes_lose_and_repeat_nothing()
    {
        await using var bench = new FunctionBench();
        var late = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(bench.Clock.GetUtcNow() - TimeSpan.FromMinutes(10));
        var file = bench.Services;
        await using var other = new FunctionApp(bench.Compiled, bench.Pipeline, bench.Catalogue, file with { Clock = late });
        var down = true;
        bench.Script.Output = () =>
        {
            if (down)
            {
                throw new TransientException("Down.", TimeSpan.FromSeconds(30));
            }
        };
        bench.Script.Feeds.Add(("feed", Lines(500)));
        await bench.CollectAsync();
        await bench.DrainAsync(other);
        down = false;
        await bench.PassAsync(TimeSpan.FromMinutes(15));
        Assert.Equal(500, bench.Script.Written.Distinct().Count());
        Assert.Equal(500, bench.Script.Written.Count);
        Assert.Empty(await bench.DeadLettersAsync());
    }

    [Fact]
    public async Task State_that_is_throttled_parks_the_messages()
    {
        await using var bench = new FunctionBench();
        var throttled = true;
        var real = bench.Services.State;
        bench.Services = bench.Services with { State = bot => bot == "output" ? new ThrottledState(real(bot), () => throttled) : real(bot) };
        bench.App = bench.Start();
        bench.Script.Feeds.Add(("feed", Lines(50)));
        await bench.CollectAsync();
        await bench.DrainAsync();
        Assert.Empty(bench.Script.Written);
        Assert.Equal(50, (await bench.Services.Parked.CountAsync(Cancellation))["output-queue"]);

        throttled = false;
        await bench.PassAsync(TimeSpan.FromMinutes(5));
        Assert.Equal(50, bench.Script.Written.Count);
        Assert.Empty(await bench.DeadLettersAsync());
    }

    [Fact]
    public async Task A_bot_that_stops_parks_its_messages_and_goes_on_when_it_can()
    {
        await using var bench = new FunctionBench();
        var broken = true;
        bench.Script.Expert = _ => broken ? throw new BotConfigurationException("The licence has ended.") : Task.CompletedTask;
        bench.Script.Feeds.Add(("feed", Lines(20)));
        await bench.CollectAsync();
        await bench.DrainAsync();
        broken = false;
        await bench.PassAsync(TimeSpan.FromMinutes(6));
        Assert.Equal(20, bench.Script.Written.Count);
        Assert.Empty(await bench.DeadLettersAsync());
    }

    [Fact]
    public async Task A_run_of_a_collector_that_was_interrupted_is_finished_and_not_begun_anew()
    {
        await using var bench = new FunctionBench();
        bench.Script.Feeds.Add(("one", "a"));
        bench.Script.Feeds.Add(("two", "b"));
        bench.Script.Collector = source =>
        {
            if (source == "two")
            {
                throw new TransientException("The second feed is down.");
            }
        };
        await bench.CollectAsync("first");
        bench.Script.Collector = _ => { };
        await bench.CollectAsync("second");
        await bench.DrainAsync();
        Assert.Equal(["a", "b"], bench.Script.Written.Order());

        await bench.CollectAsync("second");
        await bench.DrainAsync();
        Assert.Equal(["a", "a", "b", "b"], bench.Script.Written.Order());

        await bench.CollectAsync("second");
        await bench.DrainAsync();
        Assert.Equal(4, bench.Script.Written.Count);
    }

    private sealed class ThrottledState(IStateStore store, Func<bool> throttled) : IStateStore
    {
        public ValueTask<IReadOnlyList<byte[]?>> GetAsync(IReadOnlyList<byte[]> keys, CancellationToken cancellation) => Check().GetAsync(keys, cancellation);

        public ValueTask PutAsync(IReadOnlyList<StateItem> items, TimeSpan? lifetime, CancellationToken cancellation) => Check().PutAsync(items, lifetime, cancellation);

        public ValueTask<IReadOnlyList<byte[]?>> PutIfAbsentAsync(IReadOnlyList<StateItem> items, TimeSpan? lifetime, CancellationToken cancellation) =>
            Check().PutIfAbsentAsync(items, lifetime, cancellation);

        public ValueTask RemoveAsync(IReadOnlyList<byte[]> keys, CancellationToken cancellation) => Check().RemoveAsync(keys, cancellation);

        private IStateStore Check() => throttled() ? throw new TransientException("The table answers 503.", TimeSpan.FromSeconds(10)) : store;
    }
}
