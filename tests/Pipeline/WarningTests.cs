// Every kind of warning: its place and its sentence, and that the pipeline runs.
namespace IntelMq.Pipeline.Tests;

public sealed class WarningTests
{
    private static string With(string old, string changed) => Loading.Good.Replace(old, changed, StringComparison.Ordinal);

    private static void Expect(string yaml, string expected)
    {
        var loaded = Loading.Load(yaml);
        Assert.NotNull(loaded.Pipeline);
        Assert.Contains(expected, loaded.Text(), StringComparison.Ordinal);
    }

    // Between parser and output stands one more expert.
    private static string WithExpert(string module, string name = "think") => With("write:\n", $"{name}:\n  module: intelmq.bots.experts.{module}.expert\n  parameters: {{destination_queues: write-queue}}\nwrite:\n")
        .Replace("destination_queues: write-queue\n", $"destination_queues: {name}-queue\n", StringComparison.Ordinal);

    [Fact]
    public void A_global_key_that_no_bot_declares() =>
        Expect("global:\n  http_proxi: x\n" + Loading.Good, "runtime.yaml:2:3: warning: No bot of this pipeline has a parameter 'http_proxi' (did you mean 'http_proxy'?). Remove it from 'global'.");

    [Fact]
    public void A_secret_in_clear_text() =>
        Expect(With("    http_url", "    http_password: swordfish\n    http_url"), "runtime.yaml:4:5: warning: 'http_password' is a secret in clear text. Give it by the environment variable INTELMQ_HTTP_PASSWORD, name a variable of yours with 'env:NAME', or give a Key Vault reference: @Microsoft.KeyVault(SecretUri=…).");

    [Theory]
    [InlineData("''")]
    [InlineData("null")]
    [InlineData("'@Microsoft.KeyVault(SecretUri=https://vault.example.com/secrets/feed)'")]
    public void No_secret_in_clear_text(string value) =>
        Assert.Empty(Loading.Load(With("    http_url", $"    http_password: {value}\n    http_url")).Problems);

    [Fact]
    public void A_disabled_bot_and_those_that_get_nothing_any_more()
    {
        var text = Loading.Load(With("fetch:\n", "fetch:\n  enabled: false\n")).Text();
        Assert.Equal(
            "runtime.yaml:2:3: warning: The bot 'fetch' is disabled and does not run.\n"
            + "runtime.yaml:7:1: warning: No collector that runs reaches the bot 'parse': its queue 'parse-queue' gets no messages.\n"
            + "runtime.yaml:11:1: warning: No collector that runs reaches the bot 'write': its queue 'write-queue' gets no messages.",
            text);
    }

    [Fact]
    public void A_queue_whose_only_reader_is_disabled() =>
        Expect(With("write:\n", "write:\n  enabled: false\n"), "runtime.yaml:9:25: warning: The queue 'write-queue' is read by the disabled bot 'write' only: what 'parse' sends there waits.");

    [Fact]
    public void An_expert_that_needs_a_field_nobody_sets() =>
        Expect(WithExpert("url2fqdn"), "runtime.yaml:10:1: warning: The expert 'think' needs one of the fields 'source.url', 'destination.url', but no bot before it sets any of them.");

    [Fact]
    public void An_expert_whose_fields_are_set() => Assert.Empty(Loading.Load(WithExpert("taxonomy")).Problems);

    [Fact]
    public void Default_fields_of_a_parser_count_as_set() =>
        Assert.Empty(Loading.Load(WithExpert("url2fqdn").Replace("    destination_queues: think-queue", "    default_fields: {source.url: 'http://www.example.com/'}\n    destination_queues: think-queue", StringComparison.Ordinal)).Problems);

    [Fact]
    public void A_deprecated_parameter()
    {
        var loaded = Loading.Load(With("    http_url", "    attach_unzip: true\n    http_url"));
        Assert.NotNull(loaded.Pipeline);
        var problem = Assert.Single(loaded.Problems);
        Assert.Equal((Severity.Warning, 4, 5, "attach_unzip"), (problem.Severity, problem.Line, problem.Column, problem.Key));
        Assert.Contains("extract_files", problem.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void A_path_of_an_output() =>
        Expect(With("parameters: {}", "parameters: {destination_queues: parse-queue}"), "runtime.yaml:12:16: warning: The output 'write' sends nothing, so its path '_default' has no effect.");

    [Fact]
    public void A_source_queue_of_a_collector() =>
        Expect(With("    http_url", "    source_queue: fetch-queue\n    http_url"), "runtime.yaml:4:5: warning: The collector 'fetch' reads no queue. Remove 'source_queue'.");

    [Fact]
    public void A_key_beside_the_parameters() =>
        Expect(With("  parameters: {}", "  descriptin: x\n  parameters: {}"), "runtime.yaml:12:3: warning: 'descriptin' of the bot 'write' has no effect here (did you mean 'description'?). Parameters belong below 'parameters:'.");

    [Fact]
    public void A_rate_that_no_timer_meets()
    {
        var text = Loading.Load(With("    http_url", "    rate_limit: 5400\n    http_url")).Text();
        Assert.Matches(@"^runtime\.yaml:4:5: warning: A timer cannot run every 5400 seconds; the collector 'fetch' runs every 7200 seconds \('\d+ \d+ [01]-23/2 \* \* \*'\)\.$", text);
    }

    [Fact]
    public void No_rate_at_all() =>
        Expect(With("    http_url", "    rate_limit: 0\n    http_url"), "runtime.yaml:4:5: warning: The collector 'fetch' has no rate_limit, so it runs once a minute (");

    [Fact]
    public void A_collector_that_a_scheduler_starts() =>
        Expect(With("fetch:\n", "fetch:\n  run_mode: scheduled\n"), "runtime.yaml:2:3: warning: The collector 'fetch' is started by a scheduler of yours in IntelMQ; here it runs at '");
}
