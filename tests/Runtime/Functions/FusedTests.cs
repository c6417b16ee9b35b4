// Fused bots in the function app: the same events, figures, dead letters and parked messages as without, in fewer calls.
using System.Text;
using IntelMq.Bots;
using IntelMq.DataFormat;
using IntelMq.Pipeline;

namespace IntelMq.Runtime.Tests.Functions;

public sealed class FusedTests
{
    private static readonly string[] s_experts = ["first", "second", "third"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static FunctionBench Bench(bool fuse = true, string parameters = "") => new(experts: s_experts, fuse: fuse, expertParameters: parameters);

    private static string Lines(int count) => string.Join('\n', Enumerable.Range(0, count).Select(i => $"line {i}"));

    private static InvocationCounts Counts(FunctionBench bench, string bot) => bench.Counts.GetValueOrDefault(bot) ?? new InvocationCounts();

    [Fact]
    public async Task The_compiled_functions_tell_the_chain_and_have_the_bindings_of_all_its_bots()
    {
        await using var bench = Bench();
        var functions = bench.Compiled.Functions.Where(function => function.RunsBot).ToDictionary(function => function.Name);

        Assert.Equal(s_experts, functions["first"].Chain);
        Assert.Equal(["second", "third"], functions["second"].Chain);
        Assert.Null(functions["third"].Chain);
        Assert.Equal(["first-queue", "output-queue", "second-queue", "third-queue"], functions["first"].Outputs.Keys);
        Assert.Equal(["output-queue", "second-queue", "third-queue"], functions["second"].Outputs.Keys);
    }

    [Fact]
    public async Task Fused_and_unfused_bots_give_the_same_envelopes_and_figures()
    {
        var envelopes = new List<string[]>();
        var figures = new List<string[]>();
        foreach (var fuse in (bool[])[false, true])
        {
            await using var bench = Bench(fuse);
            bench.Script.Feeds.Add(("feed", Lines(500)));
            bench.Script.Experts["second"] = item => item[Fields.Comment].TextEquals("line 7") ? throw new InvalidRecordException("Seven.") : Task.CompletedTask;
            await bench.CollectAsync();
            await bench.DrainAsync();

            envelopes.Add(bench.Script.Envelopes.Order(StringComparer.Ordinal).ToArray());
            figures.Add(bench.Counts.OrderBy(item => item.Key, StringComparer.Ordinal).Where(item => item.Value.In > 0)
                .Select(item => $"{item.Key} {item.Value.In} {item.Value.Out} {item.Value.Dropped} {item.Value.DeadLettered} {item.Value.Parked}").ToArray());
            Assert.Equal(499, bench.Script.Envelopes.Count);
            Assert.Equal(fuse, !bench.Calls.ContainsKey("second") && !bench.Calls.ContainsKey("third"));
        }

        Assert.Equal(envelopes[0], envelopes[1]);
        Assert.Equal(figures[0], figures[1]);
    }

    [Fact]
    public async Task A_dead_letter_of_a_fused_bot_names_it_and_its_queue_and_is_tried_again_there()
    {
        await using var bench = Bench();
        var bad = true;
        bench.Script.Experts["second"] = item => bad && item[Fields.Comment].TextEquals("line 1") ? throw new InvalidRecordException("One.") : Task.CompletedTask;
        bench.Script.Feeds.Add(("feed", Lines(3)));
        await bench.CollectAsync();
        await bench.DrainAsync();
        Assert.Equal(["line 0", "line 2"], bench.Script.Written);
        var letter = Assert.Single(await bench.DeadLettersAsync());
        Assert.Equal(("second", "second-queue"), (letter.BotId, letter.Queue));

        bad = false;
        bench.Put(letter.Queue, letter.Message);
        await bench.DrainAsync();

        Assert.Equal(["line 0", "line 2", "line 1"], bench.Script.Written);
        Assert.Equal(1, bench.Calls["second"]);
        Assert.False(bench.Calls.ContainsKey("third"));
    }

    [Fact]
    public async Task What_a_fused_bot_cannot_do_now_waits_for_its_own_function_and_goes_on_from_there()
    {
        await using var bench = Bench();
        var down = true;
        bench.Script.Experts["second"] = _ => down ? throw new TransientException("Down.", TimeSpan.FromSeconds(30)) : Task.CompletedTask;
        bench.Script.Feeds.Add(("feed", Lines(100)));
        await bench.CollectAsync();
        await bench.DrainAsync();
        Assert.Empty(bench.Script.Written);
        Assert.Equal(100, Assert.Single(await bench.Services.Parked.CountAsync(Cancellation), item => item.Key == "second-queue").Value);

        down = false;
        await bench.PassAsync(TimeSpan.FromMinutes(3));

        Assert.Equal(Lines(100).Split('\n').Order(), bench.Script.Written.Order());
        Assert.Empty(await bench.Services.Parked.CountAsync(Cancellation));
        Assert.Empty(await bench.DeadLettersAsync());
        Assert.Equal((100, 100), (Counts(bench, "first").In, Counts(bench, "first").Out));
        Assert.Equal((200, 100, 100), (Counts(bench, "second").In, Counts(bench, "second").Out, Counts(bench, "second").Parked));
    }

    [Fact]
    public async Task A_bug_of_a_fused_bot_is_tried_again_as_often_as_its_parameters_say()
    {
        await using var bench = Bench(parameters: ", error_max_retries: 2, error_retry_delay: 15");
        var attempts = 0;
        bench.Script.Experts["third"] = _ => Interlocked.Increment(ref attempts) > 0 ? throw new InvalidOperationException("A bug.") : Task.CompletedTask;
        bench.Script.Feeds.Add(("feed", "a"));
        await bench.CollectAsync();
        await bench.DrainAsync();
        await bench.PassAsync(TimeSpan.FromMinutes(3));

        Assert.Equal(3, attempts);
        var letter = Assert.Single(await bench.DeadLettersAsync());
        Assert.Equal(("third", "third-queue", "InvalidOperationException: A bug."), (letter.BotId, letter.Queue, letter.Error));
    }

    [Fact]
    public async Task A_fused_bot_that_stops_gets_its_messages_into_its_queue_and_the_bot_before_it_has_done_its_work()
    {
        await using var bench = Bench();
        var broken = true;
        bench.Script.Experts["second"] = _ => broken ? throw new BotConfigurationException("The licence has ended.") : Task.CompletedTask;
        bench.Script.Feeds.Add(("feed", Lines(20)));
        await bench.CollectAsync();
        await bench.DrainAsync();
        Assert.Equal(1, bench.Calls["second"]);
        Assert.Equal((20, 20, 0), (Counts(bench, "first").In, Counts(bench, "first").Out, Counts(bench, "second").In));
        Assert.Equal(["second-queue"], (await bench.Services.Parked.CountAsync(Cancellation)).Keys);

        broken = false;
        await bench.PassAsync(TimeSpan.FromMinutes(6));

        Assert.Equal(20, bench.Script.Written.Count);
        Assert.Equal(20, Counts(bench, "first").In);
        Assert.Empty(await bench.DeadLettersAsync());
    }

    [Fact]
    public async Task A_host_that_ends_before_it_writes_the_answer_neither_loses_nor_repeats()
    {
        await using var bench = Bench();
        bench.Script.Feeds.Add(("feed", Lines(300)));
        var random = new Random(3);
        bench.HostEnds = function => function.Kind == FunctionKind.Work && random.Next(3) == 0;
        await bench.CollectAsync();
        await bench.DrainAsync();
        bench.HostEnds = _ => false;
        await bench.PassAsync(TimeSpan.FromMinutes(20));

        Assert.Equal(Lines(300).Split('\n').Order(), bench.Script.Written.Order());
        Assert.Empty(await bench.DeadLettersAsync());
    }

    [Fact]
    public async Task The_dead_letter_of_a_frame_on_which_the_process_ends_names_the_fused_bot_that_ended_it()
    {
        await using var bench = Bench();
        bench.Script.Experts["second"] = _ => new TaskCompletionSource().Task;
        bench.Put("first-queue", """{"format":"intelmq","version":1,"type":"event","meta":{"uuid":"00000000-0000-4000-8000-00000000000a"},"payload":{"comment":"A"}}""");
        var deaths = 0;
        while (s_experts.Select(expert => bench.Function(expert)).FirstOrDefault(function => bench.Of(function.Trigger.Queue!).Count > 0) is { } function)
        {
            var message = bench.Of(function.Trigger.Queue!).First!.Value;
            bench.Of(function.Trigger.Queue!).RemoveFirst();
            message = message with { Deliveries = message.Deliveries + 1 };
            var call = bench.App.CallAsync(new FunctionCall(function.Name, [new ReceivedText(message.Id, Encoding.UTF8.GetBytes(message.Text), message.Deliveries)]), Cancellation);
            await Task.WhenAny(call, Task.Delay(300, Cancellation));
            if (call.IsCompletedSuccessfully)
            {
                foreach (var (binding, texts) in (await call).Outputs)
                {
                    texts.ForEach(text => bench.Put(function.Outputs.Single(output => output.Value == binding).Key, text));
                }

                continue;
            }

            // The process ends while the second bot works.
            bench.GiveBack(function, message);
            bench.App = bench.Start();
            Assert.True(++deaths < 20, "It never ends.");
        }

        var letter = Assert.Single(await bench.DeadLettersAsync());
        Assert.Equal(("second", "second-queue"), (letter.BotId, letter.Queue));
        Assert.StartsWith("The process ended while it handled this frame alone", letter.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task State_of_all_bots_is_durable_with_the_call_and_forgotten_with_one_that_breaks()
    {
        await using var bench = Bench();
        var real = bench.Services;
        var committed = new List<string>();
        var breaks = true;
        bench.Services = real with
        {
            State = bot => new WatchedState(real.State(bot), () =>
            {
                if (bot == "third" && breaks)
                {
                    throw new IOException("The disk is full.");
                }

                if (!bot.StartsWith('_'))
                {
                    committed.Add(bot);
                }
            }),
        };
        bench.App = bench.Start();
        bench.Put("first-queue", """{"format":"intelmq","version":1,"type":"event","meta":{"uuid":"00000000-0000-4000-8000-00000000000a"},"payload":{"comment":"A"}}""");

        await bench.HandleAsync(bench.Function("first"), bench.App);
        Assert.Single(bench.Of("first-queue"));
        Assert.Empty(bench.Script.Written);

        breaks = false;
        await bench.DrainAsync();
        Assert.Equal(["A"], bench.Script.Written);

        // The message that came again was handled unfused by the first bot.
        Assert.Equal(["first", "second", "first", "second", "third", "output"], committed);
    }

    private sealed class WatchedState(IStateStore store, Action commits) : IStateTransaction
    {
        public ValueTask<IReadOnlyList<byte[]?>> GetAsync(IReadOnlyList<byte[]> keys, CancellationToken cancellation) => store.GetAsync(keys, cancellation);

        public ValueTask PutAsync(IReadOnlyList<StateItem> items, TimeSpan? lifetime, CancellationToken cancellation) => store.PutAsync(items, lifetime, cancellation);

        public ValueTask<IReadOnlyList<byte[]?>> PutIfAbsentAsync(IReadOnlyList<StateItem> items, TimeSpan? lifetime, CancellationToken cancellation) =>
            store.PutIfAbsentAsync(items, lifetime, cancellation);

        public ValueTask RemoveAsync(IReadOnlyList<byte[]> keys, CancellationToken cancellation) => store.RemoveAsync(keys, cancellation);

        public ValueTask CommitAsync(CancellationToken cancellation)
        {
            commits();
            return ((IStateTransaction)store).CommitAsync(cancellation);
        }

        public void Discard() => ((IStateTransaction)store).Discard();
    }
}
