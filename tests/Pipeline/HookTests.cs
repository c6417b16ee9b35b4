// Hooks that a pipeline file names.
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Pipeline.Tests;

/// <summary>A hook that takes a limit.</summary>
public sealed class LimitHook : IBotHook
{
    public HookKind Kind => HookKind.Observe;

    public IReadOnlySet<HookPhase> Phases { get; } = new HashSet<HookPhase> { HookPhase.Sent };

    public void Configure(ValueMap parameters)
    {
        if (parameters["limit"].AsInteger() is null)
        {
            throw new BotConfigurationException("'limit' must be a whole number.");
        }
    }

    public void On(HookPhase phase, HookCall call)
    {
    }
}

public sealed class HookTests
{
    private static LoadedPipeline Load(string hooks) => Loading.Load("global:\n  hooks:\n    - " + hooks + "\n" + Loading.Good);

    [Fact]
    public void Hooks_keep_their_order_and_are_for_the_bots_that_fit()
    {
        var pipeline = Load("{type: LimitHook, bots: 'p?rse', parameters: {limit: 1}}\n    - {type: IntelMq.Pipeline.Tests.LimitHook, parameters: {limit: 2}}").Pipeline();
        Assert.Equal([1, 2], pipeline.Hooks.Select(hook => hook.Parameters["limit"].AsInteger()!.Value));
        Assert.Equal(["parse"], pipeline.Bots.Where(bot => pipeline.Hooks[0].IsFor(bot.Id)).Select(bot => bot.Id));
        Assert.All(pipeline.Bots, bot => Assert.True(pipeline.Hooks[1].IsFor(bot.Id)));
    }

    [Theory]
    [InlineData("{type: LimitHok, parameters: {limit: 1}}", "runtime.yaml:3:14: error: There is no hook 'LimitHok' (did you mean 'LimitHook'?).")]
    [InlineData("{type: LimitHook, parameters: {limit: many}}", "runtime.yaml:3:25: error: 'limit' must be a whole number.")]
    [InlineData("{bots: '*'}", "runtime.yaml:3:7: error: A hook has no type.")]
    [InlineData("{type: LimitHook, bot: x, parameters: {limit: 1}}", "runtime.yaml:3:25: error: 'bot' is no key of a hook (did you mean 'bots'?).")]
    [InlineData("LimitHook", "runtime.yaml:3:7: error: A hook is a text, but must be a map with 'type', 'bots' and 'parameters'.")]
    public void Wrong_hooks_are_told(string hook, string expected)
    {
        var loaded = Load(hook);
        Assert.Null(loaded.Pipeline);
        Assert.Contains(expected, loaded.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_hook_for_no_bot_is_told() =>
        Assert.Equal("runtime.yaml:3:7: warning: The hook 'LimitHook' is for no bot: no id fits 'other-*'.", Load("{type: LimitHook, bots: other-*, parameters: {limit: 1}}").Text());
}
