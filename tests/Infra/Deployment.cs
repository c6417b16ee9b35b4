// A pipeline that was compiled and whose deployment was predicted.
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using IntelMq.Bots;
using IntelMq.Pipeline;

namespace IntelMq.Infra.Tests;

/// <summary>What Azure would be asked to make of a pipeline.</summary>
/// <param name="Compiled">The compiled folder.</param>
/// <param name="Text">The prediction, resources in the order of their ids.</param>
internal sealed record Deployment(CompiledFolder Compiled, string Text)
{
    private const string Subscription = "00000000-0000-0000-0000-000000000000";

    private static readonly JsonSerializerOptions s_readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly BotCatalogue s_catalogue =
        BotCatalogue.Scan([typeof(Collectors.FileCollector).Assembly, typeof(Parsers.OpenPhishParser).Assembly, typeof(Experts.TaxonomyExpert).Assembly, typeof(Outputs.FileOutput).Assembly]);

    /// <summary>The resources, by id.</summary>
    public IReadOnlyDictionary<string, Resource> Resources { get; } = JsonDocument.Parse(Text).RootElement.GetProperty("predictedResources").EnumerateArray()
        .Select(json => new Resource(json)).ToDictionary(resource => resource.Id, StringComparer.Ordinal);

    /// <summary>Compiles a pipeline and predicts its deployment; nothing may be wrong with either.</summary>
    public static async Task<Deployment> OfAsync(string yaml, CompileOptions? options = null, IReadOnlyDictionary<string, string>? environment = null, string? parameters = null)
    {
        Bicep.SkipWhereItDoesNotRun();
        var folder = Directory.CreateTempSubdirectory("intelmq-infra-").FullName;
        try
        {
            var file = Path.Combine(folder, "runtime.yaml");
            await File.WriteAllTextAsync(file, yaml, TestContext.Current.CancellationToken);
            var loaded = PipelineFile.Load(file, s_catalogue, new Dictionary<string, string>(), MissingSecrets.Accept);
            Assert.False(loaded.HasErrors, string.Join('\n', loaded.Problems));
            var compiled = AppCompiler.Compile(loaded.Pipeline!, file, options ?? new CompileOptions());
            Assert.False(compiled.HasErrors, string.Join('\n', compiled.Problems));
            var app = Path.Combine(folder, "app");
            compiled.Write(app);
            if (parameters is not null)
            {
                await File.AppendAllTextAsync(Path.Combine(app, "main.bicepparam"), parameters, TestContext.Current.CancellationToken);
            }

            var answer = await Bicep.RunAsync(
                environment ?? new Dictionary<string, string>(),
                "snapshot", Path.Combine(app, "main.bicepparam"), "--subscription-id", Subscription, "--resource-group", "intelmq", "--location", "westeurope", "--mode", "overwrite");
            answer.MustBeSilent();
            var predicted = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(app, "main.snapshot.json"), TestContext.Current.CancellationToken))!;

            // What the program could not predict it names here.
            Assert.Empty(predicted["diagnostics"]!.AsArray());
            return new Deployment(compiled, Ordered(predicted));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // The program writes outputs, and what is made side by side, in an order that differs from run to run.
    private static string Ordered(JsonNode predicted)
    {
        var outputs = predicted["outputs"]!.AsObject().OrderBy(output => output.Key, StringComparer.Ordinal).Select(output => KeyValuePair.Create(output.Key, output.Value?.DeepClone()));
        var resources = predicted["predictedResources"]!.AsArray().OrderBy(resource => resource!["id"]!.GetValue<string>(), StringComparer.Ordinal).Select(resource => resource!.DeepClone());
        var ordered = new JsonObject { ["predictedResources"] = new JsonArray([.. resources]), ["outputs"] = new JsonObject(outputs) };
        return ordered.ToJsonString(s_readable).ReplaceLineEndings("\n") + "\n";
    }

    /// <summary>The resources of a type.</summary>
    public IEnumerable<Resource> OfType(string type) => Resources.Values.Where(resource => resource.Type == type);

    /// <summary>The only resource of a type.</summary>
    public Resource Single(string type) => Assert.Single(OfType(type));

    /// <summary>The roles of all apps: whose, which, and on what.</summary>
    public IEnumerable<RoleAssignment> Roles => OfType("Microsoft.Authorization/roleAssignments").Select(RoleAssignment.Of);
}

/// <summary>A resource as it would be made.</summary>
internal sealed class Resource(JsonElement json)
{
    /// <summary>Without subscription and resource group: <c>Microsoft.Storage/storageAccounts/…</c>.</summary>
    public string Id { get; } = Short(json.GetProperty("id").GetString()!);

    public string Type { get; } = json.GetProperty("type").GetString()!;

    public string Name { get; } = json.GetProperty("name").GetString()!;

    public JsonElement Json => json;

    public JsonElement Properties => json.GetProperty("properties");

    /// <summary>The last part of the name.</summary>
    public string OwnName => Name.Split('/')[^1];

    /// <summary>A text of the resource by its path (<c>properties.sku.name</c>); null where there is none.</summary>
    public string? this[string path]
    {
        get
        {
            var at = json;
            foreach (var part in path.Split('.'))
            {
                if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(part, out at))
                {
                    return null;
                }
            }

            return at.ValueKind switch
            {
                JsonValueKind.Null => null,
                JsonValueKind.String => at.GetString(),
                _ => at.GetRawText(),
            };
        }
    }

    /// <summary>The part of an id that tells resources of one group apart.</summary>
    public static string Short(string id) => id.Contains("/providers/", StringComparison.Ordinal) ? id[(id.IndexOf("/providers/", StringComparison.Ordinal) + "/providers/".Length)..] : id;
}

/// <summary>A role of an app.</summary>
/// <param name="App">The name of the app in the pipeline.</param>
/// <param name="Role">The id of the role.</param>
/// <param name="Scope">The resource, without its names that depend on the resource group: <c>storageAccounts/queueServices/queues/parse-queue</c>.</param>
/// <param name="ScopeId">The id of the resource.</param>
internal sealed record RoleAssignment(string App, string Role, string Scope, string ScopeId)
{
    public static RoleAssignment Of(Resource resource)
    {
        var scope = resource.Id[..resource.Id.IndexOf("/providers/Microsoft.Authorization/", StringComparison.Ordinal)];
        var principal = resource["properties.principalId"]!;
        var identity = principal[(principal.IndexOf("userAssignedIdentities/id-", StringComparison.Ordinal) + "userAssignedIdentities/id-".Length)..].Split('\'')[0];

        // PREFIX-APP-HASH
        var app = identity[(identity.IndexOf('-', StringComparison.Ordinal) + 1)..identity.LastIndexOf('-')];
        var parts = scope.Split('/');
        var types = new List<string> { parts[1] };
        for (var i = 3; i + 1 < parts.Length; i += 2)
        {
            types.Add(parts[i]);
        }

        Assert.Equal("ServicePrincipal", resource["properties.principalType"]);
        return new RoleAssignment(app, resource["properties.roleDefinitionId"]!.Split('/')[^1], $"{string.Join('/', types)}{(types.Count > 1 ? "/" + parts[^1] : "")}", scope);
    }
}
