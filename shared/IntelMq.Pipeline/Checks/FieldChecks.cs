// Warns of experts that need fields which nobody before them sets.
using IntelMq.Bots;
using IntelMq.DataFormat;
using IntelMq.Pipeline.Files;
using IntelMq.Pipeline.Reading;

namespace IntelMq.Pipeline.Checks;

/// <summary>
/// Warns of experts that need fields which nobody before them sets. Only where both sides declare: a parser without declaration may
/// set anything, and a declared <c>*</c> stands for anything.
/// </summary>
internal sealed class FieldChecks(DraftPipeline pipeline, PipelineGraph graph, ProblemLog problems)
{
    private readonly Dictionary<string, DraftBot> _bots = pipeline.Bots.ToDictionary(bot => bot.Id, StringComparer.Ordinal);

    public void Run()
    {
        foreach (var bot in pipeline.Bots.Where(bot => bot is { Kind: BotKind.Expert, Descriptor.Reads.Count: > 0 }))
        {
            var reads = bot.Descriptor!.Reads;
            var before = graph.AllUpstream(bot.Id).Select(id => _bots[id]).ToList();
            if (before.Exists(upstream => upstream.Kind == BotKind.Parser) && before.TrueForAll(Declares) && !before.Exists(upstream => SetsAny(upstream, reads)))
            {
                var fields = string.Join(", ", reads.Select(field => $"'{field}'"));
                problems.Warning(bot.At, bot.Id, $"The expert '{bot.Id}' needs {(reads.Count == 1 ? "the field" : "one of the fields")} {fields}, but no bot before it sets {(reads.Count == 1 ? "it" : "any of them")}. Move it behind a bot that does.");
            }
        }
    }

    private static bool Declares(DraftBot bot) =>
        bot.Descriptor is { } descriptor && (descriptor.Kind != BotKind.Parser || descriptor.Sets.Count > 0);

    private static bool SetsAny(DraftBot bot, IReadOnlyList<string> fields) =>
        bot.Descriptor!.Sets.Contains("*")
        || bot.Descriptor.Sets.Intersect(fields).Any()
        || (bot.Given.GetValueOrDefault("default_fields")?.Value.AsMap()?.Any(field => fields.Contains(field.Key)) ?? false);
}
