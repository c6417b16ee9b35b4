// What users do wrong: a sentence, the right exit code, never a stack trace.
using System.IO.Compression;
using System.Text;

namespace IntelMq.EndToEnd.Tests;

public sealed class BadInputTests
{
    private const string Output = "output: {module: intelmq.bots.outputs.file.output, parameters: {file: events.jsonl}}\n";

    [Fact]
    public async Task A_missing_file()
    {
        using var command = new Command();
        var ended = (await command.RunAsync(["check", "nowhere.yaml"])).MustEndWith(1);
        Assert.Contains("nowhere.yaml", ended.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a:\n\tmodule: x\n", "tab")]
    [InlineData("output: {module: intelmq.bots.outputs.file.outptu}\n", "intelmq.bots.outputs.file.output")]
    [InlineData("output: {module: intelmq.bots.outputs.file.output, parameters: {fiel: events.jsonl}}\n", "Did you mean 'file'?")]
    [InlineData("output: {module: intelmq.bots.outputs.file.output, parameters: {file: a, keep_raw_field: maybe}}\n", "true or false")]
    [InlineData("a: {module: intelmq.bots.experts.taxonomy.expert, parameters: {destination_queues: [a-queue]}}\n", "round for ever: a -> a")]
    [InlineData("a: {module: intelmq.bots.experts.taxonomy.expert}\n", "destination")]
    [InlineData("a: {module: intelmq.bots.experts.taxonomy.expert, parameters: {destination_queues: [nobody-queue]}}\n", "nobody-queue")]
    public async Task A_wrong_pipeline_file(string text, string told)
    {
        using var command = new Command();
        command.Write("runtime.yaml", text);

        var check = (await command.RunAsync(["check", "runtime.yaml"])).MustEndWith(1);
        Assert.Contains(told, check.Output, StringComparison.OrdinalIgnoreCase);
        Assert.Matches(@"runtime\.yaml:\d+:\d+: error: ", check.Output);
        var run = (await command.RunAsync(["run", "runtime.yaml", "--once"])).MustEndWith(1);
        Assert.Contains(told, run.Errors, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("run")]
    [InlineData("run", "a.yaml", "--transport", "carrier-pigeon")]
    [InlineData("fly")]
    [InlineData("bot")]
    public async Task A_wrong_command_line(params string[] arguments)
    {
        using var command = new Command();
        var ended = (await command.RunAsync(arguments)).MustEndWith(64);
        Assert.Contains("error: ", ended.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_feed_folder_that_does_not_exist()
    {
        using var command = new Command();
        command.Write("runtime.yaml", Pipeline("feeds"));

        var ended = (await command.RunAsync(["run", "runtime.yaml", "--once"])).MustEndWith(2);

        Assert.Contains("does not exist", ended.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invalid_utf8_nul_bytes_and_a_huge_line_hurt_nobody_else()
    {
        using var command = new Command();
        command.Write("runtime.yaml", Pipeline("feeds"));
        Directory.CreateDirectory(command.InFolder("feeds"));
        await using (var feed = File.Create(command.InFolder("feeds", "feed.csv")))
        {
            feed.Write("192.0.2.1,first\n192.0.2.2,\xff\xfe broken utf-8\n192.0.2.3,nul\0byte\n"u8);
            feed.Write("192.0.2.4,"u8);
            var megabyte = Encoding.ASCII.GetBytes(new string('x', 1024 * 1024));
            for (var i = 0; i < 40; i++)
            {
                feed.Write(megabyte);
            }

            feed.Write("\n192.0.2.5,last\n"u8);
        }

        (await command.RunAsync(["run", "runtime.yaml", "--once", "--data", "data"])).MustEndWith(0);

        var lines = await File.ReadAllLinesAsync(command.InFolder("data", "events.jsonl"), TestContext.Current.CancellationToken);
        Assert.Contains(lines, line => line.Contains("192.0.2.1", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("192.0.2.2", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("192.0.2.3", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("192.0.2.5", StringComparison.Ordinal));
        var letters = (await command.RunAsync(["dead-letters", "list", "--data", "data"])).MustEndWith(0);
        Assert.Contains("1 of 1 dead letters", letters.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_folder_that_is_a_file()
    {
        using var command = new Command();
        command.Write("runtime.yaml", Pipeline("feeds"));
        command.Write("data", "this is a file");

        var ended = (await command.RunAsync(["run", "runtime.yaml", "--once", "--data", "data"])).MustEndWith(2);

        Assert.Contains("--data", ended.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_disk_ends_the_run_with_a_sentence_and_the_next_run_loses_nothing()
    {
        using var command = new Command();
        Directory.CreateDirectory(command.InFolder("input"));
        var expected = new Benchmarks.BenchmarkInput().Write(command.InFolder("input", "feed.csv"), 5000);
        var pipeline = command.Write("runtime.yaml", FilterPipeline.Text(command.InFolder("input")));

        // No file may grow beyond three megabytes, which the feed fits into and its events do not: for the program it is the same as a full disk.
        var full = (await command.RunLimitedAsync(3072, "run", pipeline, "--once", "--data", "data")).MustEndWith(2);
        Assert.Contains("Nothing is lost", full.Errors, StringComparison.Ordinal);

        (await command.RunAsync(["run", pipeline, "--once", "--data", "data"])).MustEndWith(0);
        Assert.Equal(expected, (await File.ReadAllLinesAsync(command.InFolder("data", "events.jsonl"), TestContext.Current.CancellationToken)).Length);
    }

    [Fact]
    public async Task An_installation_of_intelmq_is_checked_with_reasons_and_names_what_is_not_built_yet()
    {
        using var command = new Command();

        var ended = (await command.RunAsync(["check", Command.InCheckout("tests", "Pipeline", "Installation", "runtime.yaml")])).MustEndWith(1);

        var errors = ended.Output.Split('\n').Where(line => line.Contains(": error: ", StringComparison.Ordinal)).ToArray();
        Assert.All(errors, line => Assert.Contains("not built yet", line, StringComparison.Ordinal));
        Assert.Contains("warning: ", ended.Output, StringComparison.Ordinal);
    }

    private static string Pipeline(string folder) =>
        $"""
        collector: {"{"}module: intelmq.bots.collectors.file.collector_file, parameters: {"{"}path: {folder}, postfix: .csv, name: Feed, error_max_retries: 0, destination_queues: [parser-queue]{"}}"}
        parser:
          module: intelmq.bots.parsers.generic.parser_csv
          parameters: {"{"}columns: [source.ip, comment], default_fields: {"{"}classification.type: other{"}"}, destination_queues: [output-queue]{"}"}
        {Output}
        """;
}
