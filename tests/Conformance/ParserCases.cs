// Replays cases/parsers.*.json and the parsers' entries of vectors/bots.json.
using IntelMq.Bots;
using IntelMq.DataFormat;
using IntelMq.Parsers;
using IntelMq.Runtime;
using Xunit;

namespace IntelMq.Conformance;

/// <summary>
/// Every parser of the catalogue gives the events that IntelMQ's gave, and fails on the same records. What the dead letters hold is not
/// compared: IntelMQ's are not what stood in the report.
/// </summary>
public sealed class ParserCases
{
    private const string Vectors = "vectors/bots.json";

    // The rules of the parsers are a group of their own, so that the replay of other bots does not miss them.
    private const string VectorRules = "vectors/bots.json parsers";

    private const string Prefix = "intelmq.bots.";

    private readonly BotCaseRunner _runner = new(BotCatalogue.Scan([typeof(OpenPhishParser).Assembly]));

    public static TheoryData<string> Parsers => [.. BotCatalogue.Scan([typeof(OpenPhishParser).Assembly]).All.Select(bot => bot.Id)];

    [Theory]
    [MemberData(nameof(Parsers))]
    public async Task Parsers_behave_as_in_the_recorded_tests(string module)
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
            var input = Value.Of([entry["parameters"], .. inputs.Select(Readable)]);
            comparison.Compare(module, i, input, "start", BotCaseRunner.Started(entry["init_error"]), BotCaseRunner.Started(run.StartError));
            var expected = entry["actual"].AsMap()?["_default"].AsList() ?? [];
            var results = run.Results.SelectMany(each => each).ToArray();
            comparison.Compare(module, i, input, "events", Events(expected), Events(results));
            comparison.Compare(module, i, input, "failed records", entry["dumps"].AsList().Count, results.Count(result => result.Path is null));
        }

        comparison.Finish();
    }

    [Fact]
    public async Task Parsers_behave_as_in_the_recorded_vectors()
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
            for (var k = 0; k < inputs.Count && entry["init_error"].IsMissing && run.StartError is null; k++)
            {
                CompareVector(comparison, bot.Id, i, Value.Of([entry["parameters"], Readable(inputs[k])]), entry["output"].AsList()[k].AsMap()!, run.Results[k]);
            }
        }

        comparison.Finish();
    }

    // An exception is a report that failed as a whole; _on_error holds the records that failed alone.
    private static void CompareVector(Comparison comparison, string bot, int index, Value input, ValueMap recorded, IReadOnlyList<BotResult> results)
    {
        var failed = recorded["exception"].IsMissing ? recorded["_on_error"].AsList().Count : 1;
        comparison.Compare(bot, index, input, "events", Events(recorded["_default"].AsList()), Events(results));
        comparison.Compare(bot, index, input, "failed records", failed, results.Count(result => result.Path is null));
    }

    private static Value Events(IReadOnlyList<Value> recorded) => Value.Of(recorded.Select(message => BotCaseRunner.Comparable(Readable(message))));

    private static Value Events(IEnumerable<BotResult> results) =>
        Value.Of(results.Where(result => result.Path is not null).Select(result => Readable(BotCaseRunner.Comparable(result.Message!))));

    // With raw as text, so that rules can look at it and differences can be read.
    private static Value Readable(Value message)
    {
        if (message.AsMap() is not { } map || RawData.Decode(map["raw"]) is not { } raw)
        {
            return message;
        }

        var readable = new ValueMap();
        foreach (var (key, value) in map)
        {
            readable[key] = key == "raw" ? RawData.DecodeText(raw) : value;
        }

        return Value.Of(readable);
    }
}
