// Secrets are in no file of a compiled folder; they are read from the settings that the pipeline file names.
using System.Text;
using IntelMq.Bots;
using IntelMq.Collectors;
using IntelMq.DataFormat;

namespace IntelMq.Pipeline.Tests.Compile;

/// <summary>A hook that takes a token.</summary>
public sealed class TokenHook : IBotHook
{
    public HookKind Kind => HookKind.Observe;

    public IReadOnlySet<HookPhase> Phases { get; } = new HashSet<HookPhase> { HookPhase.Sent };

    public void Configure(ValueMap parameters)
    {
        if (parameters["access_token"].AsText() is not { Length: > 0 })
        {
            throw new BotConfigurationException("'access_token' is required.");
        }
    }

    public void On(HookPhase phase, HookCall call)
    {
    }
}

public sealed class SecretTests
{
    private const string Secret = "swordfish";

    private static string With(string parameters) => Compiling.Good.Replace("    http_url", $"    {parameters}\n    http_url", StringComparison.Ordinal);

    private static void HasNoSecret(CompiledFolder folder) =>
        Assert.All(folder.Files, file => Assert.DoesNotContain(Secret, Encoding.UTF8.GetString(file.Content.Span), StringComparison.OrdinalIgnoreCase));

    private static LoadedPipeline Load(CompiledFolder folder, bool starting, params (string Name, string Value)[] environment)
    {
        using var scratch = new Scratch();
        folder.Write(scratch.In("app"));
        return PipelineFile.Load(scratch.In("app/pipeline/runtime.yaml"), Compiling.Catalogue, environment.ToDictionary(item => item.Name, item => item.Value), starting ? MissingSecrets.Refuse : MissingSecrets.Warn);
    }

    private static HttpCollectorParameters Fetch(LoadedPipeline loaded) => (HttpCollectorParameters)loaded.Pipeline().Find("fetch")!.Parameters;

    [Theory]
    [MemberData(nameof(Compiling.Transports), MemberType = typeof(Compiling))]
    public void No_file_holds_a_secret(string transport, string plan)
    {
        var yaml = $"# yesterday's: {Secret}\nglobal:\n  statistics_password: {Secret}\n  ssl_ca_certificate: null\n  source_pipeline_password: {Secret}\n"
            + With($"http_password: &p {Secret}-1 # {Secret}\n    http_header: {{Authorization: *p}}");
        var folder = Compiling.Compile(yaml, new CompileOptions { Transport = transport, HostingPlan = plan });
        Assert.False(folder.HasErrors, folder.Text());
        HasNoSecret(folder);
        Assert.Contains("http_password: env:INTELMQ_SECRET_FETCH_HTTP_PASSWORD\n", folder.TextOf(AppCompiler.PipelinePath), StringComparison.Ordinal);
        Assert.Contains("http_header: env:INTELMQ_SECRET_FETCH_HTTP_HEADER\n", folder.TextOf(AppCompiler.PipelinePath), StringComparison.Ordinal);
        Assert.Contains("`INTELMQ_SECRET_FETCH_HTTP_PASSWORD`", folder.TextOf("README.md"), StringComparison.Ordinal);
        Assert.Contains("{ setting: 'INTELMQ_SECRET_FETCH_HTTP_PASSWORD', secretName: 'intelmq-secret-fetch-http-password', reference: null }", folder.TextOf("main.bicepparam"), StringComparison.Ordinal);
    }

    [Fact]
    public void Many_bots_have_a_setting_for_each_secret()
    {
        var folder = Compiling.Compile(FunctionFileTests.ManyBots);
        HasNoSecret(folder);
        Assert.Equal(10, folder.Secrets.Select(secret => secret.Setting).Distinct().Count());
        Assert.Equal("INTELMQ_SECRET_0_COLLECTOR_HTTP_PASSWORD", folder.Secrets[0].Setting);
    }

    [Fact]
    public void The_app_reads_its_secrets_from_the_environment()
    {
        var folder = Compiling.Compile(With($"http_password: {Secret}\n    http_header: {{Authorization: Bearer {Secret}}}"));
        var loaded = Load(folder, true, ("INTELMQ_SECRET_FETCH_HTTP_PASSWORD", "0123"), ("INTELMQ_SECRET_FETCH_HTTP_HEADER", """{"Authorization": "Bearer x"}"""));
        Assert.Empty(loaded.Problems);
        Assert.Equal("0123", Fetch(loaded).HttpPassword);
        Assert.Equal("Bearer x", Fetch(loaded).HttpHeader!["Authorization"].ToString());
    }

    [Fact]
    public void A_missing_variable_is_a_warning_and_stops_the_app()
    {
        var folder = Compiling.Compile(With($"http_password: {Secret}\n    http_header: {{Authorization: Bearer {Secret}}}"));
        var check = Load(folder, false);
        Assert.False(check.HasErrors, check.Text());
        Assert.Contains(": warning: 'http_password' of the bot 'fetch' is in the environment variable INTELMQ_SECRET_FETCH_HTTP_PASSWORD, which is not set. Set it", check.Text(), StringComparison.Ordinal);
        Assert.Contains("INTELMQ_SECRET_FETCH_HTTP_HEADER", check.Text(), StringComparison.Ordinal);
        var start = Load(folder, true);
        Assert.Null(start.Pipeline);
        Assert.Contains(": error: 'http_password' of the bot 'fetch' is in the environment variable", start.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_disabled_bot_needs_no_secret()
    {
        var folder = Compiling.Compile(With($"http_password: {Secret}").Replace("fetch:\n", "fetch:\n  enabled: false\n", StringComparison.Ordinal));
        Assert.False(Load(folder, true).HasErrors);
    }

    [Theory]
    [InlineData("env:MY_PASSWORD", "MY_PASSWORD", null)]
    [InlineData("'@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/x)'", "INTELMQ_SECRET_FETCH_HTTP_PASSWORD", "@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/x)")]
    [InlineData("12345", "INTELMQ_SECRET_FETCH_HTTP_PASSWORD", null)]
    public void Secrets_in_their_forms(string value, string setting, string? reference)
    {
        var folder = Compiling.Compile(With("http_password: " + value));
        Assert.Equal((setting, reference), (folder.Secrets.Single().Setting, folder.Secrets.Single().Reference));
        Assert.Contains($"http_password: env:{setting}\n", folder.TextOf(AppCompiler.PipelinePath), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("''")]
    public void No_secret_is_none(string value) => Assert.Empty(Compiling.Compile(With("http_password: " + value)).MustBeGood().Secrets);

    [Theory]
    [InlineData("'env:'")]
    [InlineData("env:9")]
    [InlineData("'env:A B'")]
    public void A_variable_needs_a_name(string value)
    {
        var loaded = Loading.Load(Loading.Good.Replace("    http_url", $"    http_password: {value}\n    http_url", StringComparison.Ordinal));
        Assert.Null(loaded.Pipeline);
        Assert.Contains("runtime.yaml:4:5: error: 'http_password' of the bot 'fetch' starts with 'env:', but no name of an environment variable follows.", loaded.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Only_secrets_are_read_from_variables()
    {
        var loaded = Loading.Load(Loading.Good.Replace("    http_url", "    http_username: env:HOME\n    http_url", StringComparison.Ordinal), null, ("HOME", "/root"));
        Assert.Equal("env:HOME", ((HttpCollector.Settings)loaded.Pipeline().Find("fetch")!.Parameters).HttpUsername);
    }

    [Fact]
    public void Secrets_of_hooks_and_of_all_bots()
    {
        var yaml = $"global:\n  http_password: {Secret}\n  hooks:\n    - {{type: TokenHook, bots: fetch, parameters: {{access_token: {Secret}, limit: 3}}}}\n" + Loading.Good;
        var folder = Compiling.Compile(yaml, new CompileOptions { Files = "blob:intelmq" }, Loading.Catalogue).MustBeGood();
        HasNoSecret(folder);
        Assert.Equal(["INTELMQ_SECRET_GLOBAL_HTTP_PASSWORD", "INTELMQ_SECRET_HOOK_TOKENHOOK_ACCESS_TOKEN"], folder.Secrets.Select(secret => secret.Setting));
        Assert.Equal(["IntelMq.Pipeline.Tests"], folder.App.Assemblies);

        using var scratch = new Scratch();
        folder.Write(scratch.Folder);
        var loaded = PipelineFile.Load(scratch.In(AppCompiler.PipelinePath), Loading.Catalogue, new Dictionary<string, string> { ["INTELMQ_SECRET_GLOBAL_HTTP_PASSWORD"] = "a", ["INTELMQ_SECRET_HOOK_TOKENHOOK_ACCESS_TOKEN"] = "b" }, MissingSecrets.Refuse);
        Assert.Equal("b", loaded.Pipeline().Hooks.Single().Parameters["access_token"].ToString());
        Assert.Equal("a", ((HttpCollector.Settings)loaded.Pipeline().Find("fetch")!.Parameters).HttpPassword);
    }

    [Fact]
    public void Alike_names_get_a_hash_each()
    {
        var two = With($"http_password: {Secret}") + Compiling.Good.Split("parse:\n")[0].Replace("fetch:", "Fetch:", StringComparison.Ordinal).Replace("    http_url", $"    http_password: {Secret}-2\n    http_url", StringComparison.Ordinal);
        var settings = Compiling.Compile(two).Secrets.Select(secret => secret.Setting).ToArray();
        Assert.Equal(2, settings.Distinct().Count());
        Assert.All(settings, setting => Assert.Matches("^INTELMQ_SECRET_FETCH_HTTP_PASSWORD_X[0-9A-F]{12}$", setting));
    }

    [Fact]
    public void A_password_in_a_url_is_told()
    {
        var folder = Compiling.Compile(Compiling.Good.Replace("https://feed", "https://user:pass@feed", StringComparison.Ordinal));
        Assert.Contains("runtime.yaml:4:15: warning: 'http_url' of the bot 'fetch' is a URL with a password", folder.Text(), StringComparison.Ordinal);
    }
}
