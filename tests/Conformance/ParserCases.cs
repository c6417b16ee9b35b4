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
    private static readonly BotCatalogue s_catalogue = BotCatalogue.Scan([typeof(OpenPhishParser).Assembly]);

    private readonly BotReplay _replay = new(s_catalogue, "parsers", Readable);

    public static TheoryData<string> Parsers => BotReplay.Ids(s_catalogue);

    [Theory]
    [MemberData(nameof(Parsers))]
    public Task Parsers_behave_as_in_the_recorded_tests(string module) => _replay.CasesAsync(module, (comparison, bot, i, entry, run) =>
    {
        var input = _replay.InputOf(entry);
        var expected = entry["actual"].AsMap()?["_default"].AsList() ?? [];
        comparison.Compare(bot, i, input, "events", Events(expected), Events(run.Results.SelectMany(each => each)));
        comparison.Compare(bot, i, input, "failed records", entry["dumps"].AsList().Count, run.Failed);
    });

    [Fact]
    public Task Parsers_behave_as_in_the_recorded_vectors() => _replay.VectorsAsync((comparison, bot, i, entry, run) =>
    {
        var inputs = entry["input"].AsList();
        for (var k = 0; k < inputs.Count && entry["init_error"].IsMissing && run.StartError is null; k++)
        {
            CompareVector(comparison, bot, i, Value.Of([entry["parameters"], Readable(inputs[k])]), entry["output"].AsList()[k].AsMap()!, run.Results[k]);
        }
    });

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
