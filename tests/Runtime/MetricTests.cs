// Figures add up to what invocations count.
using IntelMq.Bots;
using IntelMq.DataFormat;
using IntelMq.Pipeline;
using IntelMq.Stores;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace IntelMq.Runtime.Tests;

[Collection(Listening.Name)]
public sealed class MetricTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Counters_add_up_to_the_counts()
    {
        using var sum = new MeterSum();
        using var bench = new Bench();
        bench.Settings = bench.Settings with
        {
            Destinations = new Dictionary<string, IReadOnlyList<string>> { [Paths.Default] = ["next", "other"], ["side"] = ["side-queue"], [Paths.OnError] = ["errors"] },
        };
        await using var runner = await bench.StartAsync(new ScriptedExpert(Work), new ExpertParameters());
        var counts = new InvocationCounts();
        for (var round = 0; round < 3; round++)
        {
            var delivery = bench.Deliver([.. new[] { "pass", "pass", "side", "drop", "bad", "down" }.Select((word, i) => Bench.EventWith($"{word} {round} {i}"))]);
            var result = await runner.InvokeAsync([delivery with { Attempt = round }], Cancellation);
            runner.TellSent(result);
            counts.Add(result.Counts);
        }

        Assert.Equal((18, 3 * 4, 3, 3, 3, 2), (counts.In, counts.Out, counts.Dropped, counts.DeadLettered, counts.Parked, counts.Retries));
        Assert.Equal(counts.In, sum.Of("intelmq.messages.in", "bot"));
        Assert.Equal(counts.Out, sum.Of("intelmq.messages.out", "bot"));
        Assert.Equal([6, 3, 3], ((string[])[Paths.Default, "side", Paths.OnError]).Select(path => sum.Of("intelmq.messages.out", path)));
        Assert.Equal(counts.Dropped, sum.Of("intelmq.messages.dropped", "bot"));
        Assert.Equal(counts.DeadLettered, sum.Of("intelmq.messages.dead_lettered", "bot"));
        Assert.Equal(counts.Parked, sum.Of("intelmq.messages.parked", "bot"));
        Assert.Equal(counts.Retries, sum.Of("intelmq.retries", "test.bot"));
        Assert.Equal(3, sum.Values("intelmq.invocation.duration").Count);

        static void Work(Event input, IOutbox outbox)
        {
            switch (input[Fields.Comment].AsText()!.Split(' ')[0])
            {
                case "pass":
                    outbox.Send(input, input);
                    break;
                case "side":
                    outbox.Send(input, input, "side");
                    break;
                case "bad":
                    throw new InvalidRecordException("bad");
                case "down":
                    throw new TransientException("down");
            }
        }
    }

    [Fact]
    public async Task An_invocation_that_is_not_durable_counts_nothing()
    {
        using var sum = new MeterSum();
        using var bench = new Bench();
        await using (var runner = await bench.StartAsync(new ScriptedExpert((input, outbox) => outbox.Send(input, input)), new ExpertParameters()))
        {
            await runner.InvokeAsync([bench.Deliver(Bench.EventWith("a"))], Cancellation);
        }

        Assert.Equal(0, sum.Of("intelmq.messages.in"));
        Assert.Equal("not_durable", Assert.Single(sum.Tags("intelmq.invocation.duration"))["error.type"]);
    }

    [Fact]
    public async Task Calls_repeated_within_an_invocation_are_retries()
    {
        using var sum = new MeterSum();
        using var bench = new Bench();
        var calls = 0;
        await using var runner = await bench.StartAsync(
            new ScriptedBatchExpert((_, _) =>
            {
                if (++calls < 3)
                {
                    throw new TransientException("down");
                }
            }),
            new ExpertParameters());
        bench.Clock.AutoAdvanceAmount = TimeSpan.FromSeconds(1);
        var running = runner.InvokeAsync([bench.Deliver(Bench.EventWith("a"))], Cancellation);
        while (!running.IsCompleted)
        {
            bench.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        runner.TellSent(await running);
        Assert.Equal(2, sum.Of("intelmq.retries"));
    }

    [Fact]
    public async Task Queues_are_looked_at_for_listeners_only_and_not_too_often()
    {
        var folder = Directory.CreateTempSubdirectory("intelmq-runtime-").FullName;
        try
        {
            var clock = new FakeTimeProvider();
            var depths = new CountingDepths(clock);
            var app = new CompiledApp
            {
                Transport = "made-up",
                Pipeline = "runtime.yaml",
                Assemblies = [],
                Functions = [],
                Queues = [new CompiledQueue("a-queue", "made-up", "a", 1000), new CompiledQueue("b-queue", "other", "b", 1000)],
            };
            using var http = new HttpClients(clock);
            var services = LocalFunctionServices.Open(folder, folder, NullLoggerFactory.Instance, clock, http) with { Depths = new Lazy<IReadOnlyList<IQueueDepths>>(() => [new FailingDepths(), depths]) };
            await services.Parked.AddAsync([new ParkedEntry("x", "a-queue", "{}"u8.ToArray(), 7, clock.GetUtcNow(), 1, null)], Cancellation);
            using var gauges = new QueueGauges(new QueueLook(app, services, NullLogger.Instance), services);
            Assert.Equal(0, depths.Looks);

            using var sum = new MeterSum();
            await UntilAsync(() => sum.Of("intelmq.queue.depth", "a-queue") == 5);
            Assert.Equal(120, sum.Of("intelmq.queue.age", "a-queue"));
            Assert.Equal(7, sum.Of("intelmq.queue.parked", "a-queue"));
            Assert.Equal(0, sum.Of("intelmq.queue.depth", "b-queue"));
            Assert.Equal(1, depths.Looks);

            clock.Advance(TimeSpan.FromSeconds(31));
            await UntilAsync(() => depths.Looks == 2);

            async Task UntilAsync(Func<bool> isSo)
            {
                for (var patience = 0; patience < 3000; patience++)
                {
                    sum.Observe();
                    if (isSo())
                    {
                        return;
                    }

                    await Task.Delay(10, Cancellation);
                }

                Assert.Fail("The gauges do not show what is there.");
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // One broker that does not answer hides no other.
    private sealed class FailingDepths : IQueueDepths
    {
        public string Transport => "other";

        public ValueTask<QueueDepth?> LookAsync(string entity, CancellationToken cancellation) => throw new TransientException("The broker is down.");
    }

    private sealed class CountingDepths(TimeProvider clock) : IQueueDepths
    {
        private int _looks;

        public int Looks => _looks;

        public string Transport => "made-up";

        public ValueTask<QueueDepth?> LookAsync(string entity, CancellationToken cancellation)
        {
            Interlocked.Increment(ref _looks);
            return ValueTask.FromResult<QueueDepth?>(new QueueDepth(5, clock.GetUtcNow() - TimeSpan.FromMinutes(2)));
        }
    }
}
