// What a pipeline file says of its deployment.
using IntelMq.Pipeline.Tests.Compile;

namespace IntelMq.Pipeline.Tests.Deployment;

public sealed class DeploymentSettingsTests
{
    [Theory]
    [InlineData("{regoin: x}", "runtime.yaml:1:23: error: There is no 'regoin' in 'deployment'. docs/deploy.md lists what there is.")]
    [InlineData("{locaton: x}", "There is no 'locaton' in 'deployment' (did you mean 'location'?).")]
    [InlineData("{plan: moon}", "'plan' of 'deployment' is 'moon', but must be 'flex-consumption', 'premium', 'dedicated' or 'container-apps'.")]
    [InlineData("{instance_memory_mb: 1000}", "'instance_memory_mb' of 'deployment' is '1000', but must be 512, 2048 or 4096.")]
    [InlineData("{maximum_instances: 0}", "'maximum_instances' of 'deployment' is '0', but must be a whole number from 1 to 1000.")]
    [InlineData("{maximum_instances: many}", "but must be a whole number.")]
    [InlineData("{delete_locks: maybe}", "'delete_locks' of 'deployment' is 'maybe', but must be true or false.")]
    [InlineData("{alert_emails: soc@cert.example}", "but must be a list of texts.")]
    [InlineData("{tags: [a]}", "'tags' of 'deployment' is a list, but must be a map of texts.")]
    [InlineData("{name_prefix: 'Wrong-1'}", "'name_prefix' of 'deployment' is 'Wrong-1', but must be of the form ^[a-z][a-z0-9]{1,10}$.")]
    [InlineData("{monthly_budget: 100, alert_emails: [soc@cert.example]}", "'monthly_budget' needs 'budget_start'")]
    [InlineData("{monthly_budget: 100, budget_start: '2026-12-01'}", "'monthly_budget' needs 'alert_emails'")]
    [InlineData("{network: private, service_bus_tier: Standard}", "'network: private' needs 'service_bus_tier: Premium'")]
    [InlineData("5", "'deployment' is '5', but must be a map.")]
    public void A_mistake_is_a_sentence_with_its_place(string deployment, string expected)
    {
        using var scratch = new Scratch();
        var path = scratch.Write("runtime.yaml", $"global: {{deployment: {deployment}}}\n" + Compiling.Good);
        var loaded = PipelineFile.Load(path, Compiling.Catalogue, new Dictionary<string, string>());
        Assert.True(loaded.HasErrors);
        Assert.Contains(expected, string.Join('\n', loaded.Problems.Select(problem => problem with { File = "runtime.yaml" })), StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_file_says_is_written_and_the_command_line_wins()
    {
        var yaml = """
            global:
              deployment:
                plan: premium
                location: westeurope
                tags: {owner: 'it''s us', cost center: '12'}
                alert_emails: [soc@cert.example]
                maximum_instances: 9
                delete_locks: false

            """ + Compiling.Good;

        var text = Compiling.Compile(yaml).MustBeGood().TextOf("main.bicepparam");
        Assert.Contains("param hostingPlan = 'premium'\n", text, StringComparison.Ordinal);
        Assert.Contains("param location = 'westeurope'\n", text, StringComparison.Ordinal);
        Assert.Contains("param tags = {\n  owner: 'it\\'s us'\n  'cost center': '12'\n}\n", text, StringComparison.Ordinal);
        Assert.Contains("param alertEmails = ['soc@cert.example']\n", text, StringComparison.Ordinal);
        Assert.Contains("param maximumInstances = 9\n", text, StringComparison.Ordinal);
        Assert.Contains("param deleteLocks = false\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("storageReplication", text, StringComparison.Ordinal);

        var other = Compiling.Compile(yaml, new CompileOptions { HostingPlan = "flex-consumption", Apps = "per-bot" }).MustBeGood().TextOf("main.bicepparam");
        Assert.Contains("param hostingPlan = 'flex-consumption'\n", other, StringComparison.Ordinal);
        Assert.Contains("name: 'parse'\n", other, StringComparison.Ordinal);
    }

    [Fact]
    public void The_app_gets_nothing_of_it()
    {
        var yaml = "global: {deployment: {alert_emails: [soc@cert.example]}, instance: one}\n" + Compiling.Good;
        var copy = Compiling.Compile(yaml).MustBeGood().TextOf(AppCompiler.PipelinePath);
        Assert.DoesNotContain("soc@cert.example", copy, StringComparison.Ordinal);
        Assert.Contains("instance: one", copy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_for_emulators_is_not_deployed()
    {
        var folder = Compiling.Compile(Compiling.Good, new CompileOptions { Authentication = "connection-string" }).MustBeGood();
        Assert.DoesNotContain(folder.Files, file => file.Path.EndsWith(".bicepparam", StringComparison.Ordinal) || file.Path.StartsWith("infra/", StringComparison.Ordinal));
        Assert.Contains("which is for emulators", folder.TextOf("README.md"), StringComparison.Ordinal);
    }
}
