// Event Hubs as the local host uses it, with the service's own client against a broker in this process.
using IntelMq.Bots;
using IntelMq.FunctionsHost.Transports;
using static IntelMq.FunctionsHost.Tests.Transports.EventHubsBench;

namespace IntelMq.FunctionsHost.Tests.Transports;

public sealed class EventHubsTransportTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_batch_is_of_one_partition_in_order_and_nothing_goes_past_it()
    {
        await using var bench = EventHubsBench.Start();
        var transport = await bench.OpenAsync();
        await transport.SendAsync(A, Numbers(0, 12));
        var seen = new List<string>();
        while (seen.Count < 12)
        {
            var batch = await transport.WaitAsync(A, most: 5);
            Assert.InRange(batch.Count, 1, 5);
            Assert.All(batch, message => Assert.Equal((0, "0", bench.Clock.GetUtcNow()), (message.Deliveries, message.Partition, message.Enqueued)));
            Assert.Equal(seen.Count, batch[0].Sequence);
            Assert.Equal($"0/{seen.Count}", batch[0].Id);
            Assert.Empty(await transport.ReceiveAsync(A, poison: false, 5, Cancellation));
            Assert.Equal(12 - seen.Count, await transport.DepthAsync(A, poison: false, Cancellation));
            seen.AddRange(batch.Select(message => message.Utf8()));
            await transport.CompleteAsync(batch, [], Cancellation);
        }

        Assert.Equal(Numbers(0, 12), seen);
        Assert.Equal(0, await transport.DepthAsync(A, poison: false, Cancellation));
    }

    [Fact]
    public async Task Frames_beside_each_other_go_to_the_partitions_in_turn_and_those_are_worked_on_beside_each_other()
    {
        await using var bench = EventHubsBench.Start();
        var transport = await bench.OpenAsync();
        await transport.SendAsync(B, Numbers(0, 6));
        Assert.Equal([2, 2], bench.Broker.Last("b"));
        var one = await transport.WaitAsync(B, most: 8);
        var other = await transport.WaitAsync(B, most: 8);
        Assert.Equal(["0", "1"], new[] { one[0].Partition, other[0].Partition }.Order());
        Assert.Equal(6, await transport.DepthAsync(B, poison: false, Cancellation));

        // What comes out goes on before the position moves.
        await transport.CompleteAsync(one, [new QueuedText(A, "out")], Cancellation);
        Assert.Equal("out", (await transport.WaitAsync(A))[0].Utf8());
        Assert.Equal(6 - one.Count, await transport.DepthAsync(B, poison: false, Cancellation));
    }

    [Fact]
    public async Task A_batch_that_failed_comes_again_after_a_pause_until_it_is_done()
    {
        await using var bench = EventHubsBench.Start();
        var transport = await bench.OpenAsync();
        await transport.SendAsync(A, "1", "2");
        await transport.SendAsync(A, "3");
        var batch = await transport.WaitAsync(A, most: 1);
        for (var tries = 1; tries <= 7; tries++)
        {
            await transport.AbandonAsync(batch, Cancellation);
            bench.Clock.Advance(TimeSpan.FromSeconds(Math.Min(300, 5 * Math.Pow(2, tries - 1))) - TimeSpan.FromSeconds(1));
            Assert.Empty(await transport.ReceiveAsync(A, poison: false, 1, Cancellation));
            bench.Clock.Advance(TimeSpan.FromSeconds(1));
            batch = await transport.WaitAsync(A, most: 1);
            Assert.Equal(("1", tries + 1), (Assert.Single(batch).Utf8(), batch[0].Deliveries));
        }

        Assert.Equal(3, await transport.DepthAsync(A, poison: false, Cancellation));
        await transport.CompleteAsync(batch, [], Cancellation);
        var next = await transport.WaitAsync(A, most: 1);
        Assert.Equal(("2", 0), (next[0].Utf8(), next[0].Deliveries));
        Assert.Empty(await transport.ReceiveAsync(A, poison: true, 1, Cancellation));
        Assert.Equal(0, await transport.DepthAsync(A, poison: true, Cancellation));
    }

    [Fact]
    public async Task A_host_that_is_gone_is_followed_by_one_that_begins_behind_the_last_position()
    {
        await using var bench = EventHubsBench.Start();
        var killed = await bench.OpenAsync();
        await killed.SendAsync(A, Numbers(0, 5));
        await killed.CompleteAsync(await killed.WaitAsync(A, most: 1), [], Cancellation);
        await killed.CompleteAsync(await killed.WaitAsync(A, most: 1), [], Cancellation);
        Assert.Equal("2", (await killed.WaitAsync(A, most: 1))[0].Utf8());
        var next = await bench.OpenAsync();
        Assert.Equal(3, await next.DepthAsync(A, poison: false, Cancellation));
        foreach (var expected in Numbers(2, 3))
        {
            var batch = await next.WaitAsync(A, most: 1);
            Assert.Equal(expected, batch[0].Utf8());
            await next.CompleteAsync(batch, [], Cancellation);
        }

        Assert.Equal(0, await next.DepthAsync(A, poison: false, Cancellation));
    }

    [Fact]
    public async Task A_hub_that_was_made_anew_is_read_from_its_beginning()
    {
        await using var bench = EventHubsBench.Start();
        var first = await bench.OpenAsync();
        await first.SendAsync(A, "old 1", "old 2");
        await first.CompleteAsync(await first.WaitAsync(A, most: 1), [], Cancellation);
        await first.CompleteAsync(await first.WaitAsync(A, most: 1), [], Cancellation);
        bench.Broker.AddHub("a", 1);
        var second = await bench.OpenAsync();
        await second.SendAsync(A, "new");
        Assert.Equal("new", (await second.WaitAsync(A))[0].Utf8());
    }

    [Fact]
    public async Task A_full_frame_passes_and_what_is_larger_than_the_broker_takes_is_told()
    {
        await using var bench = EventHubsBench.Start();
        var transport = await bench.OpenAsync();
        var full = new string('x', A.FrameLimit);
        await transport.SendAsync(A, full);
        Assert.Equal(full, (await transport.WaitAsync(A))[0].Utf8());
        var error = await Assert.ThrowsAsync<TransportException>(async () => await transport.SendAsync(A, new string('x', 1024 * 1024)));
        Assert.Contains("The hub 'a' cannot be written to", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broker_that_is_gone_is_told_and_one_that_is_back_is_used_again_without_a_gap()
    {
        await using var bench = EventHubsBench.Start();
        var options = new EventHubsTriggerOptions();
        options.Retries.MaximumRetries = 0;
        var transport = await bench.OpenAsync(options);
        await transport.SendAsync(A, Numbers(0, 4));
        var held = await transport.WaitAsync(A, most: 2);
        bench.Broker.Stop();
        await Assert.ThrowsAsync<TransportException>(async () => await transport.CompleteAsync(held, [new QueuedText(B, "out")], Cancellation));
        await Assert.ThrowsAsync<TransportException>(async () => await transport.DepthAsync(A, poison: false, Cancellation));
        bench.Broker.Restart();
        await transport.AbandonAsync(held, Cancellation);
        bench.Clock.Advance(TimeSpan.FromMinutes(1));
        var seen = new List<string>();
        while (seen.Count < 4)
        {
            try
            {
                var batch = await transport.WaitAsync(A, most: 2);
                await transport.CompleteAsync(batch, [new QueuedText(B, "out")], Cancellation);
                seen.AddRange(batch.Select(message => message.Utf8()));
            }
            catch (TransportException)
            {
                // What was asked before the broker was back.
                await Task.Delay(50, Cancellation);
            }
        }

        Assert.Equal(Numbers(0, 4), seen);
    }

    [Fact]
    public async Task A_cut_connection_costs_no_event_and_gives_none_twice()
    {
        await using var bench = EventHubsBench.Start();
        var transport = await bench.OpenAsync();
        var seen = new List<string>();
        for (var round = 0; round < 3; round++)
        {
            await transport.SendAsync(A, Numbers(round * 10, 10));
            while (seen.Count < (round + 1) * 10)
            {
                var batch = await transport.WaitAsync(A, most: 3);
                seen.AddRange(batch.Select(message => message.Utf8()));
                await transport.CompleteAsync(batch, [], Cancellation);
                if (seen.Count % 10 is > 3 and < 7)
                {
                    bench.Broker.DropConnections();
                }
            }
        }

        Assert.Equal(Numbers(0, 30), seen);
    }

    [Fact]
    public async Task A_missing_hub_is_named_with_the_cure()
    {
        await using var bench = EventHubsBench.Start();
        var connection = NamespaceConnection.Read(bench.Broker.ConnectionString, "event-hubs");
        var error = await Assert.ThrowsAsync<BotConfigurationException>(() => EventHubsTransport.OpenAsync(
            connection, [A, A with { Entity = "c" }], bench.Folder, new EventHubsTriggerOptions(), bench.Clock, Cancellation));
        Assert.Contains("has no hub 'c'. Make each with 'az eventhubs eventhub create", error.Message, StringComparison.Ordinal);
    }

    private static string[] Numbers(int first, int count) =>
        [.. Enumerable.Range(first, count).Select(number => number.ToString(System.Globalization.CultureInfo.InvariantCulture))];
}
