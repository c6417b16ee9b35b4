// The templates themselves: what the compiler and the linter say of them, and what they promise to take.
using System.Text.Json;
using IntelMq.Azure;
using IntelMq.Pipeline;

namespace IntelMq.Infra.Tests;

public sealed class TemplateTests
{
    [Fact]
    public async Task Building_says_nothing()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("intelmq-infra-").FullName, "main.json");
        (await Bicep.RunAsync("build", Path.Combine(Bicep.Infra, "main.bicep"), "--outfile", file)).MustBeSilent();
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }

    [Fact]
    public async Task The_linter_says_nothing()
    {
        // With the template the linter looks at its modules too.
        (await Bicep.RunAsync("lint", Path.Combine(Bicep.Infra, "main.bicep"))).MustBeSilent();
    }

    [Fact]
    public async Task The_form_is_that_of_the_formatter()
    {
        foreach (var file in Directory.EnumerateFiles(Bicep.Infra, "*.bicep", SearchOption.AllDirectories))
        {
            var answer = await Bicep.RunAsync("format", file, "--stdout");
            Assert.Equal(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), answer.Output);
        }
    }

    [Fact]
    public void Every_module_is_used()
    {
        var files = Directory.EnumerateFiles(Bicep.Infra, "*.bicep", SearchOption.AllDirectories).ToDictionary(file => Path.GetFileName(file), File.ReadAllText);
        Assert.All(files.Keys.Where(name => name != "main.bicep"), name => Assert.Contains(files.Where(file => file.Key != name), file => file.Value.Contains($"{name}'", StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_module_says_what_it_is_and_stays_short() => Assert.All(
        Directory.EnumerateFiles(Bicep.Infra, "*.bicep", SearchOption.AllDirectories),
        file =>
        {
            var lines = File.ReadAllLines(file);
            Assert.StartsWith("// ", lines[0], StringComparison.Ordinal);
            Assert.True(lines.Length < 400, file);
        });

    [Fact]
    public async Task What_a_pipeline_file_may_say_is_what_the_template_takes()
    {
        using var template = await TemplateAsync();
        var parameters = template.RootElement.GetProperty("parameters").EnumerateObject().ToDictionary(item => item.Name, item => item.Value);
        foreach (var key in DeploymentKey.All.Where(key => key.Parameter.Length > 0))
        {
            var parameter = parameters[key.Parameter];
            Assert.Equal(key.Description, parameter.GetProperty("metadata").GetProperty("description").GetString());
            Assert.Equal(key.Type switch { "text" => "string", "number" => "int", "flag" => "bool", "list" => "array", _ => "object" }, parameter.GetProperty("type").GetString());
            Assert.Equal(key.Default.Trim('\''), Default(parameter));
            if (key.Allowed.Count > 0)
            {
                Assert.Equal(key.Allowed.Order(StringComparer.Ordinal), parameter.GetProperty("allowedValues").EnumerateArray().Select(value => value.ToString()).Order(StringComparer.Ordinal));
            }

            if (key.Range is var (from, to))
            {
                Assert.Equal((from, to), (parameter.GetProperty("minValue").GetInt32(), parameter.GetProperty("maxValue").GetInt32()));
            }
        }

        // What the compiler writes by itself; everything else is for people.
        string[] compilers = ["transports", "instance", "workerRuntime", "blobContainers", "apps", "queues", "secrets", "secretValues"];
        Assert.Equal(compilers.Concat(DeploymentKey.All.Select(key => key.Parameter).Where(name => name.Length > 0)).Order(StringComparer.Ordinal), parameters.Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("kafka_brokers", "The pipeline uses Kafka: name its brokers")]
    [InlineData("container_image", "Container apps run an image: name it")]
    public async Task What_is_missing_is_said_before_anything_is_made(string key, string sentence)
    {
        var pipeline = System.Text.RegularExpressions.Regex.Replace(Sample.Pipeline("container-apps-kafka"), $"(?m)^ *{key}:.*\n", "");
        var error = await Assert.ThrowsAnyAsync<Exception>(() => Deployment.OfAsync(pipeline));
        Assert.Contains(sentence, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_names_come_out()
    {
        using var template = await TemplateAsync();
        Assert.Equal(["functionApps", "keyVault", "storageAccount", "workspace"], template.RootElement.GetProperty("outputs").EnumerateObject().Select(output => output.Name).Order(StringComparer.Ordinal));
        Assert.DoesNotContain("listKeys", template.RootElement.GetRawText(), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("listSecrets", template.RootElement.GetRawText(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal("secureObject", template.RootElement.GetProperty("parameters").GetProperty("secretValues").GetProperty("type").GetString(), ignoreCase: true);
    }

    [Fact]
    public async Task Tables_and_containers_are_those_of_the_app()
    {
        using var template = await TemplateAsync();
        var variables = template.RootElement.GetProperty("variables");
        Assert.Equal([AzureFunctionServices.StateTable, AzureFunctionServices.Parked], Texts("tables"));
        Assert.Equal([AzureFunctionServices.ClaimsContainer, AzureFunctionServices.DeadLettersContainer, AzureFunctionServices.Parked], Texts("containers"));
        IEnumerable<string?> Texts(string name) => variables.GetProperty(name).EnumerateArray().Select(text => text.GetString());
    }

    private static string Default(JsonElement parameter)
    {
        var value = parameter.GetProperty("defaultValue");
        return value.ValueKind switch
        {
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            JsonValueKind.String => value.GetString()!.Trim('[', ']'),
            _ => value.GetRawText(),
        };
    }

    private static async Task<JsonDocument> TemplateAsync()
    {
        var answer = await Bicep.RunAsync("build", Path.Combine(Bicep.Infra, "main.bicep"), "--stdout");
        Assert.Equal("", answer.Errors);
        return JsonDocument.Parse(answer.Output);
    }
}
