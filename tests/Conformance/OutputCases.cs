// Replays cases/outputs.*.json and the outputs' entries of vectors/bots.json.
using IntelMq.Bots;
using IntelMq.DataFormat;
using IntelMq.Outputs;
using Xunit;

namespace IntelMq.Conformance;

/// <summary>Every output of the catalogue writes the files that IntelMQ's wrote, letter by letter.</summary>
public sealed class OutputCases
{
    private const string Vectors = "vectors/bots.json";

    // The rules of the outputs are a group of their own, so that the replay of other bots does not miss them.
    private const string VectorRules = "vectors/bots.json outputs";

    private const string Prefix = "intelmq.bots.";

    private static readonly BotCatalogue s_catalogue = BotCatalogue.Scan([typeof(FileOutput).Assembly]);

    public static TheoryData<string> Outputs => [.. s_catalogue.All.Select(bot => bot.Id)];

    [Theory]
    [MemberData(nameof(Outputs))]
    public async Task Outputs_behave_as_in_the_recorded_tests(string module)
    {
        Assert.True(s_catalogue.TryGet(module, out var bot));
        var file = $"cases/{module[Prefix.Length..]}.json";
        var comparison = new Comparison(file);
        foreach (var (i, entry) in ConformanceFolder.Entries(file).Index())
        {
            await CompareAsync(comparison, bot, i, entry);
        }

        comparison.Finish();
    }

    [Fact]
    public async Task Outputs_behave_as_in_the_recorded_vectors()
    {
        var comparison = new Comparison(VectorRules);
        foreach (var (i, entry) in ConformanceFolder.Entries(Vectors).Index())
        {
            if (s_catalogue.TryGet(entry["bot"].AsText()!, out var bot))
            {
                await CompareAsync(comparison, bot, i, entry);
            }
        }

        comparison.Finish();
    }

    private static async Task CompareAsync(Comparison comparison, BotDescriptor bot, int index, ValueMap entry)
    {
        var inputs = entry["input"].AsList();
        var run = await new BotCaseRunner(s_catalogue).RunAsync(bot, Value.Of(Parameters(entry["parameters"].AsMap()!)), default, inputs);
        var input = Value.Of([entry["parameters"], .. inputs]);
        comparison.Compare(bot.Id, index, input, "start", Started(entry["init_error"]), Started(run.StartError));
        comparison.Compare(bot.Id, index, input, "files", Value.Of(Recorded(entry["files_written"].AsMap() ?? [])), Value.Of(run.Written));
        var failed = entry["dumps"].AsList().Count + entry["output"].AsList().Count(output => output.AsMap()?["exception"].IsMissing == false);
        comparison.Compare(bot.Id, index, input, "failed events", failed, run.Results.SelectMany(results => results).Count());
    }

    private static Value Started(Value error) => error.Kind is ValueKind.Missing or ValueKind.Null ? "started" : "!refused";

    // In the recorded tests {tmp} is the file itself.
    private static ValueMap Parameters(ValueMap recorded)
    {
        var parameters = new ValueMap();
        foreach (var (key, value) in recorded)
        {
            parameters[key] = value.AsText() is { } text ? Named(text).Replace("$DIR", "{tmp}", StringComparison.Ordinal) : value;
        }

        return parameters;
    }

    private static ValueMap Recorded(ValueMap written)
    {
        var files = new ValueMap();
        foreach (var (path, content) in written)
        {
            files[Named(path).Replace("{tmp}/", "", StringComparison.Ordinal)] = content.AsMap()?["text"] ?? content;
        }

        return files;
    }

    private static string Named(string path) => path == "{tmp}" ? "{tmp}/file" : path;
}
