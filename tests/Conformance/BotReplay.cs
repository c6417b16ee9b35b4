// Replays what was recorded of the bots of one kind.
using IntelMq.Bots;
using IntelMq.DataFormat;
using Xunit;

namespace IntelMq.Conformance;

/// <summary>Compares one recorded entry with what our bot did.</summary>
/// <param name="comparison">Takes the differences.</param>
/// <param name="bot">The bot's id.</param>
/// <param name="index">The entry's index in its file.</param>
/// <param name="entry">The recorded entry.</param>
/// <param name="run">What our bot did.</param>
internal delegate void EntryComparison(Comparison comparison, string bot, int index, ValueMap entry, BotCaseResult run);

/// <summary>Runs the bots of a catalogue over the recorded test cases and over their entries of the vectors.</summary>
/// <param name="catalogue">The bots.</param>
/// <param name="kind">Names the group of rules for the vectors, so that the replay of other bots does not miss them.</param>
/// <param name="shown">The form in which rules see an input; null for the input as it is.</param>
internal sealed class BotReplay(BotCatalogue catalogue, string kind, Func<Value, Value>? shown = null)
{
    private const string Vectors = "vectors/bots.json";
    private const string Prefix = "intelmq.bots.";

    private readonly BotCaseRunner _runner = new(catalogue);

    /// <summary>The ids of the bots, for theories.</summary>
    public static TheoryData<string> Ids(BotCatalogue catalogue) => [.. catalogue.All.Select(bot => bot.Id)];

    /// <summary>The recorded file of a bot.</summary>
    public static string FileOf(string module) => $"cases/{module[Prefix.Length..]}.json";

    /// <summary>What rules see of a test case: parameters and inputs.</summary>
    public Value InputOf(ValueMap entry) => Value.Of([entry["parameters"], .. entry["input"].AsList().Select(input => shown?.Invoke(input) ?? input)]);

    /// <summary>Where the servers of this machine are, by parameter.</summary>
    public IReadOnlyDictionary<string, Value> Servers
    {
        init => _runner = new BotCaseRunner(catalogue) { Servers = value };
    }

    /// <summary>Replays the recorded test cases of a bot.</summary>
    /// <param name="module">The bot's id.</param>
    /// <param name="compare">Compares besides whether the bot started.</param>
    /// <param name="inputs">What the bot gets; null for the recorded inputs.</param>
    public async Task CasesAsync(string module, EntryComparison compare, Func<ValueMap, IReadOnlyList<Value>>? inputs = null)
    {
        Assert.True(_runner.Catalogue.TryGet(module, out var bot));
        var file = FileOf(module);
        var entries = ConformanceFolder.Entries(file);
        var comparison = new Comparison(file);
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            var run = await _runner.RunAsync(bot, entry["parameters"], entry["files"], inputs?.Invoke(entry) ?? entry["input"].AsList());
            comparison.Compare(module, i, InputOf(entry), "start", BotCaseRunner.Started(entry["init_error"]), BotCaseRunner.Started(run.StartError));
            compare(comparison, module, i, entry, run);
        }

        comparison.Finish();
    }

    /// <summary>Replays the entries of the vectors that concern the bots of the catalogue.</summary>
    /// <param name="compare">Compares besides whether the bot started.</param>
    public async Task VectorsAsync(EntryComparison compare)
    {
        var entries = ConformanceFolder.Entries(Vectors);
        var comparison = new Comparison($"{Vectors} {kind}");
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            if (!_runner.Catalogue.TryGet(entry["bot"].AsText()!, out var bot))
            {
                continue;
            }

            var run = await _runner.RunAsync(bot, entry["parameters"], entry["files"], entry["input"].AsList());
            comparison.Compare(bot.Id, i, Value.Of([entry["parameters"]]), "start", BotCaseRunner.Started(entry["init_error"]), BotCaseRunner.Started(run.StartError));
            compare(comparison, bot.Id, i, entry, run);
        }

        comparison.Finish();
    }
}
