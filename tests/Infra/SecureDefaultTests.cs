// What is closed where nobody says otherwise, and that each named parameter opens one thing only.
namespace IntelMq.Infra.Tests;

public sealed class SecureDefaultTests
{
    [Theory]
    [MemberData(nameof(Sample.Names), MemberType = typeof(Sample))]
    public async Task Nothing_is_opened_by_a_key_or_without_an_identity(string sample)
    {
        var deployment = await Sample.DeploymentAsync(sample);
        Assert.All(deployment.OfType("Microsoft.Storage/storageAccounts"), account => Is(
            account, ("properties.allowSharedKeyAccess", "false"), ("properties.allowBlobPublicAccess", "false"), ("properties.defaultToOAuthAuthentication", "true"), ("properties.allowCrossTenantReplication", "false")));
        Assert.All(deployment.OfType("Microsoft.Storage/storageAccounts/blobServices/containers"), container => Is(container, ("properties.publicAccess", "None")));
        Assert.All(deployment.OfType("Microsoft.ServiceBus/namespaces").Concat(deployment.OfType("Microsoft.EventHub/namespaces")), space => Is(space, ("properties.disableLocalAuth", "true")));
        Is(deployment.Single("Microsoft.KeyVault/vaults"), ("properties.enableRbacAuthorization", "true"));
        Is(deployment.Single("Microsoft.Insights/components"), ("properties.DisableLocalAuth", "true"));
        Is(deployment.Single("Microsoft.OperationalInsights/workspaces"), ("properties.features.disableLocalAuth", "true"));
        Assert.All(deployment.OfType("Microsoft.Web/sites/basicPublishingCredentialsPolicies"), policy => Is(policy, ("properties.allow", "false")));
        Assert.Equal(2 * deployment.OfType("Microsoft.Web/sites").Count(), deployment.OfType("Microsoft.Web/sites/basicPublishingCredentialsPolicies").Count());
        Assert.All(deployment.OfType("Microsoft.Web/sites").Concat(deployment.OfType("Microsoft.App/containerApps")), app => Assert.Equal("UserAssigned", app["identity.type"]));
    }

    [Theory]
    [MemberData(nameof(Sample.Names), MemberType = typeof(Sample))]
    public async Task Nothing_is_sent_in_the_clear(string sample)
    {
        var deployment = await Sample.DeploymentAsync(sample);
        Assert.All(deployment.OfType("Microsoft.Storage/storageAccounts"), account => Is(account, ("properties.minimumTlsVersion", "TLS1_2"), ("properties.supportsHttpsTrafficOnly", "true")));
        Assert.All(deployment.OfType("Microsoft.ServiceBus/namespaces").Concat(deployment.OfType("Microsoft.EventHub/namespaces")), space => Is(space, ("properties.minimumTlsVersion", "1.2")));
        Assert.All(deployment.OfType("Microsoft.Web/sites"), site => Is(
            site, ("properties.httpsOnly", "true"), ("properties.siteConfig.minTlsVersion", "1.2"), ("properties.siteConfig.scmMinTlsVersion", "1.2"), ("properties.siteConfig.ftpsState", "Disabled")));
        Assert.All(deployment.OfType("Microsoft.App/containerApps"), app => Is(app, ("properties.configuration.ingress.allowInsecure", "false"), ("properties.configuration.ingress.external", "false")));
    }

    [Theory]
    [MemberData(nameof(Sample.Names), MemberType = typeof(Sample))]
    public async Task No_network_but_the_apps_own_gets_in(string sample)
    {
        var deployment = await Sample.DeploymentAsync(sample);
        Assert.All(deployment.OfType("Microsoft.Storage/storageAccounts").Concat(deployment.OfType("Microsoft.KeyVault/vaults")), one => Is(one, ("properties.networkAcls.defaultAction", "Deny")));
        Assert.All(deployment.OfType("Microsoft.Web/sites"), site => Is(site, ("properties.siteConfig.ipSecurityRestrictionsDefaultAction", "Deny")));
        Assert.All(deployment.OfType("Microsoft.Web/sites"), site => Assert.EndsWith("/subnets/apps", site["properties.virtualNetworkSubnetId"], StringComparison.Ordinal));
        Assert.All(deployment.OfType("Microsoft.EventHub/namespaces"), space => Assert.True(
            space["properties.publicNetworkAccess"] == "Disabled" || deployment.OfType("Microsoft.EventHub/namespaces/networkRuleSets").Any(rules => rules["properties.defaultAction"] == "Deny")));
        Assert.Equal("Deny", deployment.Single("Microsoft.Network/networkSecurityGroups").Properties.GetProperty("securityRules")[0].GetProperty("properties").GetProperty("access").GetString());
    }

    [Fact]
    public async Task Private_means_that_only_private_endpoints_lead_to_events_and_secrets()
    {
        var deployment = await Sample.DeploymentAsync("event-hubs-network");
        Is(deployment.Single("Microsoft.KeyVault/vaults"), ("properties.publicNetworkAccess", "Disabled"));
        Is(deployment.Single("Microsoft.EventHub/namespaces"), ("properties.publicNetworkAccess", "Disabled"));
        Is(deployment.OfType("Microsoft.Storage/storageAccounts").Single(account => !account.Name.Contains("host", StringComparison.Ordinal)), ("properties.publicNetworkAccess", "Disabled"));
        Assert.Equal(
            ["blob", "namespace", "queue", "table", "vault"],
            deployment.OfType("Microsoft.Network/privateEndpoints").Select(endpoint => endpoint.Properties.GetProperty("privateLinkServiceConnections")[0].GetProperty("properties").GetProperty("groupIds")[0].GetString()).Order(StringComparer.Ordinal));
        Assert.Equal(5, deployment.OfType("Microsoft.Network/privateDnsZones").Count());
        Assert.Equal(5, deployment.OfType("Microsoft.Network/privateDnsZones/virtualNetworkLinks").Count());
        Assert.Equal(5, deployment.OfType("Microsoft.Network/privateEndpoints/privateDnsZoneGroups").Count());
        Assert.All(deployment.OfType("Microsoft.Web/sites"), site => Is(site, ("properties.siteConfig.scmIpSecurityRestrictionsDefaultAction", "Deny")));
    }

    [Theory]
    [MemberData(nameof(Sample.Names), MemberType = typeof(Sample))]
    public async Task What_was_deleted_can_be_brought_back(string sample)
    {
        var deployment = await Sample.DeploymentAsync(sample);
        Is(deployment.Single("Microsoft.KeyVault/vaults"), ("properties.enableSoftDelete", "true"), ("properties.enablePurgeProtection", "true"), ("properties.softDeleteRetentionInDays", "14"));
        Assert.All(deployment.OfType("Microsoft.Storage/storageAccounts/blobServices"), blobs => Is(
            blobs, ("properties.deleteRetentionPolicy.enabled", "true"), ("properties.deleteRetentionPolicy.days", "14"), ("properties.containerDeleteRetentionPolicy.enabled", "true")));
        var locked = deployment.OfType("Microsoft.Authorization/locks").Select(one => one.Id.Split("/providers/")[0].Split('/')[0]).Order(StringComparer.Ordinal);
        string[] holders = ["Microsoft.KeyVault", "Microsoft.Storage", .. deployment.OfType("Microsoft.ServiceBus/namespaces").Select(_ => "Microsoft.ServiceBus"), .. deployment.OfType("Microsoft.EventHub/namespaces").Select(_ => "Microsoft.EventHub")];
        Assert.Equal(holders.Order(StringComparer.Ordinal), locked);
    }

    [Theory]
    [MemberData(nameof(Sample.Names), MemberType = typeof(Sample))]
    public async Task Connections_are_by_identity_and_secrets_by_reference(string sample)
    {
        var deployment = await Sample.DeploymentAsync(sample);
        foreach (var (name, value) in Settings(deployment))
        {
            Assert.DoesNotMatch("(?i)(AccountKey|SharedAccessKey|password=|InstrumentationKey=)", value);
            if (name.StartsWith("INTELMQ_SECRET_", StringComparison.Ordinal) || name is "IntelMqKafkaPassword" or "IntelMqKafkaUsername" or "IntelMqRabbitMq")
            {
                Assert.Contains("@Microsoft.KeyVault(SecretUri=", value, StringComparison.Ordinal);
            }

            if (name.EndsWith("__credential", StringComparison.Ordinal))
            {
                Assert.Equal("managedidentity", value);
            }
        }
    }

    [Fact]
    public async Task The_value_of_a_secret_goes_to_the_vault_and_nowhere_else()
    {
        const string Value = "s3cret of the feed";
        var deployment = await Deployment.OfAsync(Sample.Pipeline("service-bus-per-bot"), environment: new Dictionary<string, string> { ["INTELMQ_SECRET_FEED_COLLECTOR_HTTP_PASSWORD"] = Value });
        var secret = deployment.Single("Microsoft.KeyVault/vaults/secrets");
        Assert.Equal("intelmq-secret-feed-collector-http-password", secret.OwnName);

        // It is a secure parameter: known to the vault alone. Without a value nothing is written, so that the vault keeps what it has.
        Assert.Equal("[parameters('secretValues')['intelmq-secret-feed-collector-http-password']]", secret["properties.value"]);
        Assert.Equal("[not(empty(tryGet(parameters('secretValues'), 'intelmq-secret-feed-collector-http-password')))]", secret["condition"]);
        Assert.DoesNotContain(Value, deployment.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("not in any file that compile writes", deployment.Text, StringComparison.Ordinal);
        Assert.All(deployment.Compiled.Files, file => Assert.DoesNotContain("not in any file that compile writes", System.Text.Encoding.UTF8.GetString(file.Content.Span), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("allow_shared_keys: true", "Microsoft.Insights/components properties.DisableLocalAuth", "Microsoft.OperationalInsights/workspaces properties.features.disableLocalAuth", "Microsoft.Storage/storageAccounts properties.allowSharedKeyAccess")]
    [InlineData("purge_protection: false", "Microsoft.KeyVault/vaults properties.enablePurgeProtection")]
    [InlineData("delete_locks: false")]
    [InlineData("allowed_ip_ranges: [192.0.2.7]", "Microsoft.KeyVault/vaults properties.networkAcls.ipRules", "Microsoft.Storage/storageAccounts properties.networkAcls.ipRules", "Microsoft.Web/sites properties.siteConfig.ipSecurityRestrictions")]
    [InlineData("soft_delete_days: 7", "Microsoft.KeyVault/vaults properties.softDeleteRetentionInDays", "Microsoft.Storage/storageAccounts/blobServices properties.containerDeleteRetentionPolicy.days", "Microsoft.Storage/storageAccounts/blobServices properties.deleteRetentionPolicy.days")]
    public async Task A_named_key_opens_one_thing(string key, params string[] places)
    {
        var before = await Sample.DeploymentAsync("minimal");
        var changes = Changes.Between(before, await Deployment.OfAsync(With(key)));
        Assert.Equal(places, changes.Places);
        Assert.Empty(changes.Added);
        Assert.True(changes.Removed.Count == 0 || (key == "delete_locks: false" && changes.Removed.All(id => id.Contains("/locks/", StringComparison.Ordinal))));
        Assert.True(changes.Changed.Count + changes.Removed.Count > 0);
    }

    [Fact]
    public async Task An_open_network_still_asks_for_an_identity()
    {
        var deployment = await Deployment.OfAsync(With("network: open"));
        Assert.Empty(deployment.OfType("Microsoft.Network/virtualNetworks"));
        Assert.All(deployment.OfType("Microsoft.Storage/storageAccounts"), account => Is(account, ("properties.networkAcls.defaultAction", "Allow"), ("properties.allowSharedKeyAccess", "false"), ("properties.allowBlobPublicAccess", "false")));
        Assert.Null(deployment.OfType("Microsoft.Web/sites").First()["properties.virtualNetworkSubnetId"]);
    }

    private static string With(string key) => Sample.Pipeline("minimal").Replace("    location: westeurope\n", $"    location: westeurope\n    {key}\n", StringComparison.Ordinal);

    private static IEnumerable<(string Name, string Value)> Settings(Deployment deployment) => deployment.OfType("Microsoft.Web/sites")
        .SelectMany(site => site.Properties.GetProperty("siteConfig").GetProperty("appSettings").EnumerateArray())
        .Concat(deployment.OfType("Microsoft.App/containerApps").SelectMany(app => app.Properties.GetProperty("template").GetProperty("containers")[0].GetProperty("env").EnumerateArray().Where(setting => setting.TryGetProperty("value", out _))))
        .Select(setting => (setting.GetProperty("name").GetString()!, setting.GetProperty("value").GetString()!));

    private static void Is(Resource resource, params (string Path, string Wanted)[] wanted) => Assert.All(
        wanted, item => Assert.True(resource[item.Path] == item.Wanted, $"{resource.Id}: {item.Path} is {resource[item.Path]}, not {item.Wanted}."));
}
