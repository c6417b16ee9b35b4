// What people copy: the samples of infra/samples and the commands of docs/deploy.md.
using System.Text.RegularExpressions;
using IntelMq.Pipeline;
using YamlDotNet.Serialization;

namespace IntelMq.Infra.Tests;

public sealed partial class DeploymentSampleTests
{
    private const string Workflow = "infra/samples/github-actions.yml";
    private const string Azd = "infra/samples/azure.yaml";
    private const string Page = "docs/deploy.md";
    private const string Notes = "infra/README.md";

    /// <summary>Everything with commands in it.</summary>
    public static TheoryData<string> Files { get; } = [Workflow, Azd, Page, Notes];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Files))]
    public async Task The_command_has_the_verbs_and_options_of_its_lines(string file)
    {
        var (lines, mentions) = (Shell(file).SelectMany(Lines).Select(line => Command().Match(line)).Where(match => match.Success).Select(match => match.Groups[1].Value).ToArray(), Mentions(file));
        Assert.True(lines.Length + mentions.Length > 0 || file == Notes);
        foreach (var (line, isWhole) in lines.Select(line => (line, true)).Concat(mentions.Select(line => (line, false))))
        {
            Assert.True(await CommandHelp.ProblemAsync(line, isWhole) is not { } problem, $"{file}: '{line}': {await CommandHelp.ProblemAsync(line, isWhole)}.");
        }
    }

    [Theory]
    [InlineData("intelmq compile runtime.yaml --out app --transport storage-queue", null)]
    [InlineData("intelmq compile runtime.yaml --out app --transport pigeon", "'--transport' does not take 'pigeon'")]
    [InlineData("intelmq compile runtime.yaml", "'--out' is missing")]
    [InlineData("intelmq compile --out app", "an argument is missing")]
    [InlineData("intelmq check runtime.yaml --fix", "there is no option '--fix'")]
    [InlineData("intelmq deploy app", "there is no verb 'deploy'")]
    [InlineData("intelmq list", "a verb is missing")]
    public async Task A_wrong_line_is_found(string line, string? problem) => Assert.Equal(problem, await CommandHelp.ProblemAsync(line, isWhole: true));

    [Theory]
    [MemberData(nameof(Files))]
    public async Task The_shell_reads_every_block(string file)
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "There is no bash.");
        foreach (var block in Shell(file))
        {
            var (code, output) = await NpmLinters.RunAsync(Path.GetTempPath(), "/bin/bash", ["-n", "-c", Expression().Replace(block, "x")], Cancellation);
            Assert.True(code == 0, $"{file}: {output}\n{block}");
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Only_outputs_of_the_template_are_asked_for(string file)
    {
        var template = File.ReadAllText(Path.Combine(Bicep.Infra, "main.bicep"));
        Assert.All(AskedOutput().Matches(Text(file)), match => Assert.Matches($@"(?m)^output {match.Groups[1].Value} ", template));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Nothing_that_opens_anything_stands_there(string file)
    {
        Assert.DoesNotMatch("(?i)AccountKey=|SharedAccessKey|sig=|BEGIN [A-Z ]*PRIVATE KEY|eyJ[A-Za-z0-9_-]{20}", Text(file));

        // Ids of identities, tenants and subscriptions too: who copies a sample has other ones.
        Assert.DoesNotMatch("(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", Text(file));
        foreach (var (key, value) in Scalars(file == Page || file == Notes ? null : Yaml(file)))
        {
            // A permission to ask for a token, which is none itself.
            Assert.True((key, value) == ("id-token", "write") || !OpensSomething().IsMatch(key) || value == "false" || Expression().Replace(value, "").Length == 0, $"{file}: '{key}' is '{value}', but may only refer to a secret or variable.");
        }
    }

    [Fact]
    public void The_workflow_has_what_it_needs_and_no_more()
    {
        var workflow = Yaml(Workflow);
        Assert.Equal(["concurrency", "env", "jobs", "name", "on", "permissions"], workflow.Keys.Cast<string>().Order(StringComparer.Ordinal));
        Assert.Equal([("contents", "read")], Scalars(workflow["permissions"]));
        var jobs = Map(workflow["jobs"]);
        Assert.Equal(["compile", "deploy", "preview"], jobs.Keys.Cast<string>().Order(StringComparer.Ordinal));
        foreach (var (name, value) in jobs)
        {
            var job = Map(value);
            var uses = Steps(job).Select(step => step.GetValueOrDefault("uses")).OfType<string>().ToArray();
            Assert.DoesNotContain("latest", (string)job["runs-on"], StringComparison.Ordinal);
            Assert.True(int.Parse((string)job["timeout-minutes"], System.Globalization.CultureInfo.InvariantCulture) is > 0 and <= 60);
            Assert.All(uses, use => Assert.Matches(@"^[\w-]+/[\w-]+@(v\d+\.\d+\.\d+|[0-9a-f]{40})\z", use));

            // Only who signs in may ask for a token; nobody may write to the repository.
            var signsIn = uses.Any(use => use.StartsWith("azure/login@", StringComparison.Ordinal));
            Assert.Equal(signsIn ? [("contents", "read"), ("id-token", "write")] : [], Scalars(job.GetValueOrDefault("permissions")).Order());
            Assert.True(signsIn == ((string)name != "compile"));
        }

        var deploy = Map(jobs["deploy"]);
        Assert.Equal(("production", "github.event_name == 'push'"), (deploy["environment"], deploy["if"]));
        Assert.Contains("github.event_name == 'pull_request'", (string)Map(jobs["preview"])["if"], StringComparison.Ordinal);
        Assert.DoesNotContain("secrets.", string.Join('\n', Scalars(jobs["preview"]).Concat(Scalars(jobs["compile"])).Select(one => one.Value)), StringComparison.Ordinal);

        // Infrastructure first: a new bot needs its queue before its code sends.
        var commands = string.Join('\n', Steps(deploy).Select(step => step.GetValueOrDefault("run")).OfType<string>());
        Assert.True(commands.IndexOf("deployment group create", StringComparison.Ordinal) is var first and >= 0 && first < commands.IndexOf("config-zip", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_linter_has_nothing_against_the_workflow() => Assert.Equal("", await NpmLinters.WorkflowAsync(InCheckout(Workflow), Cancellation));

    [Fact]
    public async Task The_linter_finds_a_wrong_workflow()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("intelmq-infra-").FullName, "workflow.yml");
        await File.WriteAllTextAsync(file, Text(Workflow).Replace("runs-on:", "runs-in:", StringComparison.Ordinal), Cancellation);
        Assert.Contains("runs-in", await NpmLinters.WorkflowAsync(file, Cancellation), StringComparison.Ordinal);
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }

    [Fact]
    public async Task The_developer_cli_finds_what_compile_writes()
    {
        var project = Yaml(Azd);
        var infra = Map(project["infra"]);
        Assert.Equal("bicep", infra["provider"]);
        Assert.Matches("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", (string)project["name"]);
        var deployment = await Sample.DeploymentAsync("minimal");
        Assert.Contains($"{infra["module"]}.bicepparam", deployment.Compiled.Files.Select(file => file.Path));
        var hooks = Map(project["hooks"]).ToDictionary(hook => (string)hook.Key, hook => (string)Map(hook.Value)["run"]);
        Assert.Equal(["postprovision", "preprovision"], hooks.Keys.Order(StringComparer.Ordinal));
        Assert.Contains($"--out {infra["path"]} ", hooks["preprovision"], StringComparison.Ordinal);
        Assert.Contains($"intelmq publish {infra["path"]} ", hooks["postprovision"], StringComparison.Ordinal);
    }

    private static string InCheckout(string file) => Path.GetFullPath(Path.Combine(Bicep.Infra, "..", file));

    private static string Text(string file) => File.ReadAllText(InCheckout(file)).ReplaceLineEndings("\n");

    // What a shell is given: the blocks of a page that name no language, the scripts of a YAML file.
    private static IEnumerable<string> Shell(string file) => file.EndsWith(".md", StringComparison.Ordinal)
        ? Fence().Matches(Text(file)).Where(match => match.Groups[1].Length == 0).Select(match => match.Groups[2].Value)
        : Scalars(Yaml(file)).Where(scalar => scalar.Key == "run").Select(scalar => scalar.Value);

    private static IEnumerable<string> Lines(string block) => block.Split('\n').Select(line => line.Trim());

    // The command as a page speaks of it, maybe over the end of a line.
    private static string[] Mentions(string file) => !file.EndsWith(".md", StringComparison.Ordinal) ? [] :
        Mention().Matches(Fence().Replace(Text(file), "")).Select(match => Blanks().Replace(match.Groups[1].Value, " ")).ToArray();

    private static Dictionary<object, object> Yaml(string file) => Map(new DeserializerBuilder().Build().Deserialize<object>(Text(file)));

    private static Dictionary<object, object> Map(object? value) => Assert.IsType<Dictionary<object, object>>(value);

    private static IEnumerable<Dictionary<object, object>> Steps(Dictionary<object, object> job) => ((List<object>)job["steps"]).Select(Map);

    private static IEnumerable<(string Key, string Value)> Scalars(object? node, string key = "") => node switch
    {
        Dictionary<object, object> map => map.SelectMany(item => Scalars(item.Value, (string)item.Key)),
        List<object> list => list.SelectMany(item => Scalars(item, key)),
        string text => [(key, text)],
        _ => [],
    };

    [GeneratedRegex("^(intelmq .*)$")]
    private static partial Regex Command();

    [GeneratedRegex(@"`(intelmq\s[^`]+)`")]
    private static partial Regex Mention();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"^```([a-z]*)\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"properties\.outputs\.(\w+)\.value")]
    private static partial Regex AskedOutput();

    [GeneratedRegex(@"\$\{\{ [^}]+ \}\}")]
    private static partial Regex Expression();

    [GeneratedRegex("(?i)secret|password|credential|token$|(client|tenant|subscription)-id")]
    private static partial Regex OpensSomething();
}
