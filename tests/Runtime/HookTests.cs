// Hooks: they look on, change and replace; a throwing observer changes nothing.
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Runtime.Tests;

public sealed class HookTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_observer_that_throws_or_changes_things_changes_nothing()
    {
        var result = await RunAsync(new ScriptedHook(HookKind.Observe, HookPhase.BeforeProcess, call =>
        {
            call.Message![Fields.Comment] = "changed";
            call.Cancel = true;
            throw new InvalidOperationException("observer");
        }));

        Assert.Equal(["a", "b"], Bench.Comments(Bench.Sent(result)));
        Assert.Equal(2, result.Counts.HookErrors);
    }

    [Fact]
    public async Task Each_invocation_counts_its_own_errors_of_observers()
    {
        using var bench = new Bench();
        bench.Settings = bench.Settings with { Hooks = [new ScriptedHook(HookKind.Observe, HookPhase.Sending, _ => throw new InvalidOperationException("observer"))] };
        await using var runner = await bench.StartAsync(new ScriptedExpert((input, outbox) => outbox.Send(input, input)), new ExpertParameters());

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(1, (await runner.InvokeAsync([bench.Deliver(Bench.EventWith("a"))], Cancellation)).Counts.HookErrors);
        }
    }

    [Fact]
    public async Task A_transforming_hook_changes_what_the_bot_gets()
    {
        var result = await RunAsync(new ScriptedHook(HookKind.Transform, HookPhase.MessageReceived, call => call.Message![Fields.Comment] = call.Message[Fields.Comment] + "!"));

        Assert.Equal(["a!", "b!"], Bench.Comments(Bench.Sent(result)));
    }

    [Fact]
    public async Task A_transforming_hook_that_throws_fails_its_message_only()
    {
        var result = await RunAsync(new ScriptedHook(HookKind.Transform, HookPhase.BeforeProcess, call =>
        {
            if (call.Message![Fields.Comment].TextEquals("a"))
            {
                throw new InvalidRecordException("the hook says no");
            }
        }));

        Assert.Equal(["b"], Bench.Comments(Bench.Sent(result)));
        Assert.Equal("the hook says no", Assert.Single(result.DeadLetters).Error);
    }

    [Fact]
    public async Task A_replacing_hook_takes_over()
    {
        var result = await RunAsync(new ScriptedHook(HookKind.Replace, HookPhase.BeforeProcess, call =>
        {
            var input = (Event)call.Message!;
            var other = new Event();
            other[Fields.Comment] = "instead of " + input[Fields.Comment];
            call.Outbox!.Send(other, input);
            call.Cancel = true;
        }));

        Assert.Equal(["instead of a", "instead of b"], Bench.Comments(Bench.Sent(result)));
    }

    [Fact]
    public async Task Sending_can_be_cancelled_or_led_elsewhere()
    {
        var result = await RunAsync(new ScriptedHook(HookKind.Transform, HookPhase.Sending, call => call.Cancel = call.Message![Fields.Comment].TextEquals("a")));

        Assert.Equal(["b"], Bench.Comments(Bench.Sent(result)));
        Assert.Equal(1, result.Counts.Dropped);
    }

    [Fact]
    public async Task Every_phase_of_an_expert_is_called_in_order()
    {
        var phases = new List<HookPhase>();
        var hooks = Enum.GetValues<HookPhase>().Select(phase => new ScriptedHook(HookKind.Observe, phase, _ => phases.Add(phase))).ToArray();
        using var bench = new Bench();
        bench.Settings = bench.Settings with { Hooks = hooks };
        await using var runner = await bench.StartAsync(
            new ScriptedExpert((input, outbox) =>
            {
                outbox.Send(input, input);
                if (input[Fields.Comment].TextEquals("bad"))
                {
                    throw new InvalidRecordException("bad");
                }
            }),
            new ExpertParameters());
        var result = await runner.InvokeAsync([bench.Deliver(Bench.EventWith("good"), Bench.EventWith("bad"))], Cancellation);
        runner.TellSent(result);

        Assert.Equal(
            [
                HookPhase.Starting, HookPhase.MessageReceived, HookPhase.MessageReceived, HookPhase.BeforeProcess, HookPhase.Sending, HookPhase.AfterProcess,
                HookPhase.BeforeProcess, HookPhase.Sending, HookPhase.Error, HookPhase.DeadLettering, HookPhase.Sent,
            ],
            phases);
    }

    private static async Task<InvocationResult> RunAsync(IBotHook hook)
    {
        using var bench = new Bench();
        bench.Settings = bench.Settings with { Hooks = [hook] };
        var runner = await bench.StartAsync(new ScriptedExpert((input, outbox) => outbox.Send(input, input)), new ExpertParameters());
        return await runner.InvokeAsync([bench.Deliver(Bench.EventWith("a"), Bench.EventWith("b"))], Cancellation);
    }
}
