// What the pipeline file says and what the model holds: precedence, destinations, extensions, hooks.
namespace IntelMq.Pipeline.Tests;

public sealed class ModelTests
{
    private static string With(string old, string changed) => Loading.Good.Replace(old, changed, StringComparison.Ordinal);

    private static HttpCollector.Settings Fetch(string yaml, params (string Name, string Value)[] environment) =>
        (HttpCollector.Settings)Loading.Load(yaml, null, environment).Pipeline().Find("fetch")!.Parameters;

    [Fact]
    public void Parameters_win_over_system_keys_over_global_over_defaults()
    {
        Assert.Null(Fetch(Loading.Good).Name);
        var global = "global: {name: from global, http_timeout_sec: 7}\n";
        Assert.Equal("from global", Fetch(global + Loading.Good).Name);
        Assert.Equal(7, Fetch(global + Loading.Good).HttpTimeoutSec);
        var system = global + With("fetch:\n", "fetch:\n  name: from the bot\n");
        Assert.Equal("from the bot", Fetch(system).Name);
        var own = system.Replace("    http_url", "    name: from parameters\n    http_url", StringComparison.Ordinal);
        Assert.Equal("from parameters", Fetch(own).Name);
        Assert.Equal("from the environment", Fetch(own, ("INTELMQ_NAME", "from the environment")).Name);
    }

    [Theory]
    [InlineData("True", true)]
    [InlineData("False", false)]
    public void Flags_of_the_environment(string text, bool expected) =>
        Assert.Equal(expected, Fetch(Loading.Good, ("INTELMQ_EXTRACT_FILES", text)).ExtractFiles);

    [Theory]
    [InlineData("007")]
    [InlineData("12345")]
    [InlineData("-1")]
    public void Numbers_of_the_environment_are_texts_where_a_text_is_wanted(string text) =>
        Assert.Equal(text, Fetch(Loading.Good, ("INTELMQ_HTTP_PASSWORD", text)).HttpPassword);

    [Fact]
    public void Numbers_of_the_environment() => Assert.Equal(60, Fetch(Loading.Good, ("INTELMQ_RATE_LIMIT", "60")).RateLimit);

    [Fact]
    public void The_environment_reaches_only_bots_that_declare_the_parameter()
    {
        var pipeline = Loading.Load(Loading.Good, null, ("INTELMQ_HTTP_PASSWORD", "swordfish"), ("INTELMQ_HTTP_URL_X", "no parameter")).Pipeline();
        Assert.True(pipeline.Find("fetch")!.RawParameters.ContainsKey("http_password"));
        Assert.Empty(pipeline.Find("parse")!.RawParameters);
    }

    [Theory]
    [InlineData("'write-queue  other-queue'")]
    [InlineData("[write-queue, other-queue]")]
    [InlineData("{_default: [write-queue, other-queue]}")]
    [InlineData("{_default: 'write-queue other-queue', empty: []}")]
    public void Destinations_in_every_form(string destinations)
    {
        var yaml = With("destination_queues: write-queue", "destination_queues: " + destinations) + $"other:\n  module: {Loading.Output}\n";
        var parse = Loading.Load(yaml).Pipeline().Find("parse")!;
        Assert.Equal(["_default"], parse.Destinations.Keys);
        Assert.Equal(["write-queue", "other-queue"], parse.Destinations["_default"]);
    }

    [Fact]
    public void Destinations_and_named_paths_beside_the_parameters()
    {
        var yaml = With("  parameters:\n    destination_queues: write-queue", "  destination_queues: {_default: write-queue, _on_error: failed}")
            + $"failures:\n  module: {Loading.Output}\n  source_queue: failed\n";
        var pipeline = Loading.Load(yaml).Pipeline();
        Assert.Equal(["failed"], pipeline.Find("parse")!.Destinations["_on_error"]);
        Assert.Equal("failed", pipeline.Find("failures")!.SourceQueue);
        Assert.Equal(["failures"], pipeline.Queues["failed"].Readers);
        Assert.Equal(["fetch", "parse"], pipeline.Graph.AllUpstream("failures"));
        Assert.Equal(["failures", "write"], pipeline.Graph.Downstream("parse"));
    }

    [Fact]
    public void Extensions_of_the_bot_win_over_global_ones()
    {
        var yaml = "global: {scale: 4, transport: kafka, fuse: true, plain_frames: true}\n"
            + With("  parameters: {}", "  scale: {minimum: 1, maximum: 2}\n  fuse: false\n  transport: service-bus\n  parameters: {}");
        var pipeline = Loading.Load(yaml).Pipeline();
        var (parse, write) = (pipeline.Find("parse")!, pipeline.Find("write")!);
        Assert.True(pipeline.PlainFrames);
        Assert.Equal((new ScaleLimits(0, 4), true, "kafka"), (parse.Scale, parse.Fuse, parse.Transport));
        Assert.Equal((new ScaleLimits(1, 2), false, "service-bus"), (write.Scale, write.Fuse, write.Transport));
    }

    [Theory]
    [InlineData("    http_url", "    schedule: 0 30 6 * * *\n    http_url")]
    [InlineData("  parameters:\n    http_url", "  schedule: 0 30 6 * * *\n  parameters:\n    http_url")]
    public void A_schedule_of_its_own(string old, string changed) =>
        Assert.Equal("0 30 6 * * *", Loading.Load(With(old, changed)).Pipeline().Find("fetch")!.Schedule!.Text);

    [Fact]
    public void Only_collectors_have_a_schedule() =>
        Assert.Equal(["fetch"], Loading.Load(Loading.Good).Pipeline().Bots.Where(bot => bot.Schedule is not null).Select(bot => bot.Id));

    [Fact]
    public void Anchors_aliases_and_merge_keys_are_written_out()
    {
        var yaml = "global:\n  http_proxy: &proxy http://proxy.example.com:3128\n  https_proxy: *proxy\n"
            + With("    http_url: https://feed.example.com/\n", "    <<: [{provider: Example, code: first}, {code: second, http_url: 'https://no.example.com/'}]\n    http_url: https://feed.example.com/\n");
        var fetch = Fetch(yaml);
        Assert.Equal(("Example", "first", "https://feed.example.com/"), (fetch.Provider, fetch.Code, fetch.HttpUrl));
        Assert.Equal("http://proxy.example.com:3128", fetch.HttpsProxy);
    }

    [Fact]
    public void The_order_of_the_bots_is_that_of_the_file() =>
        Assert.Equal([("fetch", 1), ("parse", 6), ("write", 10)], Loading.Load(Loading.Good).Pipeline().Bots.Select(bot => (bot.Id, bot.Line)));
}
