// A bot that takes the process of the function app with it.
using IntelMq.DataFormat;

namespace IntelMq.EndToEnd.Tests;

public sealed class CrashTests
{
    [Theory]
    [InlineData("sqlite")]
    [InlineData("storage-queue")]
    [InlineData("kafka")]
    public async Task Only_the_frame_on_which_the_app_ends_becomes_a_dead_letter(string transport)
    {
        Command.SkipWithoutNode(transport);
        using var command = new Command { BotsFolder = Command.InCheckout("tests", "PluginBot", "bin", "Release", "net10.0") };
        for (var feed = 0; feed < 8; feed++)
        {
            command.Write($"feeds/{feed}.csv", feed == 3 ? "192.0.2.66\n" : $"198.51.100.{feed}\n203.0.113.{feed}\n");
        }

        command.Write("runtime.yaml", """
            collector: {module: intelmq.bots.collectors.file.collector_file, parameters: {path: feeds, name: Feed, destination_queues: [parser-queue]}}
            parser:
              module: intelmq.bots.parsers.generic.parser_csv
              parameters: {columns: [source.ip], default_fields: {classification.type: other}, destination_queues: [crash-queue]}
            crash: {module: acme.bots.experts.crash.expert, parameters: {destination_queues: [output-queue]}}
            output: {module: intelmq.bots.outputs.file.output, parameters: {file: events.jsonl}}
            """);

        var ended = await command.RunAsync(["run", "runtime.yaml", "--once", "--data", "data", "--transport", transport, "--invoke", "http"]);

        Assert.True(ended.ExitCode == 0, ended.Errors);
        var addresses = OutputLines.Read(command.InFolder("data", "events.jsonl")).Select(line => JsonText.TryParse(line)!.Value.AsMap()!["source.ip"].AsText());
        var wanted = Enumerable.Range(0, 8).Where(feed => feed != 3).SelectMany(feed => new[] { $"198.51.100.{feed}", $"203.0.113.{feed}" });
        Assert.Equal(wanted.Order(StringComparer.Ordinal), addresses.Order(StringComparer.Ordinal));
        var listed = (await command.RunAsync(["dead-letters", "list", "--data", "data", "--json"])).MustEndWith(0);
        var letter = Assert.Single(JsonText.TryParse(listed.Output)!.Value.AsList());
        Assert.Equal("crash", letter.AsMap()!["bot"].AsText());
        Assert.Contains("192.0.2.66", JsonText.Compact(letter.AsMap()!["message"]), StringComparison.Ordinal);

        // A person corrects the event, and it goes its way.
        var message = command.Write("message.json", JsonText.Compact(letter.AsMap()!["message"]).Replace("192.0.2.66", "192.0.2.67", StringComparison.Ordinal));
        var id = letter.AsMap()!["id"].AsText()!;
        (await command.RunAsync(["dead-letters", "edit", id, "--message", message, "--data", "data"])).MustEndWith(0);
        (await command.RunAsync(["dead-letters", "retry", id, "--data", "data"])).MustEndWith(0);
        Directory.Delete(command.InFolder("feeds"), recursive: true);
        Directory.CreateDirectory(command.InFolder("feeds"));
        (await command.RunAsync(["run", "runtime.yaml", "--once", "--data", "data", "--transport", transport, "--invoke", "http"])).MustEndWith(0);
        Assert.Contains(OutputLines.Read(command.InFolder("data", "events.jsonl")), line => line.Contains("192.0.2.67", StringComparison.Ordinal));
    }
}
