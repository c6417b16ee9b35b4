// The local host runs a pipeline: nothing lost, nothing twice, failures where they belong.
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using IntelMq.Bots;
using IntelMq.DataFormat;
using IntelMq.Runtime;
using Microsoft.Extensions.Time.Testing;

namespace IntelMq.FunctionsHost.Tests;

public sealed class LocalHostTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_run_brings_every_line_through_and_the_bad_one_to_the_dead_letters()
    {
        var kept = new ConcurrentBag<string>();
        using var pipeline = new PipelineOfTests { Collector = new TextCollector("a\nb\nbad\nc", "d"), Output = () => new KeepingOutput(kept) };
        await using var host = await pipeline.OpenAsync();

        var summary = await host.RunOnceAsync(Cancellation);

        Assert.Empty(summary.Problems);
        Assert.Equal(["a", "b", "c", "d"], kept.Order());
        var letter = Assert.Single(host.Store.DeadLetters.List());
        Assert.Equal("The line is bad.", letter.Error);
        var report = Assert.IsType<Report>(new EnvelopeReader(FieldCatalogue.Default).Read(System.Text.Encoding.UTF8.GetBytes(letter.Message)));
        Assert.Equal("bad", report.RawText);
        Assert.Equal("Test Feed", report[Fields.Feed.Name].AsText());
    }

    [Fact]
    public async Task A_report_larger_than_the_inline_limit_goes_through_the_claim_check_and_leaves_no_file_behind()
    {
        var lines = Enumerable.Range(0, 50_000).Select(i => $"line {i}").ToArray();
        var kept = new ConcurrentBag<string>();
        using var pipeline = new PipelineOfTests { Collector = new TextCollector(string.Join('\n', lines)), Output = () => new KeepingOutput(kept), QueueLimit = 1024 * 1024 };
        await using var host = await pipeline.OpenAsync();

        var summary = await host.RunOnceAsync(Cancellation);

        Assert.Empty(summary.Problems);
        Assert.Equal(lines.Order(), kept.Order());
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(pipeline.Folder, "claims")));
    }

    [Fact]
    public async Task A_second_run_collects_again_and_an_interrupted_one_is_finished_first()
    {
        var kept = new ConcurrentBag<string>();
        using var interrupt = new CancellationTokenSource();
        var collector = new TextCollector("a", "b");
        using var pipeline = new PipelineOfTests { Collector = collector, Output = () => new KeepingOutput(kept) };
        await using (var first = await pipeline.OpenAsync())
        {
            // What a crash between collecting and the end of the run leaves behind.
            first.Store.Runs.Once = "once-1";
            first.Store.Runs.Begin("collector", "once-1");
            first.Store.Collect("collector", "once-1", new CollectedFrames("text-0", [], 0));
        }

        await using (var second = await pipeline.OpenAsync())
        {
            await second.RunOnceAsync(Cancellation);
            Assert.Equal(["b"], kept);
            await second.RunOnceAsync(Cancellation);
        }

        Assert.Equal(["a", "b", "b"], kept.Order());
        Assert.Equal(3, collector.Opened);
    }

    [Fact]
    public async Task A_sink_that_is_down_for_ten_minutes_costs_no_event_and_no_dead_letter()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        var up = clock.GetUtcNow() + TimeSpan.FromMinutes(10);
        var kept = new ConcurrentBag<string>();
        var refused = 0;
        using var pipeline = new PipelineOfTests
        {
            Clock = clock,
            Collector = new TextCollector(string.Join('\n', Enumerable.Range(0, 1000))),
            Output = () => new KeepingOutput(kept, () => clock.GetUtcNow() < up && Interlocked.Increment(ref refused) > 0 ? new TransientException("The sink is down.") : null),
        };
        await using var host = await pipeline.OpenAsync();

        var run = host.RunOnceAsync(Cancellation);
        while (!run.IsCompleted)
        {
            clock.Advance(TimeSpan.FromMilliseconds(500));
            await Task.Delay(1, Cancellation);
        }

        Assert.Empty((await run).Problems);
        Assert.Equal(0, host.Store.DeadLetters.Count);
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => i.ToString(System.Globalization.CultureInfo.InvariantCulture)).Order(), kept.Order());
        Assert.True(refused > 10, $"The sink was asked only {refused} times.");
        Assert.True(clock.GetUtcNow() >= up);
    }

    [Fact]
    public async Task An_unexpected_error_is_tried_again_and_then_a_dead_letter_with_the_stack()
    {
        var clock = new FakeTimeProvider();
        var kept = new ConcurrentBag<string>();
        var attempts = 0;
        using var pipeline = new PipelineOfTests
        {
            Clock = clock,
            Collector = new TextCollector("a\nboom\nb"),
            Expert = () => new PassingExpert(input =>
            {
                if (input[Fields.Comment].TextEquals("boom"))
                {
                    attempts++;
                    FailWithABug();
                }
            }),
            ExpertParameters = new ExpertParameters { ErrorMaxRetries = 2, ErrorRetryDelay = 15 },
            Output = () => new KeepingOutput(kept),
        };
        await using var host = await pipeline.OpenAsync();

        var run = host.RunOnceAsync(Cancellation);
        while (!run.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1, Cancellation);
        }

        Assert.Equal(["a", "b"], kept.Order());
        Assert.Equal(3, attempts);
        var letter = Assert.Single(host.Store.DeadLetters.List("expert"));
        Assert.Equal("InvalidOperationException: a bug", letter.Error);
        Assert.Contains(nameof(FailWithABug), letter.Stack, StringComparison.Ordinal);
    }

    /// <summary>A frame that the stack of the dead letter must show: what is inlined has none.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void FailWithABug() => throw new InvalidOperationException("a bug");

    [Fact]
    public async Task A_dead_letter_that_is_edited_and_tried_again_comes_through()
    {
        var kept = new ConcurrentBag<string>();
        using var pipeline = new PipelineOfTests { Collector = new TextCollector("bad"), Output = () => new KeepingOutput(kept) };
        await using (var first = await pipeline.OpenAsync())
        {
            await first.RunOnceAsync(Cancellation);
            var letter = Assert.Single(first.Store.DeadLetters.List());
            first.Store.DeadLetters.Edit(letter, letter.Message.Replace("YmFk", "Z29vZA==", StringComparison.Ordinal), FieldCatalogue.Default);
            first.Store.DeadLetters.Retry(Assert.Single(first.Store.DeadLetters.Find(letter.Id.ToString()[..8])));
            Assert.Equal(0, first.Store.DeadLetters.Count);
        }

        await using var second = await pipeline.OpenAsync();
        second.Store.Runs.Once = "once-2";
        second.Store.Runs.Begin("collector", "once-2");
        second.Store.Runs.Complete("collector", "once-2");
        await second.RunOnceAsync(Cancellation);
        Assert.Equal(["good"], kept);
    }

    [Fact]
    public async Task A_bot_that_stops_keeps_its_messages_and_the_run_says_so()
    {
        using var pipeline = new PipelineOfTests
        {
            Collector = new TextCollector("a\nb"),
            Output = () => new KeepingOutput([], () => new InvalidOperationException("broken")),
            OutputParameters = new OutputParameters { ErrorMaxRetries = 0, ErrorProcedure = ErrorProcedure.Stop },
        };
        await using var host = await pipeline.OpenAsync();

        var summary = await host.RunOnceAsync(Cancellation);

        Assert.Contains("output stopped; 2 messages wait", Assert.Single(summary.Problems), StringComparison.Ordinal);
        Assert.Equal(0, host.Store.DeadLetters.Count);
    }

    [Fact]
    public async Task Two_processes_cannot_use_one_data_folder()
    {
        using var pipeline = new PipelineOfTests { Collector = new TextCollector(), Output = () => new KeepingOutput([]) };
        await using var host = await pipeline.OpenAsync();

        var error = await Assert.ThrowsAsync<Embedded.DataFolderException>(() => pipeline.OpenAsync());

        Assert.Contains("--data", error.Message, StringComparison.Ordinal);
    }
}
