// Replays cases/experts.*.json and the experts' entries of vectors/bots.json.
using IntelMq.Bots;
using IntelMq.DataFormat;
using IntelMq.Experts;
using Xunit;

namespace IntelMq.Conformance;

/// <summary>Every expert of the catalogue gives what IntelMQ's gave.</summary>
public sealed class ExpertCases
{
    private static readonly BotCatalogue s_catalogue = BotCatalogue.Scan([typeof(TaxonomyExpert).Assembly]);

    private readonly BotReplay _replay = new(s_catalogue, "experts");

    public static TheoryData<string> Experts => BotReplay.Ids(s_catalogue);

    [Theory]
    [MemberData(nameof(Experts))]
    public Task Experts_behave_as_in_the_recorded_tests(string module) => _replay.CasesAsync(
        module,
        (comparison, bot, i, entry, run) =>
        {
            var input = _replay.InputOf(entry);
            foreach (var (path, messages) in entry["actual"].AsMap() ?? [])
            {
                var got = run.Results.Skip(SeenBefore(entry)).SelectMany(results => results).Where(result => result.Path == path);
                comparison.Compare(bot, i, input, path, Value.Of(messages.AsList().Select(BotCaseRunner.Comparable)), Value.Of(got.Select(result => BotCaseRunner.Comparable(result.Message!))));
            }

            comparison.Compare(bot, i, input, "failed messages", entry["dumps"].AsList().Count, run.Failed);
        },
        entry => [.. entry["input"].AsList().Take(SeenBefore(entry)), .. entry["input"].AsList()]);

    [Fact]
    public Task Experts_behave_as_in_the_recorded_vectors() => _replay.VectorsAsync((comparison, bot, i, entry, run) =>
    {
        var inputs = entry["input"].AsList();
        for (var k = 0; k < inputs.Count && entry["init_error"].IsMissing; k++)
        {
            var got = run.StartError is null ? Sent(run.Results[k]) : "!not started";
            comparison.Compare(bot, i, Value.Of([entry["parameters"], inputs[k]]), $"input {k}", Recorded(entry["output"].AsList()[k].AsMap()!), got);
        }
    });

    // Some tests put the hash of their event into the cache themselves: here the event comes a first time instead.
    private static int SeenBefore(ValueMap entry) => entry["test"].AsText()!.Contains("suppress", StringComparison.Ordinal) ? entry["input"].AsList().Count : 0;

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
