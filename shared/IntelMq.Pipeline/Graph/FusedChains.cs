// Which bots share an invocation with the bot before them.
using IntelMq.Bots;

namespace IntelMq.Pipeline;

/// <summary>
/// Finds the experts that are fused: what the bot before one of them sends to its queue is handed over in the same invocation instead of being queued.
/// A bot wants that where its own key <c>fuse</c> is true, or where it has none, the global one is true and it declares itself
/// <see cref="BotAttribute.Fusible"/>. It can have it where nothing but the hop is saved: it is the only way on for all that the bot before it sends, and
/// it would run at the same places, as often and at the same time.
/// </summary>
public static class FusedChains
{
    /// <summary>The chains, in the order of their first bots in the file: the ids of two or more bots, each handing over to the next.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Of(Pipeline pipeline)
    {
        var followers = Followers(pipeline);
        var fused = followers.Values.ToHashSet(StringComparer.Ordinal);
        return pipeline.Bots
            .Where(bot => followers.ContainsKey(bot.Id) && !fused.Contains(bot.Id))
            .Select(bot => From(bot.Id, followers))
            .ToArray();
    }

    /// <summary>The id of the bot that is fused behind a bot, by the id of the latter; bots without one are not among them.</summary>
    public static IReadOnlyDictionary<string, string> Followers(Pipeline pipeline)
    {
        var followers = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var bot in pipeline.Bots.Where(IsWanted))
        {
            if (Obstacle(pipeline, bot, out var before) is null)
            {
                followers[before!.Id] = bot.Id;
            }
        }

        return followers;
    }

    /// <summary>A bot and those that are fused behind it, in order.</summary>
    internal static IReadOnlyList<string> From(string botId, IReadOnlyDictionary<string, string> followers)
    {
        List<string> chain = [botId];
        while (followers.TryGetValue(chain[^1], out var next))
        {
            chain.Add(next);
        }

        return chain;
    }

    /// <summary>Why a bot whose own key asks for it is not fused, as the rest of a sentence; null where it is, or does not ask.</summary>
    internal static string? Refusal(Pipeline pipeline, BotInstance bot) =>
        bot is { Enabled: true, Fuse: true, HasOwnFuse: true } ? Obstacle(pipeline, bot, out _) : null;

    // A default is for bots that say of themselves that they are cheap; whoever names a bot has looked at it.
    private static bool IsWanted(BotInstance bot) => bot is { Enabled: true, Fuse: true } && (bot.HasOwnFuse || bot.Descriptor.Declaration.Fusible);

    private static string? Obstacle(Pipeline pipeline, BotInstance bot, out BotInstance? before)
    {
        before = null;
        if (bot.Descriptor.Kind != BotKind.Expert)
        {
            return $"it is {KindOf(bot)}, and only experts are fused";
        }

        var queue = bot.SourceQueue!;
        var writers = pipeline.Queues[queue].Writers.Select(id => pipeline.Find(id)!).Where(writer => writer.Enabled).ToArray();
        if (writers.Length != 1)
        {
            return writers.Length == 0
                ? $"no bot that runs sends to its queue '{queue}'"
                : $"{string.Join(" and ", writers.Select(writer => $"'{writer.Id}'"))} send to its queue '{queue}', and only a bot with one bot before it is fused";
        }

        before = writers[0];
        if (before.Descriptor.Kind != BotKind.Expert)
        {
            return $"the bot before it, '{before.Id}', is {KindOf(before)}, and only experts are fused";
        }

        var ways = before.Destinations.Where(path => path.Value.Contains(queue)).Select(path => path.Key).ToArray();
        if (ways is not [Paths.Default] || before.Destinations[Paths.Default].Count != 1)
        {
            return $"'{before.Id}' must send to the queue '{queue}' on its path '{Paths.Default}' only, and on this path to no other queue";
        }

        if (bot.Transport != before.Transport)
        {
            return $"its queue has another 'transport' than that of '{before.Id}'";
        }

        return bot.Scale != before.Scale ? $"it has other limits of 'scale' than '{before.Id}'"
            : bot.Parameters.RateLimit > 0 ? "it has a 'rate_limit', which needs a queue before it"
            : bot.Descriptor.Declaration.Single ? "only one invocation of it may run at a time"
            : null;
    }

    private static string KindOf(BotInstance bot) => bot.Descriptor.Kind switch
    {
        BotKind.Output => "an output",
        BotKind.Expert => "an expert",
        BotKind.Parser => "a parser",
        _ => "a collector",
    };
}
