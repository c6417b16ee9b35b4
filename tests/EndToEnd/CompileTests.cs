// From a pipeline file to the package that is deployed, as a cloud team goes.
using System.IO.Compression;
using IntelMq.DataFormat;

namespace IntelMq.EndToEnd.Tests;

public sealed class CompileTests
{
    private static readonly string s_quickstart = Command.InCheckout("docs", "tutorials", "quickstart", "runtime.yaml");

    [Fact]
    public async Task The_quickstart_becomes_a_function_app_and_a_package()
    {
        using var command = new Command();
        foreach (var name in (string[])["IntelMq.App", "IntelMq.Collectors.dll", "IntelMq.Parsers.dll", "IntelMq.Experts.dll", "IntelMq.Outputs.dll"])
        {
            command.Write("published/" + name, name);
        }

        var compiled = (await command.RunAsync(["compile", s_quickstart, "--out", "app", "--files", "blob:intelmq"])).MustEndWith(0);
        var templates = Directory.EnumerateFiles(Path.Combine(command.InFolder("app"), "infra"), "*", SearchOption.AllDirectories).Count();
        Assert.True(templates > 10);
        Assert.StartsWith($"app: 27 functions for 14 bots, 10 queues (storage-queue).\n{33 + templates} files written", compiled.Output, StringComparison.Ordinal);
        Assert.Empty(compiled.Errors);
        var again = (await command.RunAsync(["compile", s_quickstart, "--out", "app", "--files", "blob:intelmq", "--transport", "event-hubs", "--strict", "--json"])).MustEndWith(0);
        var result = JsonText.TryParse(again.Output)!.Value.AsMap()!;
        Assert.Equal(10, result["removed"].AsList().Count);
        (await command.RunAsync(["check", command.InFolder("app", "pipeline", "runtime.yaml")])).MustEndWith(0);

        (await command.RunAsync(["publish", "app", "--out", "app.zip", "--app", "published"])).MustEndWith(0);
        using var zip = ZipFile.OpenRead(command.InFolder("app.zip"));
        Assert.NotNull(zip.GetEntry("app/IntelMq.App"));
        Assert.NotNull(zip.GetEntry("host.json"));
        Assert.Null(zip.GetEntry("local.settings.json"));
    }

    [Fact]
    public async Task What_cannot_be_compiled_ends_with_its_place_and_the_cure_and_writes_nothing()
    {
        using var command = new Command();
        var refused = (await command.RunAsync(["compile", s_quickstart, "--out", "app"])).MustEndWith(1);
        Assert.Contains("runtime.yaml:106:11: error: 'output/events.jsonl'", refused.Errors, StringComparison.Ordinal);
        Assert.Contains("give --files blob:CONTAINER", refused.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(command.InFolder("app")));
        (await command.RunAsync(["compile", s_quickstart])).MustEndWith(64);
        (await command.RunAsync(["compile", s_quickstart, "--out", "app", "--transport", "pigeon"])).MustEndWith(64);
        (await command.RunAsync(["compile", "missing.yaml", "--out", "app"])).MustEndWith(1);
        var asJson = (await command.RunAsync(["compile", s_quickstart, "--out", "app", "--json"])).MustEndWith(1);
        Assert.Equal("file", JsonText.TryParse(asJson.Output)!.Value.AsMap()!["problems"].AsList()[0].AsMap()!["key"].ToString());
        Assert.Contains("is no compiled folder", (await command.RunAsync(["publish", "app", "--out", "app.zip", "--app", "app"])).MustEndWith(1).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bots_of_a_package_are_deployed_with_it()
    {
        var package = Command.InCheckout("tests", "PluginBot", "bin", "Release", "net10.0", "Acme.Bots.dll");
        using var command = new Command { BotsFolder = Path.GetDirectoryName(package)! };
        command.Write("runtime.yaml", """
            shout: {module: acme.bots.experts.shout.expert, parameters: {marks: 2, destination_queues: [output-queue]}}
            output: {module: intelmq.bots.outputs.blackhole.output}
            """);
        command.Write("published/IntelMq.App", "");
        command.Write("published/IntelMq.Outputs.dll", "");
        File.Copy(package, Path.Combine(Directory.CreateDirectory(command.InFolder("packages")).FullName, "Acme.Bots.dll"));
        (await command.RunAsync(["compile", "runtime.yaml", "--out", "app"])).MustEndWith(0);

        var refused = (await command.RunAsync(["publish", "app", "--out", "app.zip", "--app", "published"])).MustEndWith(1);
        Assert.Contains("uses bots or hooks of 'Acme.Bots', which neither the app nor a package brings. Give its package with --plugin.", refused.Errors, StringComparison.Ordinal);
        (await command.RunAsync(["publish", "app", "--out", "app.zip", "--app", "published", "--plugin", "packages"])).MustEndWith(0);
        using var zip = ZipFile.OpenRead(command.InFolder("app.zip"));
        Assert.NotNull(zip.GetEntry("app/bots/Acme.Bots.dll"));
    }

    [Fact]
    public async Task A_secret_that_is_not_there_is_a_warning_of_check_and_stops_a_run()
    {
        using var command = new Command();
        command.Write("runtime.yaml", """
            collector:
              module: intelmq.bots.collectors.http.collector_http
              parameters: {http_url: 'http://127.0.0.1:9/', http_username: user, http_password: 'env:INTELMQ_TEST_NOT_SET', destination_queues: [parser-queue]}
            parser: {module: intelmq.bots.parsers.openphish.parser, parameters: {destination_queues: [output-queue]}}
            output: {module: intelmq.bots.outputs.blackhole.output}
            """);
        Assert.Contains("warning: 'http_password' of the bot 'collector' is in the environment variable INTELMQ_TEST_NOT_SET", (await command.RunAsync(["check", "runtime.yaml"])).MustEndWith(0).Output, StringComparison.Ordinal);
        Assert.Contains("error: 'http_password'", (await command.RunAsync(["run", "runtime.yaml", "--once", "--data", "data"])).MustEndWith(1).Errors, StringComparison.Ordinal);
    }
}
