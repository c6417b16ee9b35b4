// The embedded transport by itself: what was committed is there when the folder is opened again, and nothing else.
using IntelMq.Bots;
using IntelMq.FunctionsHost.Embedded;
using IntelMq.Runtime;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IntelMq.FunctionsHost.Tests;

public sealed class EmbeddedStoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("intelmq-store-").FullName;
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task State_is_what_was_committed_however_much_there_is()
    {
        // More keys than are kept beside the table, and more commits than rows of changes are kept: the table takes them over several times.
        var random = new Random(20240601);
        var model = new Dictionary<int, int>();
        for (var opening = 0; opening < 3; opening++)
        {
            using var store = EmbeddedStore.Open(_folder, _clock);
            using var state = store.StateOf("bot");
            await AssertHoldsAsync(state, model, random);
            for (var invocation = 0; invocation < 4000; invocation++)
            {
                var changes = Enumerable.Range(0, random.Next(60)).Select(_ => (Key: random.Next(120_000), Value: random.Next())).DistinctBy(change => change.Key).ToArray();
                var removed = Enumerable.Range(0, random.Next(3)).Select(_ => random.Next(120_000)).ToArray();
                await state.PutAsync(changes.Select(change => new StateItem(Bytes(change.Key), Bytes(change.Value))).ToArray(), null, TestContext.Current.CancellationToken);
                await state.RemoveAsync(removed.Select(Bytes).ToArray(), TestContext.Current.CancellationToken);
                if (random.Next(10) == 0)
                {
                    state.Discard();
                    continue;
                }

                store.Commit(new InvocationPart(store.Queue("queue"), [], new InvocationResult(), state));
                foreach (var (key, value) in changes)
                {
                    model[key] = value;
                }

                foreach (var key in removed)
                {
                    model.Remove(key);
                }
            }

            await AssertHoldsAsync(state, model, random);
        }
    }

    [Fact]
    public async Task State_expires_whether_the_table_has_it_or_not()
    {
        using var store = EmbeddedStore.Open(_folder, _clock);
        using var state = store.StateOf("bot");
        var keys = Enumerable.Range(0, 70_000).Select(Bytes).ToArray();
        foreach (var part in keys.Chunk(10_000))
        {
            await state.PutIfAbsentAsync(part.Select(key => new StateItem(key, [1])).ToArray(), TimeSpan.FromHours(1), TestContext.Current.CancellationToken);
            store.Commit(new InvocationPart(store.Queue("queue"), [], new InvocationResult(), state));
        }

        byte[][] probes = [keys[0], keys[^1]];
        Assert.All(await state.GetAsync(probes, TestContext.Current.CancellationToken), Assert.NotNull);
        _clock.Advance(TimeSpan.FromHours(2));
        Assert.All(await state.GetAsync(probes, TestContext.Current.CancellationToken), Assert.Null);
    }

    [Fact]
    public void Frames_come_back_as_they_went_while_segments_are_used_again()
    {
        var random = new Random(7);
        var waiting = new Queue<(byte[] Frame, QueuedFrame Place)>();
        for (var opening = 0; opening < 2; opening++)
        {
            using var store = EmbeddedStore.Open(_folder, _clock);
            using var state = store.StateOf("bot");
            var queue = store.Queue("queue");
            waiting = new(waiting.Select(item => (item.Frame, queue.Take(1, 1, 0)[0])).ToArray());
            for (var round = 0; round < 150; round++)
            {
                var frame = new byte[random.Next(1, 1_000_000)];
                random.NextBytes(frame);
                store.Send([new OutgoingFrame("queue", frame, 1)]);
                waiting.Enqueue((frame, queue.Take(1, 1, 0)[0]));
                while (waiting.Count > 40)
                {
                    var (expected, place) = waiting.Dequeue();
                    var read = new byte[expected.Length];
                    store.Read(place, read);
                    Assert.True(expected.AsSpan().SequenceEqual(read));
                    store.Commit(new InvocationPart(queue, [place], new InvocationResult(), state));
                }
            }
        }

        // 40 frames of half a megabyte on the average need two segments or three; four may lie spare until the folder is closed.
        Assert.InRange(Directory.GetFiles(Path.Combine(_folder, "transport", "segments")).Length, 1, 6);
    }

    private static byte[] Bytes(int number) => BitConverter.GetBytes(number);

    private static async Task AssertHoldsAsync(EmbeddedState state, Dictionary<int, int> model, Random random)
    {
        var keys = model.Keys.Take(2000).Concat(Enumerable.Range(0, 2000).Select(_ => random.Next(130_000))).ToArray();
        var values = await state.GetAsync(keys.Select(Bytes).ToArray(), TestContext.Current.CancellationToken);
        for (var i = 0; i < keys.Length; i++)
        {
            Assert.Equal(model.TryGetValue(keys[i], out var value) ? Bytes(value) : null, values[i]);
        }
    }
}
