// Warns of bots that ask to be fused and cannot be.
using IntelMq.Pipeline.Files;
using IntelMq.Pipeline.Reading;

namespace IntelMq.Pipeline.Checks;

/// <summary>Warns of bots that ask to be fused and cannot be. A global default asks for nothing: it takes those that it can.</summary>
internal sealed class FuseChecks(DraftPipeline draft, Pipeline pipeline, ProblemLog problems)
{
    private const string Key = "fuse";

    public void Run()
    {
        // Both are in the order of the file.
        foreach (var (bot, instance) in draft.Bots.Zip(pipeline.Bots))
        {
            if (FusedChains.Refusal(pipeline, instance) is { } reason)
            {
                problems.Warning(bot.Map[Key]?.At ?? bot.At, Key, $"The bot '{bot.Id}' is not fused with a bot before it: {reason}. Remove 'fuse', or change that.");
            }
        }
    }
}
