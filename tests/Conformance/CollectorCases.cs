// Replays cases/collectors.*.json.
using IntelMq.Bots;
using IntelMq.Collectors;
using IntelMq.DataFormat;
using IntelMq.Stores;
using Xunit;

namespace IntelMq.Conformance;

/// <summary>Every collector of the catalogue fetches the reports that IntelMQ's fetched from the same files and HTTP answers.</summary>
public sealed class CollectorCases
{
    private const string Prefix = "intelmq.bots.";
    private const string Locked = "' is locked by another process";

    private static readonly BotCatalogue s_catalogue = BotCatalogue.Scan([typeof(FileCollector).Assembly]);

    public static TheoryData<string> Collectors => [.. s_catalogue.All.Select(bot => bot.Id)];

    [Theory]
    [MemberData(nameof(Collectors))]
    public async Task Collectors_behave_as_in_the_recorded_tests(string module)
    {
        Assert.True(s_catalogue.TryGet(module, out var bot));
        var file = $"cases/{module[Prefix.Length..]}.json";
        var entries = ConformanceFolder.Entries(file);
        var comparison = new Comparison(file);
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            using var answers = Answers(entry["http"]);
            var run = await new BotCaseRunner(s_catalogue) { Http = answers, Dns = answers }.RunAsync(bot, entry["parameters"], entry["files"], [], LockedFiles(entry["log"]));
            comparison.Compare(module, i, entry["parameters"], "start", Started(entry["init_error"]), Started(run.StartError));
            var results = run.Results.SelectMany(each => each).ToArray();
            var expected = entry["actual"].AsMap()?["_default"].AsList() ?? [];
            comparison.Compare(module, i, entry["parameters"], "reports", Reports(expected.Select(BotCaseRunner.Comparable)), Reports(results.Where(result => result.Path is not null).Select(result => WithoutFolder(BotCaseRunner.Comparable(result.Message!), run.FilesFolder))));
            comparison.Compare(module, i, entry["parameters"], "fetched", Started(entry["exception"]), Started(results.FirstOrDefault(result => result.Error is not null)?.Error));
        }

        comparison.Finish();
    }

    private static Value Started(Value error) => error.Kind is ValueKind.Missing or ValueKind.Null ? "fine" : "!failed";

    // IntelMQ takes files in the order in which the file system happens to list them.
    private static Value Reports(IEnumerable<Value> reports) => Value.Of(reports.OrderBy(report => report.AsMap()!["extra.file_name"].ToString(), StringComparer.Ordinal));

    private static Value WithoutFolder(Value report, string folder)
    {
        var map = report.AsMap()!;
        map["feed.url"] = map["feed.url"].ToString().Replace(folder, "{files}", StringComparison.Ordinal);
        return report;
    }

    private static string[] LockedFiles(Value log) => log.AsList()
        .Select(line => line.AsMap()!["message"].ToString())
        .Where(message => message.Contains(Locked, StringComparison.Ordinal))
        .Select(message => message["File '".Length..message.IndexOf(Locked, StringComparison.Ordinal)])
        .ToArray();

    private static RecordedAnswers Answers(Value recorded)
    {
        var answers = new List<Value>();
        foreach (var answer in recorded.AsList().Select(each => each.AsMap()!))
        {
            if (answer["response_body"].AsMap()?["__bytes_base64"] is { IsMissing: false } bytes)
            {
                answer["response_base64"] = bytes;
            }

            answers.Add(Value.Of(answer));
        }

        return RecordedAnswers.Parse(System.Text.Encoding.UTF8.GetBytes(JsonText.Compact(Value.Of(answers))));
    }
}
