// Replays cases/outputs.*.json and the outputs' entries of vectors/bots.json.
using IntelMq.Bots;
using IntelMq.DataFormat;
using IntelMq.Outputs;
using Xunit;

namespace IntelMq.Conformance;

/// <summary>Every output of the catalogue writes the files that IntelMQ's wrote.</summary>
public sealed class OutputCases
{
    private static readonly BotCatalogue s_catalogue = BotCatalogue.Scan([typeof(FileOutput).Assembly]);

    private readonly BotReplay _replay = new(s_catalogue, "outputs");

    public static TheoryData<string> Outputs => BotReplay.Ids(s_catalogue);

    [Theory]
    [MemberData(nameof(Outputs))]
    public Task Outputs_behave_as_in_the_recorded_tests(string module) => _replay.CasesAsync(module, (comparison, bot, i, entry, run) =>
    {
        var input = _replay.InputOf(entry);
        comparison.Compare(bot, i, input, "failed messages", entry["dumps"].AsList().Count, run.Failed);
        comparison.Compare(bot, i, input, "files", Recorded(entry["files_written"]), Value.Of(run.Written));
    });

    [Fact]
    public Task Outputs_behave_as_in_the_recorded_vectors() => _replay.VectorsAsync((comparison, bot, i, entry, run) =>
    {
        var input = Value.Of([entry["parameters"]]);
        comparison.Compare(bot, i, input, "failed messages", entry["output"].AsList().Count(output => !output.AsMap()!["exception"].IsMissing), run.Failed);
        comparison.Compare(bot, i, input, "files", entry["files_written"], Value.Of(run.Written));
    });

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
