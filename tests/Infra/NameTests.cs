// Names of resources are within the limits of Azure, whatever bots are called.
// The limits: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
using System.Text;
using System.Text.RegularExpressions;
using IntelMq.Pipeline;

namespace IntelMq.Infra.Tests;

public sealed class NameTests
{
    private static readonly Dictionary<string, string> s_rules = new()
    {
        ["Microsoft.App/containerApps"] = @"^[a-z](?!.*--)[a-z0-9-]{0,30}[a-z0-9]\z",
        ["Microsoft.App/managedEnvironments"] = @"^[A-Za-z][A-Za-z0-9-]{0,58}[A-Za-z0-9]\z",
        ["Microsoft.EventHub/namespaces"] = @"^[A-Za-z][A-Za-z0-9-]{4,48}[A-Za-z0-9]\z",
        ["Microsoft.EventHub/namespaces/eventhubs"] = @"^[A-Za-z0-9]([A-Za-z0-9._-]{0,254}[A-Za-z0-9])?\z",
        ["Microsoft.EventHub/namespaces/eventhubs/consumergroups"] = @"^[A-Za-z0-9]([A-Za-z0-9._-]{0,48}[A-Za-z0-9])?\z",
        ["Microsoft.Insights/components"] = @"^[^%&\\?/]{1,260}\z",
        ["Microsoft.KeyVault/vaults"] = @"^[A-Za-z](?!.*--)[A-Za-z0-9-]{1,22}[A-Za-z0-9]\z",
        ["Microsoft.KeyVault/vaults/secrets"] = @"^[A-Za-z0-9-]{1,127}\z",
        ["Microsoft.ManagedIdentity/userAssignedIdentities"] = @"^[A-Za-z0-9][A-Za-z0-9_-]{2,127}\z",
        ["Microsoft.Network/virtualNetworks"] = @"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}[A-Za-z0-9_]\z",
        ["Microsoft.Network/networkSecurityGroups"] = @"^[A-Za-z0-9][A-Za-z0-9._-]{0,78}[A-Za-z0-9_]\z",
        ["Microsoft.Network/privateEndpoints"] = @"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}[A-Za-z0-9_]\z",
        ["Microsoft.OperationalInsights/workspaces"] = @"^[A-Za-z0-9][A-Za-z0-9-]{2,61}[A-Za-z0-9]\z",
        ["Microsoft.ServiceBus/namespaces"] = @"^[A-Za-z](?!.*(-sb|-mgmt)\z)[A-Za-z0-9-]{4,48}[A-Za-z0-9]\z",
        ["Microsoft.ServiceBus/namespaces/queues"] = @"^[A-Za-z0-9]([A-Za-z0-9._/-]{0,258}[A-Za-z0-9])?\z",
        ["Microsoft.Storage/storageAccounts"] = @"^[a-z0-9]{3,24}\z",
        ["Microsoft.Storage/storageAccounts/blobServices/containers"] = @"^(?!.*--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]\z",
        ["Microsoft.Storage/storageAccounts/queueServices/queues"] = @"^(?!.*--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]\z",
        ["Microsoft.Storage/storageAccounts/tableServices/tables"] = @"^[A-Za-z][A-Za-z0-9]{2,62}\z",
        ["Microsoft.Web/serverfarms"] = @"^[A-Za-z0-9-]{1,60}\z",
        ["Microsoft.Web/sites"] = @"^[A-Za-z0-9][A-Za-z0-9-]{0,58}[A-Za-z0-9]\z",
    };

    // Awkward ones by hand, and some by chance; the same in every run.
    private static readonly string[] s_ids =
    [
        new string('x', 200), new string('x', 199) + "y", "a-", "A-1", "a-1", "a--1", "-1", "1-2", "0day", "pipeline", "infra", "Host", "con", "x0123456789ab", "Bot-With-A-Rather-Long-Name-In-Capital-Letters-And-Hyphens-",
        .. Random(new Random(7), 16),
    ];

    public static TheoryData<string, string> Ways { get; } = new() { { "storage-queue", "flex-consumption" }, { "service-bus", "premium" }, { "event-hubs", "flex-consumption" }, { "kafka", "container-apps" } };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Names_are_within_the_limits(string transport, string plan)
    {
        var ids = s_ids.Distinct(StringComparer.Ordinal).ToArray();
        var deployment = await Deployment.OfAsync(Chain(ids, transport == "event-hubs" ? "abcdefghijk" : "a1"), new CompileOptions { Transport = transport, HostingPlan = plan, Apps = "per-bot" });
        foreach (var resource in deployment.Resources.Values.Where(resource => s_rules.ContainsKey(resource.Type)))
        {
            Assert.True(Regex.IsMatch(resource.OwnName, s_rules[resource.Type], RegexOptions.CultureInvariant), $"{resource.Type} '{resource.OwnName}'");
        }

        // What has no rule here has a name that no bot's id reaches.
        string[] given = ["Microsoft.Authorization/", "Microsoft.Insights/", "Microsoft.Web/sites/", "Microsoft.App/", "Microsoft.Network/", "/networkRuleSets", "/blobServices", "/queueServices", "/tableServices"];
        Assert.All(deployment.Resources.Values.Where(resource => !s_rules.ContainsKey(resource.Type)), resource => Assert.Contains(given, part => resource.Type.Contains(part, StringComparison.Ordinal)));

        // Two bots never share an app, an identity or a host account: as many as there are bots, and the one that serves all.
        Assert.Equal(ids.Length + 3, deployment.OfType("Microsoft.ManagedIdentity/userAssignedIdentities").Count());
        Assert.Equal(ids.Length + 4, deployment.OfType("Microsoft.Storage/storageAccounts").Count());
        Assert.Equal(ids.Length + 3, deployment.OfType(plan == "container-apps" ? "Microsoft.App/containerApps" : "Microsoft.Web/sites").Count());
    }

    private static IEnumerable<string> Random(Random random, int count)
    {
        const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-";
        for (var i = 0; i < count; i++)
        {
            yield return new string(random.GetItems<char>(Letters, random.Next(1, 90)));
        }
    }

    private static string Chain(string[] ids, string prefix)
    {
        var yaml = new StringBuilder($"global: {{deployment: {{name_prefix: {prefix}, kafka_brokers: 'kafka.example.com:9093', container_image: 'registry.example.com/intelmq:1'}}}}\n");
        yaml.Append("collect: {module: intelmq.bots.collectors.http.collector_http, parameters: {name: n, provider: p, http_url: 'https://feed.example.com/', http_username: u, http_password: p, destination_queues: parse-queue}}\n");
        yaml.Append($"parse: {{module: intelmq.bots.parsers.openphish.parser, parameters: {{destination_queues: ['{ids[0]}-queue']}}}}\n");
        for (var i = 0; i < ids.Length; i++)
        {
            var next = i + 1 < ids.Length ? $"parameters: {{destination_queues: ['{ids[i + 1]}-queue']}}" : "parameters: {}";
            yaml.Append($"'{ids[i]}': {{module: {(i + 1 < ids.Length ? "intelmq.bots.experts.taxonomy.expert" : "intelmq.bots.outputs.blackhole.output")}, {next}}}\n");
        }

        return yaml.ToString();
    }
}
