// The command as people use it: packages, generated pages, one bot alone, the end by Ctrl-C.
using System.Diagnostics;
using IntelMq.DataFormat;

namespace IntelMq.EndToEnd.Tests;

public sealed class CommandTests
{
    private const string Shout = "acme.bots.experts.shout.expert";

    [Fact]
    public async Task The_generated_reference_is_up_to_date()
    {
        using var command = new Command();
        (await command.RunAsync(["docs", "--check", "--out", Command.InCheckout("docs")])).MustEndWith(0);
    }

    [Fact]
    public async Task A_package_in_the_folder_of_bots_is_listed_described_documented_and_runs_with_its_hooks()
    {
        using var command = new Command { BotsFolder = Path.GetDirectoryName(Package())! };
        command.Write("feeds/feed.csv", "192.0.2.1,hello\n");
        command.Write("runtime.yaml", $$$"""
            global:
              hooks:
                - {type: SignHook, bots: parser, parameters: {signature: tested}}
            collector: {module: intelmq.bots.collectors.file.collector_file, parameters: {path: feeds, name: Feed, destination_queues: [parser-queue]}}
            parser:
              module: intelmq.bots.parsers.generic.parser_csv
              parameters: {columns: [source.ip, comment], default_fields: {classification.type: other}, destination_queues: [shout-queue]}
            shout: {module: {{{Shout}}}, parameters: {marks: 2, destination_queues: [output-queue]}}
            output: {module: intelmq.bots.outputs.file.output, parameters: {file: events.jsonl}}
            """);

        Assert.Contains(Shout, (await command.RunAsync(["list", "bots"])).MustEndWith(0).Output, StringComparison.Ordinal);
        Assert.Contains("exclamation marks", (await command.RunAsync(["describe", Shout])).MustEndWith(0).Output, StringComparison.Ordinal);
        (await command.RunAsync(["docs", "--out", command.InFolder("docs")])).MustEndWith(0);
        Assert.True(File.Exists(command.InFolder("docs", "bots", Shout + ".md")));
        (await command.RunAsync(["run", "runtime.yaml", "--once", "--data", "data"])).MustEndWith(0);
        var line = Assert.Single(await File.ReadAllLinesAsync(command.InFolder("data", "events.jsonl"), TestContext.Current.CancellationToken));
        Assert.Contains("HELLO", line, StringComparison.Ordinal);
        Assert.Contains("TESTED", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_bot_alone_takes_lines_and_gives_lines_in_order()
    {
        using var command = new Command();
        var input = "{\"__type\":\"Event\",\"classification.type\":\"phishing\"}\nno json\n{\"__type\":\"Event\",\"classification.type\":\"spam\"}\n";

        var ended = (await command.RunAsync(["bot", "intelmq.bots.experts.taxonomy.expert"], input)).MustEndWith(0);

        var results = ended.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonText.TryParse(line)!.Value.AsMap()!).ToArray();
        Assert.Equal(3, results.Length);
        Assert.Equal("fraud", results[0]["message"].AsMap()!["classification.taxonomy"].AsText());
        Assert.Equal("_default", results[0]["path"].AsText());
        Assert.Equal("no json", results[1]["dead_letter"].AsMap()!["message"].AsText());
        Assert.Equal("abusive-content", results[2]["message"].AsMap()!["classification.taxonomy"].AsText());
    }

    [Fact]
    public async Task A_collector_alone_replays_recorded_answers_and_refuses_everything_else()
    {
        using var command = new Command();
        command.Write("parameters.json", """{"http_url": "https://feed.example.com/list.txt", "name": "Feed", "error_max_retries": 0}""");
        command.Write("answers.json", """[{"method": "GET", "url": "https://feed.example.com/list.txt", "status": 200, "response_body": "192.0.2.1\n"}]""");
        command.Write("none.json", "[]");
        const string Http = "intelmq.bots.collectors.http.collector_http";

        var answered = (await command.RunAsync(["bot", Http, "--parameters", "parameters.json", "--answers", "answers.json"])).MustEndWith(0);
        Assert.Contains("\"raw\": \"MTkyLjAuMi4xCg==\"", answered.Output, StringComparison.Ordinal);
        var refused = (await command.RunAsync(["bot", Http, "--parameters", "parameters.json", "--answers", "none.json"])).MustEndWith(2);
        Assert.Contains("No answer is recorded", refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ctrl_c_ends_a_continuous_run_cleanly()
    {
        using var command = new Command();
        command.Write("feeds/feed.csv", "192.0.2.1,hello\n");
        command.Write("runtime.yaml", """
            collector: {module: intelmq.bots.collectors.file.collector_file, parameters: {path: feeds, name: Feed, rate_limit: 3600, destination_queues: [parser-queue]}}
            parser:
              module: intelmq.bots.parsers.generic.parser_csv
              parameters: {columns: [source.ip, comment], default_fields: {classification.type: other}, destination_queues: [output-queue]}
            output: {module: intelmq.bots.outputs.file.output, parameters: {file: events.jsonl}}
            """);
        using var process = command.Start("run", "runtime.yaml", "--data", "data");
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var events = command.InFolder("data", "events.jsonl");
        while (!process.HasExited && !(File.Exists(events) && new FileInfo(events).Length > 0))
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        using (var signal = Process.Start("kill", ["-INT", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
        {
            await signal.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        Assert.Contains("Done in", await output, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(command.InFolder("data", "transport", "files")));
    }

    [Theory]
    [InlineData("add-a-bot.md", "SensorParser.cs")]
    [InlineData("hooks.md", "CountingHook.cs")]
    [InlineData("hooks.md", "SignHook.cs")]
    public void Pages_show_code_that_is_compiled(string page, string file) =>
        Assert.Contains(File.ReadAllText(Command.InCheckout("tests", "PluginBot", file)), File.ReadAllText(Command.InCheckout("docs", page)), StringComparison.Ordinal);

    private static string Package() => Command.InCheckout("tests", "PluginBot", "bin", "Release", "net10.0", "Acme.Bots.dll");
}
