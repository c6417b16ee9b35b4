// Invocations of experts: isolation, ids, paths, retries.
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Runtime.Tests;

public sealed class ExpertTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_repeated_invocation_makes_the_same_messages_with_the_same_ids()
    {
        using var bench = new Bench();
        await using var runner = await bench.StartAsync(
            new ScriptedExpert((input, outbox) =>
            {
                outbox.Send(input, input);
                outbox.Send(input, input);
            }),
            new ExpertParameters());
        var delivery = bench.Deliver(Bench.EventWith("a"), Bench.EventWith("b"));

        var first = Bench.Sent(await runner.InvokeAsync([delivery], Cancellation));
        var second = Bench.Sent(await runner.InvokeAsync([delivery], Cancellation));

        Assert.Equal(first.Select(message => message.Meta.Id), second.Select(message => message.Meta.Id));
        Assert.Equal(4, first.Select(message => message.Meta.Id).Distinct().Count());
        Assert.Equal(Bench.EventWith("a").Meta.Id, first[0].Meta.Parent);
        Assert.Equal(["bot"], first[0].Meta.Path);
    }

    [Fact]
    public async Task A_bad_event_takes_nothing_with_it_and_nothing_it_sent_goes_out()
    {
        using var bench = new Bench();
        await using var runner = await bench.StartAsync(
            new ScriptedExpert((input, outbox) =>
            {
                outbox.Send(input, input);
                if (input[Fields.Comment].TextEquals("b"))
                {
                    throw new InvalidRecordException("b is bad");
                }
            }),
            new ExpertParameters());

        var result = await runner.InvokeAsync([bench.Deliver(Bench.EventWith("a"), Bench.EventWith("b"), Bench.EventWith("c"))], Cancellation);

        Assert.Equal(["a", "c"], Bench.Comments(Bench.Sent(result)));
        Assert.Equal("b is bad", Assert.Single(result.DeadLetters).Error);
    }

    [Fact]
    public async Task A_line_that_is_no_message_becomes_a_dead_letter_with_its_text()
    {
        using var bench = new Bench();
        await using var runner = await bench.StartAsync(new ScriptedExpert((input, outbox) => outbox.Send(input, input)), new ExpertParameters());
        var good = EnvelopeWriter.ToText(Bench.EventWith("a"));

        var result = await runner.InvokeAsync([bench.DeliverText($"this is no JSON\n{good}\n{{\"__type\":\"Event\",\"source.ip\":\"no address\"}}\n{{\"format\":\"intelmq\",\"version\":9}}\n")], Cancellation);

        Assert.Equal(["a"], Bench.Comments(Bench.Sent(result)));
        Assert.Equal(["this is no JSON", "{\"__type\":\"Event\",\"source.ip\":\"no address\"}", "{\"format\":\"intelmq\",\"version\":9}"], result.DeadLetters.Select(letter => letter.Message));
        Assert.Equal(3, result.DeadLetters.Select(letter => letter.Id).Distinct().Count());
    }

    [Fact]
    public async Task A_flat_message_without_id_gets_one_from_where_it_stood()
    {
        using var bench = new Bench();
        await using var runner = await bench.StartAsync(new ScriptedExpert((input, outbox) => outbox.Send(input, input)), new ExpertParameters());
        var delivery = bench.DeliverText("{\"__type\":\"Event\",\"comment\":\"x\"}\n{\"__type\":\"Event\",\"comment\":\"x\"}\n");

        var first = Bench.Sent(await runner.InvokeAsync([delivery], Cancellation));
        var again = Bench.Sent(await runner.InvokeAsync([delivery], Cancellation));

        Assert.NotEqual(first[0].Meta.Id, first[1].Meta.Id);
        Assert.Equal(first.Select(message => message.Meta.Id), again.Select(message => message.Meta.Id));
    }

    [Fact]
    public async Task Load_balancing_goes_by_the_id_so_a_repetition_chooses_the_same_queue()
    {
        using var bench = new Bench();
        bench.Settings = bench.Settings with { Destinations = new Dictionary<string, IReadOnlyList<string>> { [Paths.Default] = ["one", "two", "three"] } };
        await using var runner = await bench.StartAsync(new ScriptedExpert((input, outbox) => outbox.Send(input, input)), new ExpertParameters { LoadBalance = true });
        var delivery = bench.Deliver(Enumerable.Range(0, 300).Select(i => Bench.EventWith($"event {i}")).ToArray());

        var first = await runner.InvokeAsync([delivery], Cancellation);
        var shares = new[] { "one", "two", "three" }.Select(queue => Bench.Comments(Bench.Sent(first, queue))).ToArray();
        var again = await runner.InvokeAsync([delivery], Cancellation);

        Assert.Equal(300, shares.Sum(share => share.Length));
        Assert.All(shares, share => Assert.InRange(share.Length, 60, 140));
        Assert.Equal(shares[1], Bench.Comments(Bench.Sent(again, "two")));
    }

    [Fact]
    public async Task Named_paths_lead_to_their_queues_and_unknown_ones_nowhere()
    {
        using var bench = new Bench();
        bench.Settings = bench.Settings with { Destinations = new Dictionary<string, IReadOnlyList<string>> { [Paths.Default] = ["next"], ["left"] = ["left-1", "left-2"] } };
        await using var runner = await bench.StartAsync(
            new ScriptedExpert((input, outbox) =>
            {
                outbox.Send(input, input, "left");
                outbox.Send(input, input, "nowhere");
            }),
            new ExpertParameters());

        var result = await runner.InvokeAsync([bench.Deliver(Bench.EventWith("a"))], Cancellation);

        Assert.Equal(["left-1", "left-2"], result.Frames.Select(frame => frame.Queue));
        Assert.Equal(1, result.Counts.Out);
    }

    [Fact]
    public async Task A_failed_message_goes_to_the_error_path_too()
    {
        using var bench = new Bench();
        bench.Settings = bench.Settings with { Destinations = new Dictionary<string, IReadOnlyList<string>> { [Paths.Default] = ["next"], [Paths.OnError] = ["errors"] } };
        await using var runner = await bench.StartAsync(new ScriptedExpert((_, _) => throw new InvalidRecordException("no")), new ExpertParameters());

        var result = await runner.InvokeAsync([bench.Deliver(Bench.EventWith("a"))], Cancellation);

        Assert.Equal(["a"], Bench.Comments(Bench.Sent(result, "errors")));
        Assert.Single(result.DeadLetters);
    }

    [Fact]
    public async Task Transient_failures_of_a_batch_are_tried_again_with_the_events_as_they_came_and_then_parked_untouched()
    {
        using var bench = new Bench();
        var attempts = 0;
        await using var runner = await bench.StartAsync(
            new ScriptedBatchExpert((batch, _) =>
            {
                attempts++;
                Assert.Equal("a", batch.Events[0][Fields.Comment].AsText());
                batch.Events[0][Fields.Comment] = "changed";
                throw new TransientException("down");
            }),
            new ExpertParameters());
        var message = Bench.EventWith("a");

        var invocation = runner.InvokeAsync([bench.Deliver(message)], Cancellation);
        while (!invocation.IsCompleted)
        {
            bench.Clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(1, Cancellation);
        }

        var result = await invocation;
        Assert.Equal(5, attempts);
        var parked = Assert.Single(result.Parked);
        Assert.Equal(0, parked.Attempt);
        var kept = Assert.Single(Bench.Messages(parked.Bytes));
        Assert.Equal("a", kept[Fields.Comment].AsText());
        Assert.Equal(message.Meta.Id, kept.Meta.Id);
        Assert.Empty(result.DeadLetters);
    }

    [Fact]
    public async Task The_pause_grows_with_the_outage_to_fifteen_minutes_and_ends_after_park_max_age()
    {
        using var bench = new Bench();
        await using var runner = await bench.StartAsync(new ScriptedExpert((_, _) => throw new TransientException("down")), new ExpertParameters { ErrorRetryDelay = 10, ParkMaxAge = 3600 });
        var now = bench.Clock.GetUtcNow();
        var frame = EnvelopeWriter.ToText(Bench.EventWith("a"));

        var early = await runner.InvokeAsync([bench.DeliverText(frame)], Cancellation);
        var later = await runner.InvokeAsync([bench.DeliverText(frame, 0, now - TimeSpan.FromMinutes(5))], Cancellation);
        var latest = await runner.InvokeAsync([bench.DeliverText(frame, 0, now - TimeSpan.FromMinutes(50))], Cancellation);
        var tooLate = await runner.InvokeAsync([bench.DeliverText(frame, 0, now - TimeSpan.FromMinutes(61))], Cancellation);

        Assert.Equal(now + TimeSpan.FromSeconds(10), early.Parked[0].Due);
        Assert.Equal(now + TimeSpan.FromMinutes(5), later.Parked[0].Due);
        Assert.Equal(now + TimeSpan.FromMinutes(15), latest.Parked[0].Due);
        Assert.Empty(tooLate.Parked);
        Assert.Single(tooLate.DeadLetters);
    }
}
