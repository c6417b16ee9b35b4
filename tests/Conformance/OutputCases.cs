// Replays cases/outputs.*.json and the outputs' entries of vectors/bots.json.
using IntelMq.Bots;
using IntelMq.DataFormat;
using IntelMq.Outputs;
using Xunit;

namespace IntelMq.Conformance;

/// <summary>Every output of the catalogue writes the files that IntelMQ's wrote.</summary>
public sealed class OutputCases
{
    private const string Vectors = "vectors/bots.json";

    // The rules of the outputs are a group of their own, so that the replay of other bots does not miss them.
    private const string VectorRules = "vectors/bots.json outputs";

    private const string Prefix = "intelmq.bots.";

    private readonly BotCaseRunner _runner = new(BotCatalogue.Scan([typeof(FileOutput).Assembly]));

    public static TheoryData<string> Outputs => [.. BotCatalogue.Scan([typeof(FileOutput).Assembly]).All.Select(bot => bot.Id)];

    [Theory]
    [MemberData(nameof(Outputs))]
    public async Task Outputs_behave_as_in_the_recorded_tests(string module)
    {
        Assert.True(_runner.Catalogue.TryGet(module, out var bot));
        var file = $"cases/{module[Prefix.Length..]}.json";
        var entries = ConformanceFolder.Entries(file);
        var comparison = new Comparison(file);
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            var inputs = entry["input"].AsList();
            var run = await _runner.RunAsync(bot, entry["parameters"], entry["files"], inputs);
            var input = Value.Of([entry["parameters"], .. inputs]);
            comparison.Compare(module, i, input, "start", BotCaseRunner.Started(entry["init_error"]), BotCaseRunner.Started(run.StartError));
            comparison.Compare(module, i, input, "failed messages", entry["dumps"].AsList().Count, Failed(run));
            comparison.Compare(module, i, input, "files", Recorded(entry["files_written"]), Value.Of(run.Written));
        }

        comparison.Finish();
    }

    [Fact]
    public async Task Outputs_behave_as_in_the_recorded_vectors()
    {
        var entries = ConformanceFolder.Entries(Vectors);
        var comparison = new Comparison(VectorRules);
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            if (!_runner.Catalogue.TryGet(entry["bot"].AsText()!, out var bot))
            {
                continue;
            }

            var run = await _runner.RunAsync(bot, entry["parameters"], entry["files"], entry["input"].AsList());
            var input = Value.Of([entry["parameters"]]);
            comparison.Compare(bot.Id, i, input, "start", BotCaseRunner.Started(entry["init_error"]), BotCaseRunner.Started(run.StartError));
            comparison.Compare(bot.Id, i, input, "failed messages", entry["output"].AsList().Count(output => !output.AsMap()!["exception"].IsMissing), Failed(run));
            comparison.Compare(bot.Id, i, input, "files", entry["files_written"], Value.Of(run.Written));
        }

        comparison.Finish();
    }

    private static int Failed(BotCaseResult run) => run.Results.SelectMany(results => results).Count(result => result.Path is null);

    // {"{tmp}/a.txt": {"text": "…"}} as {"a.txt": "…"}.
    private static Value Recorded(Value files)
    {
        var recorded = new ValueMap();
        foreach (var (path, content) in files.AsMap() ?? [])
        {
            recorded[path == "{tmp}" ? "." : path.Replace("{tmp}/", "", StringComparison.Ordinal)] = content.AsMap()!["text"];
        }

        return Value.Of(recorded);
    }
}
