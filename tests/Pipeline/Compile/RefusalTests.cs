// What cannot be compiled is refused with its place and the cure.
namespace IntelMq.Pipeline.Tests.Compile;

public sealed class RefusalTests
{
    private static string With(string old, string changed) => Compiling.Good.Replace(old, changed, StringComparison.Ordinal);

    private static string WithFile(string path) => With("'blob:intelmq/events.jsonl'", $"'{path}'");

    private static string WithDatabase(string path) =>
        With("destination_queues: write-queue", "destination_queues: place-queue") + $"place:\n  module: intelmq.bots.experts.maxmind_geoip.expert\n  parameters: {{database: '{path}', destination_queues: write-queue}}\n";

    private static void Refuses(CompiledFolder folder, string expected)
    {
        Assert.True(folder.HasErrors);
        Assert.Contains(expected, folder.Text(), StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => folder.Write("never"));
    }

    [Theory]
    [InlineData("events.jsonl", "runtime.yaml:12:22: error: 'events.jsonl' ('file' of the bot 'write') is a path of this machine, and the deployed app has no disk to write to. Write 'blob:container/name' or 'share:name', or give --files blob:CONTAINER")]
    [InlineData("/var/lib/events.jsonl", "runtime.yaml:12:22: error: '/var/lib/events.jsonl' ('file' of the bot 'write') is a path of this machine, and the deployed app has no such disk. Write 'blob:container/name'")]
    [InlineData("C:\\events.jsonl", "is a path of this machine")]
    [InlineData("../events.jsonl", "leads out of the pipeline file's folder.")]
    [InlineData("blob:UPPER/events.jsonl", "is no blob.")]
    [InlineData("blob:intelmq", "is no blob.")]
    [InlineData("share:", "is no place on a share.")]
    public void An_output_path_that_the_app_cannot_reach(string path, string expected) => Refuses(Compiling.Compile(WithFile(path)), expected);

    [Theory]
    [InlineData("blob:intelmq", "blob:intelmq/out/events.jsonl")]
    [InlineData("blob:intelmq/tenant-1/", "blob:intelmq/tenant-1/out/events.jsonl")]
    [InlineData("share:files", "share:files/out/events.jsonl")]
    public void Relative_paths_start_where_the_option_says(string files, string expected)
    {
        var folder = Compiling.Compile(WithFile("./out/./events.jsonl"), new CompileOptions { Files = files }).MustBeGood();
        Assert.Contains("file: " + expected + "\n", folder.TextOf(AppCompiler.PipelinePath), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("intelmq")]
    [InlineData("blob:")]
    [InlineData("blob:a")]
    [InlineData("blob:two--hyphens")]
    [InlineData("/mnt/files")]
    public void A_base_of_paths_that_is_none(string files) =>
        Refuses(Compiling.Compile(Compiling.Good, new CompileOptions { Files = files }), $"runtime.yaml: error: '{files}' is no place for files.");

    [Fact]
    public void A_default_path_that_the_app_cannot_reach() =>
        Refuses(Compiling.Compile(With("{file: 'blob:intelmq/events.jsonl'}", "{}")), "runtime.yaml:10:1: error: '/opt/intelmq/var/lib/bots/file-output/events.txt' ('file' of the bot 'write', by default) is a path of this machine");

    [Fact]
    public void A_default_path_that_is_relative_is_written_out()
    {
        var compiled = Compiling.Compile(Loading.Good, new CompileOptions { Files = "blob:intelmq" }, Loading.Catalogue).MustBeGood();
        Assert.Contains("file: blob:intelmq/events.txt\n", compiled.TextOf(AppCompiler.PipelinePath), StringComparison.Ordinal);
    }

    [Fact]
    public void A_disabled_bot_is_not_refused() =>
        Assert.False(Compiling.Compile(WithFile("events.jsonl").Replace("write:\n", "write:\n  enabled: false\n", StringComparison.Ordinal)).HasErrors);

    [Fact]
    public void An_input_beside_the_pipeline_is_packed()
    {
        var folder = Compiling.Compile(WithDatabase("./geo/city.mmdb"), null, null, ("geo/city.mmdb", "data"), ("geo/other.mmdb", "other")).MustBeGood();
        Assert.Equal("data", folder.TextOf("pipeline/geo/city.mmdb"));
        Assert.DoesNotContain(folder.Files, file => file.Path.Contains("other", StringComparison.Ordinal));
        Assert.Contains("database: geo/city.mmdb,", folder.TextOf(AppCompiler.PipelinePath).Replace("\n", ",", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Empty(folder.Uploads);
    }

    [Fact]
    public void With_a_base_of_paths_inputs_are_uploaded_and_not_packed()
    {
        var folder = Compiling.Compile(WithDatabase("geo/city.mmdb"), new CompileOptions { Files = "blob:intelmq" }, null, ("geo/city.mmdb", "data")).MustBeGood();
        Assert.Equal([new CompiledUpload("geo/city.mmdb", "blob:intelmq/geo/city.mmdb")], folder.Uploads);
        Assert.DoesNotContain(folder.Files, file => file.Path.EndsWith(".mmdb", StringComparison.Ordinal));
        Assert.Contains("| `geo/city.mmdb` | `blob:intelmq/geo/city.mmdb` |", folder.TextOf("README.md"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("missing.mmdb", "is not there: no such file lies beside the pipeline file.")]
    [InlineData("/usr/share/city.mmdb", "is a path of this machine")]
    [InlineData("../city.mmdb", "leads out of the pipeline file's folder")]
    [InlineData("key.pem", "holds a private key")]
    [InlineData("runtime.yaml", "the pipeline file itself would be packed with its secrets")]
    public void An_input_that_cannot_be_packed(string path, string expected) =>
        Refuses(Compiling.Compile(WithDatabase(path), null, null, ("key.pem", "-----BEGIN EC PRIVATE KEY-----\nMHcCAQ")), expected);

    [Fact]
    public void Paths_of_this_machine_stay_for_an_app_on_it()
    {
        var folder = Compiling.Compile(WithDatabase("city.mmdb").Replace("blob:intelmq/events.jsonl", "events.jsonl", StringComparison.Ordinal), new CompileOptions { LocalPaths = true, Authentication = "connection-string" }, null, ("city.mmdb", "data")).MustBeGood();
        Assert.Matches(@"database: /\S+/city\.mmdb", folder.TextOf(AppCompiler.PipelinePath));
        Assert.Contains("file: events.jsonl", folder.TextOf(AppCompiler.PipelinePath), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rabbitmq", "flex-consumption", "identity", "'rabbitmq' does not run on the plan 'flex-consumption' with the authentication 'identity'. Take --plan premium or dedicated, or --transport storage-queue, service-bus, event-hubs or kafka.")]
    [InlineData("rabbitmq", "container-apps", "connection-string", "Take --plan premium or dedicated, or --transport")]
    public void A_transport_that_does_not_run_on_the_plan(string transport, string plan, string authentication, string expected) =>
        Refuses(Compiling.Compile(Compiling.Good, new CompileOptions { Transport = transport, HostingPlan = plan, Authentication = authentication }), expected);

    [Fact]
    public void The_local_transport_is_not_deployed() =>
        Refuses(Compiling.Compile(With("write:\n", "write:\n  transport: sqlite\n")), "runtime.yaml:10:1: error: 'sqlite' is the transport of 'intelmq run' on one machine.");

    [Theory]
    [InlineData(8, "Standard", null)]
    [InlineData(9, "Premium", "warning: The pipeline needs 11 event hubs; a Standard namespace holds 10.")]
    [InlineData(100, "Premium", "error: The pipeline needs 102 event hubs; a Premium namespace holds 100.")]
    public void Event_hubs_of_a_namespace_are_counted(int further, string tier, string? expected)
    {
        var more = string.Concat(Enumerable.Range(0, further).Select(i => $"more-{i}: {{module: intelmq.bots.outputs.blackhole.output}}\n"));
        var queues = string.Join(", ", Enumerable.Range(0, further).Select(i => $"more-{i}-queue").Append("write-queue"));
        var folder = Compiling.Compile(With("destination_queues: write-queue", $"destination_queues: [{queues}]") + more, new CompileOptions { Transport = "event-hubs" });
        Assert.Equal(tier == "Premium", folder.TextOf("main.bicepparam").Contains("param eventHubsTier = 'Premium'\n", StringComparison.Ordinal));
        Assert.Contains(expected ?? "", folder.Text(), StringComparison.Ordinal);
        Assert.Equal(expected is null, folder.Problems.Count == 0);
    }

    [Fact]
    public void Values_of_the_environment_are_not_compiled_in()
    {
        using var scratch = new Scratch();
        var path = scratch.Write("runtime.yaml", Compiling.Good);
        var folder = Compiling.CompileFile(path, null, null, new Dictionary<string, string> { ["INTELMQ_HTTP_URL"] = "https://other.example.com/" });
        Assert.Contains("warning: INTELMQ_HTTP_URL is set here and overrides 'http_url' of the bot 'fetch'.", folder.Text(), StringComparison.Ordinal);
        Assert.DoesNotContain(folder.Files, file => folder.TextOf(file.Path).Contains("other.example.com", StringComparison.Ordinal));
    }
}
