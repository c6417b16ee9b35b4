// An app that serves some functions of a folder needs the secrets of their bots, and of no other.
using IntelMq.Bots;
using IntelMq.Pipeline;

namespace IntelMq.App.Tests;

public sealed class ServedFunctionTests : IDisposable
{
    private const string First = "AzureFunctionsJobHost__functions__0";
    private const string OneSecret = "INTELMQ_SECRET_ONE_HTTP_PASSWORD";
    private const string OtherSecret = "INTELMQ_SECRET_OTHER_HTTP_PASSWORD";

    private readonly string _folder = Directory.CreateTempSubdirectory("intelmq-served-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_secrets_of_other_bots_are_not_asked_for()
    {
        Compile();
        await using var app = AppProcess.Start(_folder, null, (First, "purge_state"), ("AzureFunctionsJobHost__functions__1", "one"), (OneSecret, "a"));
        await app.ReadyAsync();
        Assert.Empty((await app.CallAsync("purge_state", """{"Data":{"timer":{"Schedule":{"AdjustForDST":true},"ScheduleStatus":null,"IsPastDue":false}},"Metadata":{"sys":{"MethodName":"Tick"}}}""")).Outputs());
        Assert.True(app.IsAlive);
    }

    [Theory]
    [InlineData("one", OtherSecret, OneSecret)]
    [InlineData(null, OneSecret, OtherSecret)]
    public async Task The_secrets_of_its_own_bots_are(string? served, string given, string missing)
    {
        Compile();
        await using var app = AppProcess.Start(_folder, null, [(given, "a"), .. served is null ? Array.Empty<(string, string)>() : [(First, served)]]);
        await app.ReadyAsync();
        Assert.Equal(1, await app.EndAsync());
        Assert.Contains($"is in the environment variable {missing}, which is not set", app.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain($"is in the environment variable {given}", app.Errors, StringComparison.Ordinal);
    }

    private void Compile()
    {
        static string Collector(string id) =>
            $"{id}: {{module: intelmq.bots.collectors.http.collector_http, parameters: {{name: n, provider: p, http_url: 'http://127.0.0.1:9/', http_username: u, http_password: secret, destination_queues: parse-queue}}}}\n";
        var source = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, "source")).FullName, "runtime.yaml");
        File.WriteAllText(source, Collector("one") + Collector("other") + "parse: {module: intelmq.bots.parsers.openphish.parser, parameters: {destination_queues: write-queue}}\nwrite: {module: intelmq.bots.outputs.blackhole.output}\n");
        var catalogue = BotCatalogue.Scan([typeof(Collectors.FileCollector).Assembly, typeof(Parsers.OpenPhishParser).Assembly, typeof(Outputs.FileOutput).Assembly]);
        var loaded = PipelineFile.Load(source, catalogue, new Dictionary<string, string>(), MissingSecrets.Accept);
        AppCompiler.Compile(loaded.Pipeline!, source, new CompileOptions()).Write(_folder);
    }
}
