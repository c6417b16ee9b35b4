// The quickstart: what a new user sees first.
using IntelMq.DataFormat;

namespace IntelMq.EndToEnd.Tests;

public sealed class QuickstartTests
{
    private static readonly string s_pipeline = Command.InCheckout("docs", "tutorials", "quickstart", "runtime.yaml");

    [Fact]
    public async Task It_writes_events_of_all_four_feeds_and_the_broken_line_is_a_readable_dead_letter()
    {
        using var command = new Command();

        (await command.RunAsync(["run", s_pipeline, "--once", "--data", "data"])).MustEndWith(0);

        var events = Events(command.InFolder("data", "output", "events.jsonl"));
        Assert.Equal(
            ["Accessible Telnet", "C2 servers", "Honeypot logins", "Phishing pages"],
            events.Select(item => item["feed.name"].ToString()).Distinct().Order(StringComparer.Ordinal));
        Assert.All(events, item => Assert.False(item["classification.taxonomy"].IsMissing));
        Assert.DoesNotContain(events, item => item["status"].TextEquals("offline"));
        var letters = (await command.RunAsync(["dead-letters", "list", "--data", "data"])).MustEndWith(0);
        Assert.Contains("not-an-address", letters.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_runs_into_two_folders_give_equal_events()
    {
        using var command = new Command();
        (await command.RunAsync(["run", s_pipeline, "--once", "--data", "first"])).MustEndWith(0);
        (await command.RunAsync(["run", s_pipeline, "--once", "--data", "second"])).MustEndWith(0);

        Assert.Equal(Comparable(command.InFolder("first", "output", "events.jsonl")), Comparable(command.InFolder("second", "output", "events.jsonl")));
    }

    [Fact]
    public async Task A_dead_letter_that_is_corrected_and_tried_again_arrives()
    {
        using var command = new Command();
        (await command.RunAsync(["run", s_pipeline, "--once", "--data", "data"])).MustEndWith(0);
        var before = Events(command.InFolder("data", "output", "events.jsonl")).Count;
        var letter = JsonText.TryParse((await command.RunAsync(["dead-letters", "list", "--data", "data", "--json"])).MustEndWith(0).Output)!.Value.AsList()[0].AsMap()!;
        var message = letter["message"].AsMap()!;
        var payload = message["payload"].AsMap()!;
        var raw = RawData.DecodeText(RawData.Decode(payload["raw"])).Replace("not-an-address", "192.0.2.99", StringComparison.Ordinal);
        payload["raw"] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(raw));
        var id = letter["id"].ToString();

        (await command.RunAsync(["dead-letters", "edit", id, "--message", "-", "--data", "data"], JsonText.Compact(Value.Of(message)))).MustEndWith(0);
        (await command.RunAsync(["dead-letters", "retry", id, "--data", "data"])).MustEndWith(0);
        (await command.RunAsync(["run", s_pipeline, "--once", "--data", "data"])).MustEndWith(0);

        var events = Events(command.InFolder("data", "output", "events.jsonl"));
        Assert.Contains(events.Skip(before), item => item["source.ip"].TextEquals("192.0.2.99"));
    }

    private static List<ValueMap> Events(string path) => File.ReadLines(path).Select(line => JsonText.TryParse(line)!.Value.AsMap()!).ToList();

    private static IEnumerable<string> Comparable(string path) => Events(path).Select(item =>
    {
        item["time.observation"] = "";
        return JsonText.Compact(Value.Of(item));
    }).Order(StringComparer.Ordinal);
}
