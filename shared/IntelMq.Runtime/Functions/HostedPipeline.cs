// A pipeline as a host runs it.
using System.Security.Cryptography;
using System.Text;
using IntelMq.Bots;
using IntelMq.DataFormat;
using IntelMq.Pipeline;

namespace IntelMq.Runtime;

/// <summary>A bot instance to run.</summary>
/// <param name="Bot">Makes the bot; called once per run.</param>
/// <param name="Parameters">Its parameters.</param>
/// <param name="Settings">Its place in the pipeline.</param>
/// <param name="Enabled">Whether it runs at all.</param>
/// <param name="Schedule">When a collector runs next, after a given time; null where it runs every <c>rate_limit</c> seconds.</param>
/// <param name="Follower">The id of the bot that is fused behind it; null where none is.</param>
public sealed record HostedBot(
    Func<Bot> Bot, BotParameters Parameters, BotSettings Settings, bool Enabled = true, Func<DateTimeOffset, DateTimeOffset?>? Schedule = null, string? Follower = null);

/// <summary>Makes what a host runs of a pipeline that was read and found good.</summary>
public static class HostedPipeline
{
    /// <summary>The bot instances of a pipeline, with their hooks.</summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="catalogue">Where its hooks are found.</param>
    /// <exception cref="BotConfigurationException">A hook does not exist or refuses its parameters.</exception>
    public static IReadOnlyList<HostedBot> BotsOf(Pipeline.Pipeline pipeline, BotCatalogue catalogue)
    {
        var hooks = pipeline.Hooks.Select(hook => (Instance: hook, Hook: Make(hook, catalogue))).ToArray();
        var instance = InstanceOf(pipeline.InstanceName);
        var followers = FusedChains.Followers(pipeline);
        return pipeline.Bots.Select(bot => new HostedBot(
            bot.Descriptor.Create,
            bot.Parameters,
            new BotSettings
            {
                BotId = bot.Id,
                Module = bot.Descriptor.Id,
                Instance = instance,
                SourceQueue = bot.SourceQueue,
                Destinations = bot.Destinations,
                Hooks = hooks.Where(hook => hook.Instance.IsFor(bot.Id)).Select(hook => hook.Hook).ToArray(),
                ParametersVersion = VersionOf(bot),
            },
            bot.Enabled,
            bot.Schedule is { } schedule ? schedule.Next : null,
            followers.GetValueOrDefault(bot.Id))).ToArray();
    }

    /// <summary>The namespace of an installation's message ids.</summary>
    public static Guid InstanceOf(string instanceName) => MessageId.Version5(Guid.Empty, Encoding.UTF8.GetBytes("intelmq|" + instanceName));

    private static IBotHook Make(HookInstance hook, BotCatalogue catalogue)
    {
        var made = HookCatalogue.Find(hook.Type, catalogue.Assemblies, out var problem) ?? throw new BotConfigurationException(problem!);
        made.Configure(hook.Parameters);
        return made;
    }

    // Enough to see whether a dead letter was made under other parameters; nothing of a secret can be read from it.
    private static string VersionOf(BotInstance bot)
    {
        var map = new ValueMap();
        foreach (var (key, value) in bot.RawParameters.OrderBy(item => item.Key, StringComparer.Ordinal))
        {
            map[key] = value;
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(bot.Descriptor.Id + JsonText.Compact(Value.Of(map)))))[..12];
    }
}
