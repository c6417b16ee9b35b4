// Replays cases/experts.*.json and the experts' entries of vectors/bots.json.
using IntelMq.Bots;
using IntelMq.DataFormat;
using IntelMq.Experts;
using Xunit;

namespace IntelMq.Conformance;

/// <summary>Every expert of the catalogue gives what IntelMQ's gave.</summary>
public sealed class ExpertCases
{
    private const string Vectors = "vectors/bots.json";

    // The rules of the experts are a group of their own, so that the replay of other bots does not miss them.
    private const string VectorRules = "vectors/bots.json experts";

    private const string Prefix = "intelmq.bots.";

    private readonly BotCaseRunner _runner = new(BotCatalogue.Scan([typeof(TaxonomyExpert).Assembly]));

    public static TheoryData<string> Experts => [.. BotCatalogue.Scan([typeof(TaxonomyExpert).Assembly]).All.Select(bot => bot.Id)];

    [Theory]
    [MemberData(nameof(Experts))]
    public async Task Experts_behave_as_in_the_recorded_tests(string module)
    {
        Assert.True(_runner.Catalogue.TryGet(module, out var bot));
        var file = $"cases/{module[Prefix.Length..]}.json";
        var entries = ConformanceFolder.Entries(file);
        var comparison = new Comparison(file);
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            IReadOnlyList<Value> inputs = entry["input"].AsList();

            // These tests put the hash of their event into the cache themselves: here the event comes a first time instead.
            var seenBefore = entry["test"].AsText()!.Contains("suppress", StringComparison.Ordinal) ? inputs.Count : 0;
            var run = await _runner.RunAsync(bot, entry["parameters"], entry["files"], [.. inputs.Take(seenBefore), .. inputs]);
            var input = Value.Of([entry["parameters"], .. inputs]);
            comparison.Compare(module, i, input, "start", BotCaseRunner.Started(entry["init_error"]), BotCaseRunner.Started(run.StartError));
            var paths = entry["actual"].AsMap() ?? new ValueMap();
            foreach (var (path, messages) in paths)
            {
                var got = run.Results.Skip(seenBefore).SelectMany(results => results).Where(result => result.Path == path);
                comparison.Compare(module, i, input, path, Value.Of(messages.AsList().Select(BotCaseRunner.Comparable)), Value.Of(got.Select(result => BotCaseRunner.Comparable(result.Message!))));
            }

            var failed = run.Results.SelectMany(results => results).Count(result => result.Path is null);
            comparison.Compare(module, i, input, "failed messages", entry["dumps"].AsList().Count, failed);
        }

        comparison.Finish();
    }

    [Fact]
    public async Task Experts_behave_as_in_the_recorded_vectors()
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

            var inputs = entry["input"].AsList();
            var run = await _runner.RunAsync(bot, entry["parameters"], entry["files"], inputs);
            comparison.Compare(bot.Id, i, Value.Of([entry["parameters"]]), "start", BotCaseRunner.Started(entry["init_error"]), BotCaseRunner.Started(run.StartError));
            for (var k = 0; k < inputs.Count && entry["init_error"].IsMissing; k++)
            {
                var got = run.StartError is null ? Sent(run.Results[k]) : "!not started";
                comparison.Compare(bot.Id, i, Value.Of([entry["parameters"], inputs[k]]), $"input {k}", Recorded(entry["output"].AsList()[k].AsMap()!), got);
            }
        }

        comparison.Finish();
    }

    // What was sent, by path; an exception is the text "!failed".
    private static Value Recorded(ValueMap output)
    {
        if (!output["exception"].IsMissing)
        {
            return "!failed";
        }

        var paths = new ValueMap();
        foreach (var (path, messages) in output)
        {
            paths[path] = Value.Of(messages.AsList().Select(BotCaseRunner.Comparable));
        }

        return Value.Of(paths);
    }

    private static Value Sent(IReadOnlyList<Runtime.BotResult> results)
    {
        if (results.Any(result => result.Path is null))
        {
            return "!failed";
        }

        var paths = new ValueMap();
        foreach (var path in results.GroupBy(result => result.Path!, result => BotCaseRunner.Comparable(result.Message!)))
        {
            paths[path.Key] = Value.Of(path);
        }

        return Value.Of(paths);
    }
}
