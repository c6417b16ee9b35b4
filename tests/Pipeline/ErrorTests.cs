// Every kind of error: its place and its sentence.
namespace IntelMq.Pipeline.Tests;

public sealed class ErrorTests
{
    private static string With(string old, string changed) => Loading.Good.Replace(old, changed, StringComparison.Ordinal);

    private static void Expect(string yaml, string expected)
    {
        var loaded = Loading.Load(yaml);
        Assert.Contains(expected, loaded.Text(), StringComparison.Ordinal);
        Assert.True(loaded.HasErrors);
        Assert.Null(loaded.Pipeline);
    }

    [Fact]
    public void The_good_pipeline_has_no_problem() => Assert.Empty(Loading.Load(Loading.Good).Problems);

    [Fact]
    public void An_unknown_bot_is_told_with_a_near_name() =>
        Expect(With("parser_drop", "parser_dorp"), "runtime.yaml:7:11: error: There is no bot 'intelmq.bots.parsers.spamhaus.parser_dorp' (did you mean 'intelmq.bots.parsers.spamhaus.parser_drop'?).");

    [Fact]
    public void A_bot_of_IntelMQ_that_is_not_built_yet_is_told_apart() =>
        Expect(With(Loading.Parser, "intelmq.bots.parsers.shodan.parser"), "runtime.yaml:7:11: error: 'intelmq.bots.parsers.shodan.parser' is a bot of IntelMQ that is not built yet.");

    [Fact]
    public void A_bot_without_module_is_told() =>
        Expect(With($"module: {Loading.Parser}", "group: Parser"), "runtime.yaml:6:1: error: The bot 'parse' has no module.");

    [Fact]
    public void An_unknown_key_is_told_with_a_near_name()
    {
        var loaded = Loading.Load(With("http_url:", "http_url: https://feed.example.com/\n    htpt_proxy:"));
        var problem = Assert.Single(loaded.Problems, problem => problem.Severity == Severity.Error);
        Assert.Equal((5, 5, "htpt_proxy"), (problem.Line, problem.Column, problem.Key));
        Assert.Contains("http_proxy", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_type_is_told_at_the_parameter()
    {
        var loaded = Loading.Load(With("    http_url", "    rate_limit: often\n    http_url"));
        var problem = Assert.Single(loaded.Problems, problem => problem.Severity == Severity.Error);
        Assert.Equal((4, 5, "rate_limit"), (problem.Line, problem.Column, problem.Key));
        Assert.Contains("often", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_type_in_global_is_told_there()
    {
        var loaded = Loading.Load("global:\n  error_max_retries: many\n" + Loading.Good);
        Assert.All(loaded.Problems, problem => Assert.Equal((Severity.Error, 2, 3), (problem.Severity, problem.Line, problem.Column)));
        Assert.NotEmpty(loaded.Problems);
    }

    [Fact]
    public void A_missing_required_parameter_is_told()
    {
        var problem = Assert.Single(Loading.Load(With("    http_url: https://feed.example.com/\n", "")).Problems);
        Assert.Equal((Severity.Error, 4, "http_url"), (problem.Severity, problem.Line, problem.Key));
    }

    [Fact]
    public void A_missing_destination_is_told() =>
        Expect(With("    destination_queues: write-queue\n", "    accuracy: 100\n"), "runtime.yaml:6:1: error: The parser 'parse' has no destination: what it sends goes nowhere. Add 'destination_queues: {_default: [next-queue]}' to its parameters.");

    [Fact]
    public void A_destination_without_default_path_is_told() =>
        Expect(With("destination_queues: write-queue", "destination_queues: {other: write-queue}"), "runtime.yaml:9:5: error: The parser 'parse' has no destination");

    [Fact]
    public void A_queue_that_nobody_reads_is_told_with_a_near_name() =>
        Expect(With("write-queue", "wirte-queue"), "runtime.yaml:9:25: error: The bot 'parse' sends to the queue 'wirte-queue', which no bot reads (did you mean 'write-queue'?).");

    [Fact]
    public void A_bot_named_instead_of_its_queue_is_told() =>
        Expect(With("destination_queues: write-queue", "destination_queues: write"), "runtime.yaml:9:25: error: The bot 'parse' sends to the queue 'write', which no bot reads. Did you mean 'write-queue'?");

    [Fact]
    public void A_collector_as_destination_is_told() =>
        Expect(With("write-queue", "[write-queue, fetch-queue]"), "runtime.yaml:9:39: error: The bot 'parse' sends to 'fetch-queue', but 'fetch' is a collector and reads no queue.");

    [Fact]
    public void A_cycle_is_told_with_its_way() =>
        Expect(
            With("write:\n", "again:\n  module: intelmq.bots.experts.taxonomy.expert\n  parameters:\n    destination_queues: [parse-queue, write-queue]\nwrite:\n").Replace("destination_queues: write-queue", "destination_queues: again-queue", StringComparison.Ordinal),
            "runtime.yaml:9:25: error: Messages go round for ever: again -> parse -> again. Remove one of these destinations.");

    [Fact]
    public void A_source_queue_of_two_bots_is_told() =>
        Expect(With("parameters: {}", "parameters: {source_queue: parse-queue}"), "runtime.yaml:12:30: error: The bot 'write' reads the queue 'parse-queue', which 'parse' reads already");

    [Fact]
    public void A_bad_id_is_told() =>
        Expect(With("write:\n", "write_it:\n").Replace("write-queue", "write_it-queue", StringComparison.Ordinal), "runtime.yaml:10:1: error: 'write_it' is no id of a bot. Use letters, digits and hyphens only.");

    [Fact]
    public void A_bad_schedule_is_told() =>
        Expect(With("    http_url", "    schedule: 0 0 25 * * *\n    http_url"), "runtime.yaml:4:5: error: Bot 'fetch': '25' is no hour of a schedule.");

    [Fact]
    public void A_duplicate_key_is_told() =>
        Expect(Loading.Good + "fetch:\n  module: x\n", "runtime.yaml:13:1: error: The key 'fetch' is here a second time (first in line 1). Remove one of them.");

    [Fact]
    public void Wrong_shapes_are_told() =>
        Expect(With("parameters: {}", "parameters: [a]\n  enabled: perhaps\n  run_mode: often"), "runtime.yaml:12:15: error: 'parameters' is a list, but must be a map.\nruntime.yaml:13:12: error: 'enabled' is 'perhaps', but must be true or false.\nruntime.yaml:14:13: error: 'run_mode' is 'often', but must be 'continuous' or 'scheduled'.");

    [Fact]
    public void All_errors_come_at_once()
    {
        var loaded = Loading.Load(With("parser_drop", "parser_dorp").Replace("write-queue", "wirte-queue", StringComparison.Ordinal).Replace("http_url", "htp_url", StringComparison.Ordinal));
        Assert.Equal(4, loaded.Problems.Count(problem => problem.Severity == Severity.Error));
        Assert.Equal(loaded.Problems.OrderBy(problem => problem.Line).Select(problem => problem.Line), loaded.Problems.Select(problem => problem.Line));
    }

    [Fact]
    public void A_value_of_the_environment_is_told_with_its_variable()
    {
        var loaded = Loading.Load(Loading.Good, null, ("INTELMQ_RATE_LIMIT", "often"), ("INTELMQ_ROOT_DIR", "elsewhere"));
        Assert.NotEmpty(loaded.Problems);
        Assert.All(loaded.Problems, problem => Assert.Contains("INTELMQ_RATE_LIMIT", problem.Message, StringComparison.Ordinal));
    }
}
