// What every transport has to do, observed on a real broker.
using System.Diagnostics;
using System.Globalization;
using System.Text;
using IntelMq.FunctionsHost.Transports;
using IntelMq.Pipeline;
using IntelMq.Runtime;

namespace IntelMq.EndToEnd.Tests.Transports;

/// <summary>Looks at one property each, on a queue of its own, and tells in words what was seen; what must not be is an assertion.</summary>
internal static class TransportProperties
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Every message is received until it is completed, whatever fails on the way, and then no more.</summary>
    public static async Task<string> AtLeastOnceAsync(TransportSubject subject)
    {
        var queue = subject.Queue("dedup-queue");
        await using var transport = await subject.OpenAsync(Cancellation);
        var texts = Enumerable.Range(0, 24).Select(number => string.Create(CultureInfo.InvariantCulture, $"{{\"number\":{number}}}")).ToArray();
        await transport.CompleteAsync([], texts.Select(text => new QueuedText(queue, text)).ToArray(), Cancellation);
        var (done, failed, again) = (new List<string>(), new HashSet<string>(), 0);
        while (done.Count < texts.Length)
        {
            var batch = await NextAsync(transport, queue, poison: false, subject.IsMany ? 4 : 1);
            var received = batch.Select(TextOf).ToArray();
            if (received.Any(text => text.EndsWith("5}", StringComparison.Ordinal) && failed.Add(text)))
            {
                await transport.AbandonAsync(batch, Cancellation);
                again += batch.Count;
                continue;
            }

            // What is made of a batch is there when the batch is not.
            await transport.CompleteAsync(batch, [new QueuedText(subject.Queue("taxonomy-queue"), received[0])], Cancellation);
            done.AddRange(received);
        }

        Assert.Equal(texts.Order(), done.Order());
        Assert.Equal(0, await DepthAsync(transport, queue, 0));
        Assert.True(await transport.DepthAsync(subject.Queue("taxonomy-queue"), poison: false, Cancellation) > 0);
        Assert.True(again >= 2);
        return "comes again until it is completed";
    }

    /// <summary>Which messages are received in the order in which they were sent.</summary>
    public static async Task<string> OrderAsync(TransportSubject subject)
    {
        var queue = subject.Queue("url2fqdn-queue");
        await using var transport = await subject.OpenAsync(Cancellation);
        for (var round = 0; round < 10; round++)
        {
            var texts = Enumerable.Range(0, 4).Select(key => new QueuedText(queue, Text(round, key))).ToArray();
            await transport.CompleteAsync([], texts, Cancellation);
        }

        var received = new List<(string Key, int Number)>();
        while (received.Count < 40)
        {
            var batch = await NextAsync(transport, queue, poison: false, subject.IsMany ? 8 : 1);
            await transport.CompleteAsync(batch, [], Cancellation);
            received.AddRange(batch.Select(message => (message.Key ?? message.Partition, int.Parse(TextOf(message), CultureInfo.InvariantCulture))));
        }

        Assert.Equal(Enumerable.Range(0, 40), received.Select(message => message.Number).Order());
        if (received.Select(message => message.Number).SequenceEqual(Enumerable.Range(0, 40)))
        {
            return "as they were sent, one call at a time";
        }

        Assert.True(subject.IsMany, "Only a broker with partitions may give messages in another order.");
        foreach (var key in received.GroupBy(message => message.Key, message => message.Number))
        {
            Assert.Equal(key.Order(), key);
        }

        return subject.Name == "kafka" ? "as they were sent, by key" : "as they were sent, by partition";

        string Text(int round, int key)
        {
            var text = (round * 4 + key).ToString(CultureInfo.InvariantCulture);
            return subject.Name == "kafka" ? new KafkaEnvelope(text, $"key {key}").Write() : text;
        }
    }

    /// <summary>A frame of the longest kind arrives as it was; one that is too long is refused and never cut.</summary>
    public static async Task<string> SizeLimitAsync(TransportSubject subject)
    {
        var queue = subject.Queue("filter-queue");
        await using var transport = await subject.OpenAsync(Cancellation);
        var random = new Random(5);
        foreach (var length in (int[])[1, queue.FrameLimit - 1, queue.FrameLimit])
        {
            var text = Base64(random, length);
            await transport.CompleteAsync([], [new QueuedText(queue, text)], Cancellation);
            var batch = await NextAsync(transport, queue, poison: false, 1);
            Assert.Equal(text, TextOf(Assert.Single(batch)));
            await transport.CompleteAsync(batch, [], Cancellation);
        }

        var limit = $"{queue.FrameLimit / 1024} KiB of text";
        var longer = new QueuedText(queue, Base64(random, queue.FrameLimit * 3 / 2));
        try
        {
            await transport.CompleteAsync([], [longer], Cancellation);
        }
        catch (TransportException)
        {
            Assert.Equal(0, await DepthAsync(transport, queue, 0));
            return limit + "; more is refused";
        }

        var received = await NextAsync(transport, queue, poison: false, 1);
        Assert.Equal(longer.Text, TextOf(Assert.Single(received)));
        await transport.CompleteAsync(received, [], Cancellation);
        return limit + "; more arrives too";
    }

    /// <summary>What becomes of a message on which every call fails.</summary>
    public static async Task<string> PoisonAsync(TransportSubject subject)
    {
        var queue = subject.Queue("output-queue");
        await using var transport = await subject.OpenAsync(Cancellation);
        await transport.CompleteAsync([], [new QueuedText(queue, "poison"), new QueuedText(queue, "behind it")], Cancellation);
        var tries = 0;

        // Batches are tried again after pauses that grow; three tells as much as twelve.
        var most = subject.IsMany ? 3 : 12;
        var patience = Stopwatch.StartNew();
        while (tries < most && !(queue.Poison is not null && tries >= 5 && await transport.DepthAsync(queue, poison: true, Cancellation) > 0))
        {
            Assert.True(patience.Elapsed < s_patience, "The message is neither given again nor set aside.");
            if (await transport.ReceiveAsync(queue, poison: false, 1, Cancellation) is not { Count: > 0 } batch)
            {
                // A broker may take a moment to set a message aside.
                await Task.Delay(20, Cancellation);
                continue;
            }

            if (TextOf(batch[0]) == "poison")
            {
                tries++;
                await transport.AbandonAsync(batch, Cancellation);
            }
            else
            {
                await transport.CompleteAsync(batch, [], Cancellation);
            }
        }

        if (tries < most)
        {
            var given = await NextAsync(transport, queue, poison: true, 1);
            Assert.Equal("poison", TextOf(Assert.Single(given)));
            await transport.CompleteAsync(given, [], Cancellation);
            Assert.Equal(0, await DepthAsync(transport, queue, 0, poison: true));
            return string.Create(CultureInfo.InvariantCulture, $"set aside after {tries} deliveries");
        }

        Assert.True(subject.IsMany, "A broker that counts deliveries must set the message aside.");
        return "tried again for ever; its partition waits";
    }

    /// <summary>A pipeline whose host is killed in the middle, and started again over the same broker, gives every event once.</summary>
    public static async Task<string> KillAsync(TransportSubject subject)
    {
        await subject.RenewAsync();
        using var run = await KilledRun.PrepareAsync(1500);
        string[] arguments = ["--transport", subject.Name, .. subject.Connection is { } connection ? ["--connection", connection] : Array.Empty<string>(), "--invoke", "http"];
        await run.KillAsync(arguments);
        Assert.Equal(run.Wanted, await run.FinishAsync(arguments));
        return "every event, none twice in the file";
    }

    /// <summary>Events whose sink is down wait in the park store and use up no delivery.</summary>
    public static async Task<string> ParkingAsync(TransportSubject subject)
    {
        await subject.RenewAsync();
        using var run = await KilledRun.PrepareAsync(200, isBusy: true);
        string[] arguments = ["--transport", subject.Name, .. subject.Connection is { } connection ? ["--connection", connection] : Array.Empty<string>()];
        Assert.Equal(run.Wanted, await run.FinishAsync(arguments));
        Assert.True(run.Parked > 0);
        return "waits, and comes when the sink is back";
    }

    private static string TextOf(TransportMessage message) => Encoding.UTF8.GetString(message.Text.Span);

    private static string Base64(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return Convert.ToBase64String(bytes)[..length];
    }

    private static async Task<IReadOnlyList<TransportMessage>> NextAsync(ITransport transport, CompiledQueue queue, bool poison, int most)
    {
        var patience = Stopwatch.StartNew();
        while (true)
        {
            if (await transport.ReceiveAsync(queue, poison, most, Cancellation) is { Count: > 0 } batch)
            {
                return batch;
            }

            Assert.True(patience.Elapsed < s_patience, $"Nothing comes from the queue '{queue.Name}'.");
            await Task.Delay(20, Cancellation);
        }
    }

    // Some brokers tell their depth a little late.
    private static async Task<long> DepthAsync(ITransport transport, CompiledQueue queue, long expected, bool poison = false)
    {
        var patience = Stopwatch.StartNew();
        while (true)
        {
            var depth = await transport.DepthAsync(queue, poison, Cancellation);
            if (depth == expected || patience.Elapsed > TimeSpan.FromSeconds(10))
            {
                return depth;
            }

            await Task.Delay(20, Cancellation);
        }
    }
}
