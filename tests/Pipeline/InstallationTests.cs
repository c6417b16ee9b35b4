// An existing installation brings its runtime.yaml.
using System.Text.RegularExpressions;
using IntelMq.DataFormat;

namespace IntelMq.Pipeline.Tests;

public sealed class InstallationTests
{
    private static readonly string s_yaml = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Installation", "runtime.yaml"));

    // The same pipeline without the bots that are not built in the test catalogue.
    internal static string Built { get; } = Regex.Replace(s_yaml, @"(?s)\ngethostbyname-1-expert:.*?\nfile-output:", "\nfile-output:", RegexOptions.None, TimeSpan.FromSeconds(5))
        .Replace("[gethostbyname-1-expert-queue, gethostbyname-2-expert-queue]", "[file-output-queue]", StringComparison.Ordinal);

    [Fact]
    public void Bots_that_are_not_built_yet_are_the_only_errors_and_are_named_as_such()
    {
        var errors = Loading.Load(s_yaml).Problems.Where(problem => problem.Severity == Severity.Error).ToList();

        Assert.Equal(3, errors.Count);
        Assert.All(errors, error => Assert.Contains("is a bot of IntelMQ that is not built yet", error.Message, StringComparison.Ordinal));
        Assert.Contains("'intelmq.bots.experts.cymru_whois.expert'", errors[2].Message, StringComparison.Ordinal);
        Assert.Equal("  module: intelmq.bots.experts.cymru_whois.expert", s_yaml.Split('\n')[errors[2].Line - 1]);
        Assert.Equal("  module: ".Length + 1, errors[2].Column);
    }

    [Fact]
    public void It_passes_and_every_key_without_effect_has_a_reason()
    {
        var loaded = Loading.Load(Built);

        Assert.Equal(8, loaded.Pipeline().Bots.Count);
        Assert.All(loaded.Problems, problem => Assert.Equal(Severity.Warning, problem.Severity));
        foreach (var key in (string[])["destination_pipeline_broker", "source_pipeline_db", "statistics_host", "process_manager", "logging_handler", "logging_path", "logging_syslog", "logging_max_size", "instances_threads", "log_processed_messages_count", "redis_cache_host", "intelmqctl_check_orphaned_queues_ignore"])
        {
            var problem = Assert.Single(loaded.Problems, problem => problem.Key == key);
            Assert.Matches($"^'{key}' has no effect: .{{20,}}\\.$", problem.Message);
        }
    }

    [Fact]
    public void Secrets_in_clear_text_are_told_with_the_variable_and_never_shown()
    {
        var loaded = Loading.Load(Built);

        var secrets = loaded.Problems.Where(problem => problem.Message.Contains("clear text", StringComparison.Ordinal)).ToList();
        Assert.Equal(["statistics_password", "http_password", "redis_cache_password"], secrets.Select(problem => problem.Key));
        Assert.Contains("INTELMQ_HTTP_PASSWORD", secrets[1].Message, StringComparison.Ordinal);
        Assert.DoesNotMatch("hunter2|correct horse|swordfish", loaded.Text());
    }

    [Fact]
    public void Nothing_else_is_warned_of()
    {
        var rest = Loading.Load(Built).Problems
            .Where(problem => !problem.Message.Contains("has no effect", StringComparison.Ordinal) && !problem.Message.Contains("clear text", StringComparison.Ordinal));

        Assert.Empty(rest);
    }

    [Fact]
    public void The_model_holds_what_the_file_says()
    {
        var pipeline = Loading.Load(Built).Pipeline();

        Assert.Equal("cert.example", pipeline.InstanceName);
        var drop = pipeline.Find("spamhaus-drop-collector")!;
        Assert.Null(drop.SourceQueue);
        Assert.Equal("Spamhaus Drop", Assert.IsType<HttpCollector.Settings>(drop.Parameters).Name);
        Assert.Equal(3600, drop.Parameters.RateLimit);
        var feodo = pipeline.Find("feodo-tracker-collector")!;
        Assert.Equal("Feodo Tracker", feodo.Name);
        Assert.Equal("Feodo", ((HttpCollector.Settings)feodo.Parameters).Name);
        Assert.Equal(["feodo-tracker-parser-queue"], feodo.Destinations["_default"]);
        Assert.Equal("deduplicator-expert-queue", pipeline.Find("deduplicator-expert")!.SourceQueue);
        Assert.Equal(["feodo-tracker-parser", "spamhaus-drop-parser"], pipeline.Queues["deduplicator-expert-queue"].Writers);
        Assert.Equal("file-output", pipeline.Graph.TopologicalOrder[^1]);
        Assert.Same(FieldCatalogue.Default, pipeline.Fields);
    }
}
