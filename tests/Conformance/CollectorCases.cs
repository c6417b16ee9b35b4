// Replays cases/collectors.*.json.
using System.Text;
using System.Text.RegularExpressions;
using IntelMq.Bots;
using IntelMq.Collectors;
using IntelMq.DataFormat;
using IntelMq.Stores;
using Xunit;

namespace IntelMq.Conformance;

/// <summary>Every collector of the catalogue gives the reports that IntelMQ's gave, from the recorded files and HTTP answers.</summary>
public sealed partial class CollectorCases
{
    private static readonly BotCatalogue s_catalogue = BotCatalogue.Scan([typeof(FileCollector).Assembly]);

    public static TheoryData<string> Collectors => BotReplay.Ids(s_catalogue);

    [Theory]
    [MemberData(nameof(Collectors))]
    public async Task Collectors_behave_as_in_the_recorded_tests(string module)
    {
        Assert.True(s_catalogue.TryGet(module, out var bot));
        var file = BotReplay.FileOf(module);
        var entries = ConformanceFolder.Entries(file);
        var comparison = new Comparison(file);
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            using var answers = RecordedAnswers.Parse(Encoding.UTF8.GetBytes(JsonText.Compact(Value.Of(entry))));
            var runner = new BotCaseRunner(s_catalogue) { Http = answers, Dns = answers, Locked = Locked(entry["log"]) };
            var run = await runner.RunAsync(bot, entry["parameters"], entry["files"], []);
            var input = Value.Of([entry["parameters"], entry["http"]]);
            comparison.Compare(module, i, input, "start", BotCaseRunner.Started(entry["init_error"]), BotCaseRunner.Started(run.StartError));
            var results = run.Results.SelectMany(reports => reports).ToArray();
            var sent = results.Where(report => report.Path is not null).Select(report => BotCaseRunner.Comparable(report.Message!));
            comparison.Compare(module, i, input, "reports", Recorded(entry["actual"].AsMap()!["_default"]), Value.Of(sent));
            comparison.Compare(module, i, input, "failed run", !entry["exception"].IsMissing && entry["exception"].Kind != ValueKind.Null, results.Any(report => report.Path is null));
        }

        comparison.Finish();
    }

    private static Value Recorded(Value reports) => Value.Of(reports.AsList().Select(BotCaseRunner.Comparable));

    // A file that the test locked is told by what the collector logged.
    private static string[] Locked(Value log) =>
        log.AsList().Select(line => LockedFile().Match(line.AsMap()!["message"].AsText() ?? "")).Where(match => match.Success).Select(match => match.Groups[1].Value).ToArray();

    [GeneratedRegex("^File '(.+)' is locked", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex LockedFile();
}
