// Service Bus as the local host uses it, with the service's own client against a broker in this process.
using IntelMq.Bots;
using IntelMq.FunctionsHost.Transports;
using static IntelMq.FunctionsHost.Tests.Transports.ServiceBusBench;

namespace IntelMq.FunctionsHost.Tests.Transports;

public sealed class ServiceBusTransportTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_function_made_is_sent_and_its_message_is_gone()
    {
        await using var bench = ServiceBusBench.Start();
        var transport = await bench.OpenAsync();
        await transport.SendAsync(A, "in");
        var batch = await transport.WaitAsync(A);
        var message = Assert.Single(batch);
        Assert.Equal(("in", 1, 1L), (message.Utf8(), message.Deliveries, message.Sequence));
        Assert.Equal(bench.Clock.GetUtcNow(), message.Enqueued);

        // A message that is being handled counts.
        Assert.Equal(1, await transport.DepthAsync(A, poison: false, Cancellation));
        await transport.CompleteAsync(batch, [new QueuedText(B, "out 1"), new QueuedText(B, "out 2")], Cancellation);
        Assert.Equal((0, 2), (await transport.DepthAsync(A, poison: false, Cancellation), await transport.DepthAsync(B, poison: false, Cancellation)));
        Assert.Equal("out 1", (await transport.WaitAsync(B))[0].Utf8());
        Assert.Equal("out 2", (await transport.WaitAsync(B))[0].Utf8());
        Assert.Empty(await transport.ReceiveAsync(B, poison: false, 1, Cancellation));
    }

    [Fact]
    public async Task A_message_that_failed_comes_again_and_after_five_deliveries_lies_with_the_dead_letters()
    {
        await using var bench = ServiceBusBench.Start();
        var transport = await bench.OpenAsync();
        await transport.SendAsync(A, "bad");
        for (var delivery = 1; delivery <= 5; delivery++)
        {
            var batch = await transport.WaitAsync(A);
            Assert.Equal(("bad", delivery, "1"), (batch[0].Utf8(), batch[0].Deliveries, batch[0].Id));
            await transport.AbandonAsync(batch, Cancellation);
        }

        Assert.Equal((0, 1), bench.Broker.Count("a"));
        Assert.Equal(1, await transport.DepthAsync(A, poison: true, Cancellation));
        Assert.Empty(await transport.ReceiveAsync(A, poison: false, 1, Cancellation));
        var poison = await transport.WaitAsync(A, poison: true);
        Assert.Equal(("bad", true), (poison[0].Utf8(), poison[0].Poison));
        await transport.CompleteAsync(poison, [], Cancellation);
        Assert.Equal((0, 0), bench.Broker.Count("a"));
    }

    [Fact]
    public async Task A_message_is_hidden_while_it_is_handled_also_for_longer_than_its_lock()
    {
        await using var bench = ServiceBusBench.Start();
        var (first, second) = (await bench.OpenAsync(), await bench.OpenAsync());
        await first.SendAsync(A, "long");
        var held = await first.WaitAsync(A);
        for (var seconds = 0; seconds < 150; seconds++)
        {
            // Slowly where the renewal is overdue: it goes through a network.
            bench.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(bench.Broker.FirstLockEnd("a") - bench.Clock.GetUtcNow() > TimeSpan.FromSeconds(20) ? 5 : 500, Cancellation);
            Assert.Empty(await second.ReceiveAsync(A, poison: false, 1, Cancellation));
        }

        await first.CompleteAsync(held, [], Cancellation);
        Assert.Equal((0, 0), bench.Broker.Count("a"));
    }

    [Fact]
    public async Task A_message_that_is_handled_for_too_long_comes_again_and_completing_it_then_is_no_error()
    {
        await using var bench = ServiceBusBench.Start();
        var first = await bench.OpenAsync(new ServiceBusTriggerOptions { MaxAutoLockRenewalDuration = TimeSpan.Zero });
        var second = await bench.OpenAsync();
        await first.SendAsync(A, "hanging");
        var lost = await first.WaitAsync(A);
        bench.Clock.Advance(TimeSpan.FromMinutes(2));
        var again = await second.WaitAsync(A);
        Assert.Equal((2, lost[0].Id), (again[0].Deliveries, again[0].Id));
        await first.CompleteAsync(lost, [], Cancellation);
        await first.AbandonAsync(lost, Cancellation);
        Assert.Equal((1, 0), bench.Broker.Count("a"));
        await second.CompleteAsync(again, [], Cancellation);
        Assert.Equal((0, 0), bench.Broker.Count("a"));
    }

    [Fact]
    public async Task What_a_host_held_that_is_gone_comes_again()
    {
        await using var bench = ServiceBusBench.Start();
        var killed = await bench.OpenAsync(new ServiceBusTriggerOptions { MaxAutoLockRenewalDuration = TimeSpan.Zero });
        await killed.SendAsync(A, "1", "2");
        Assert.Equal("1", (await killed.WaitAsync(A))[0].Utf8());
        Assert.Equal("2", (await killed.WaitAsync(A))[0].Utf8());
        bench.Broker.DropConnections();
        bench.Clock.Advance(TimeSpan.FromMinutes(2));
        var next = await bench.OpenAsync();
        var seen = new List<(string, int)>();
        for (var i = 0; i < 2; i++)
        {
            var batch = await next.WaitAsync(A);
            seen.Add((batch[0].Utf8(), batch[0].Deliveries));
            await next.CompleteAsync(batch, [], Cancellation);
        }

        Assert.Equal([("1", 2), ("2", 2)], seen);
    }

    [Fact]
    public async Task Two_receivers_never_have_the_same_message()
    {
        await using var bench = ServiceBusBench.Start();
        var transports = new[] { await bench.OpenAsync(), await bench.OpenAsync() };
        var sent = Enumerable.Range(0, 60).Select(number => $"message {number}").ToArray();
        await transports[0].SendAsync(A, sent);
        var seen = await Task.WhenAll(transports.Select(async transport =>
        {
            var mine = new List<string>();
            while (await transport.DepthAsync(A, poison: false, Cancellation) > 0)
            {
                var batch = await transport.ReceiveAsync(A, poison: false, 4, Cancellation);
                mine.AddRange(batch.Select(message => message.Utf8()));
                await transport.CompleteAsync(batch, [], Cancellation);
            }

            return mine;
        }));
        Assert.All(seen, mine => Assert.NotEmpty(mine));
        Assert.Equal(sent.Order(), seen.SelectMany(mine => mine).Order());
    }

    [Fact]
    public async Task Up_to_64_messages_are_counted_where_nobody_tells_their_number()
    {
        await using var bench = ServiceBusBench.Start();
        var transport = await bench.OpenAsync();
        await transport.SendAsync(A, [.. Enumerable.Repeat("x", 63)]);
        Assert.Equal(63, await transport.DepthAsync(A, poison: false, Cancellation));
        await transport.SendAsync(A, [.. Enumerable.Repeat("x", 7)]);
        Assert.Equal(64, await transport.DepthAsync(A, poison: false, Cancellation));
    }

    [Fact]
    public async Task A_full_frame_passes_and_what_is_larger_than_the_broker_takes_is_told()
    {
        await using var bench = ServiceBusBench.Start();
        var transport = await bench.OpenAsync();
        var full = new string('x', A.FrameLimit);
        await transport.SendAsync(A, full);
        Assert.Equal(full, (await transport.WaitAsync(A))[0].Utf8());
        var error = await Assert.ThrowsAsync<TransportException>(async () => await transport.SendAsync(A, new string('x', 256 * 1024)));
        Assert.Contains("The queue 'a' cannot be written to", error.Message, StringComparison.Ordinal);
        Assert.Contains("262144 bytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broker_that_is_gone_is_told_and_one_that_is_back_is_used_again()
    {
        await using var bench = ServiceBusBench.Start();
        var options = new ServiceBusTriggerOptions { MaxAutoLockRenewalDuration = TimeSpan.Zero };
        options.Retries.MaxRetries = 0;
        var transport = await bench.OpenAsync(options);
        await transport.SendAsync(A, "in");
        var held = await transport.WaitAsync(A);
        bench.Broker.Stop();
        await Assert.ThrowsAsync<TransportException>(async () => await transport.CompleteAsync(held, [new QueuedText(B, "out")], Cancellation));
        await Assert.ThrowsAsync<TransportException>(async () => await transport.DepthAsync(A, poison: false, Cancellation));
        await Assert.ThrowsAsync<TransportException>(async () => await transport.WaitAsync(A));
        bench.Broker.Restart();
        bench.Clock.Advance(TimeSpan.FromMinutes(2));
        var again = await AgainAsync(() => transport.WaitAsync(A));
        Assert.Equal("in", again[0].Utf8());
        await transport.CompleteAsync(again, [new QueuedText(B, "out")], Cancellation);
        Assert.Equal("out", (await transport.WaitAsync(B))[0].Utf8());
    }

    [Fact]
    public async Task A_cut_connection_is_made_again_and_the_message_in_hand_can_be_completed()
    {
        await using var bench = ServiceBusBench.Start();
        var transport = await bench.OpenAsync();
        await transport.SendAsync(A, "in");
        var held = await transport.WaitAsync(A);
        bench.Broker.DropConnections();
        await transport.CompleteAsync(held, [new QueuedText(B, "out")], Cancellation);
        Assert.Equal("out", (await transport.WaitAsync(B))[0].Utf8());
        Assert.Equal((0, 0), bench.Broker.Count("a"));
    }

    [Fact]
    public async Task What_nobody_took_from_a_host_that_ends_comes_again()
    {
        await using var bench = ServiceBusBench.Start();
        var (first, second) = (await bench.OpenAsync(), await bench.OpenAsync());
        Assert.Empty(await first.ReceiveAsync(A, poison: false, 1, Cancellation));
        await second.SendAsync(A, "in");
        while (bench.Broker.FirstLockEnd("a") is null)
        {
            await Task.Delay(10, Cancellation);
        }

        // What was on its way when the client stopped asking stays locked for its time, as on the service.
        await first.DisposeAsync();
        bench.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal("in", (await second.WaitAsync(A))[0].Utf8());
    }

    [Fact]
    public async Task A_missing_queue_is_named_with_the_cure()
    {
        await using var bench = ServiceBusBench.Start();
        var connection = NamespaceConnection.Read(bench.Broker.ConnectionString, "service-bus");
        var error = await Assert.ThrowsAsync<BotConfigurationException>(() => ServiceBusTransport.OpenAsync(
            connection, [A, A with { Entity = "c" }], new ServiceBusTriggerOptions(), bench.Clock, Cancellation));
        Assert.Contains("has no queue 'c'. Make each with 'az servicebus queue create", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "needs '--connection'")]
    [InlineData("nonsense", "which is no namespace")]
    [InlineData("a=b", "cannot be read")]
    [InlineData("Endpoint=sb://x.servicebus.windows.net;SharedAccessKeyName=a;SharedAccessKey=bWVybA==", "Keys of namespaces are not used here")]
    public void A_connection_that_is_none_is_told_with_the_cure(string? text, string expected)
    {
        var error = Assert.Throws<BotConfigurationException>(() => NamespaceConnection.Read(text, "service-bus"));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains("UseDevelopmentEmulator=true", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("bWVybA", error.Message, StringComparison.Ordinal);
    }

    private static async Task<T> AgainAsync<T>(Func<Task<T>> attempt)
    {
        for (var attempts = 1; ; attempts++)
        {
            try
            {
                return await attempt();
            }
            catch (TransportException) when (attempts < 50)
            {
                await Task.Delay(100, Cancellation);
            }
        }
    }
}
