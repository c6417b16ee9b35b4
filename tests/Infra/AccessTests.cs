// What each app may do: what its bots need, and nothing else.
using IntelMq.Pipeline;

namespace IntelMq.Infra.Tests;

public sealed class AccessTests
{
    private const string BlobOwner = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b";
    private const string BlobContributor = "ba92f5b4-2d11-453d-a403-e96b0029c9fe";
    private const string BlobReader = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1";
    private const string QueueContributor = "974c5e8b-45b9-4653-ba55-5f855dd0fb88";
    private const string QueueSender = "c6a89b2d-59bc-44d0-9896-0f6e12d7b80a";
    private const string QueueReader = "19e7f393-937e-4f77-808e-94535e297925";
    private const string TableContributor = "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3";
    private const string ServiceBusReceiver = "4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0";
    private const string ServiceBusSender = "69a216fc-b8fb-44d8-bc22-1f3c2cd27a39";
    private const string EventHubsReceiver = "a638d3c7-ab3a-418d-83e6-5f17a39d4fde";
    private const string EventHubsSender = "2b629674-e913-4c01-ae53-ef4638d8f975";
    private const string SecretsUser = "4633458b-17de-408a-b874-0445c86b69e6";
    private const string MetricsPublisher = "3913510d-42f4-4e42-8a64-420c390055eb";
    private const string AcrPull = "7f951dda-4ed3-4680-a7ca-43fe172d538d";
    private const string Reader = "acdd72a7-3385-48ef-bd42-f606fba81ae7";

    // On which kinds of resources a role may lie at all: none on a group, a subscription, or the account that holds events.
    private static readonly Dictionary<string, string[]> s_places = new()
    {
        [BlobOwner] = ["storageAccounts"],
        [BlobContributor] = ["storageAccounts/blobServices/containers"],
        [BlobReader] = ["storageAccounts/blobServices/containers"],
        [QueueContributor] = ["storageAccounts/queueServices/queues"],
        [QueueSender] = ["storageAccounts/queueServices/queues"],
        [QueueReader] = ["storageAccounts/queueServices/queues"],
        [TableContributor] = ["storageAccounts", "storageAccounts/tableServices/tables"],
        [ServiceBusReceiver] = ["namespaces/queues"],
        [ServiceBusSender] = ["namespaces/queues"],
        [EventHubsReceiver] = ["namespaces/eventhubs"],
        [EventHubsSender] = ["namespaces/eventhubs"],
        [SecretsUser] = ["vaults/secrets"],
        [MetricsPublisher] = ["components"],
        [AcrPull] = ["registries"],
        [Reader] = ["namespaces"],
    };

    // What every app has, whatever its bots do.
    private static readonly string[] s_everybodys =
    [
        $"{BlobContributor} storageAccounts/blobServices/containers/intelmq-dead-letters",
        $"{BlobContributor} storageAccounts/blobServices/containers/intelmq-raw",
        $"{BlobContributor} storageAccounts/blobServices/containers/intelmqparked",
        $"{TableContributor} storageAccounts/tableServices/tables/intelmqparked",
        $"{TableContributor} storageAccounts/tableServices/tables/intelmqstate",
        $"{BlobOwner} storageAccounts",
        $"{TableContributor} storageAccounts",
        $"{MetricsPublisher} components",
    ];

    [Fact]
    public async Task With_an_app_per_bot_on_Storage_queues_a_bot_has_its_queue_and_the_next_ones()
    {
        var deployment = await Deployment.OfAsync(Sample.Pipeline("minimal"), new CompileOptions { Apps = "per-bot" });
        Has(deployment, "feed-collector", Queue(QueueSender, "feed-parser-queue"));
        Has(deployment, "feed-parser", [.. Own("feed-parser-queue"), .. Queue(QueueSender, "deduplicator-queue")]);
        Has(deployment, "deduplicator", [.. Own("deduplicator-queue"), .. Queue(QueueSender, "file-output-queue")]);
        Has(deployment, "file-output", [.. Own("file-output-queue"), $"{BlobContributor} storageAccounts/blobServices/containers/intelmq"]);
        string[] queues = ["feed-parser-queue", "deduplicator-queue", "file-output-queue"];
        Has(deployment, "pipeline", [.. Queue(QueueSender, queues), .. Queue(QueueReader, [.. queues, .. queues.Select(queue => queue + "-poison")])]);

        static string[] Own(string queue) => Queue(QueueContributor, queue, queue + "-poison");
        static string[] Queue(string role, params string[] queues) => [.. queues.Select(queue => $"{role} storageAccounts/queueServices/queues/{queue}")];
    }

    [Fact]
    public async Task With_an_app_per_bot_on_Service_Bus_a_bot_has_its_queue_its_secret_and_the_next_ones()
    {
        var deployment = await Sample.DeploymentAsync("service-bus-per-bot");
        Has(deployment, "feed-collector", Sends("feed-parser-queue"), $"{SecretsUser} vaults/secrets/intelmq-secret-feed-collector-http-password");
        Has(deployment, "feed-parser", Takes("feed-parser-queue"), Sends("feed-parser-queue"), Sends("geolocation-queue"));
        Has(deployment, "geolocation", Takes("geolocation-queue"), Sends("geolocation-queue"), Sends("partner-queue"), Sends("file-output-queue"), $"{BlobReader} storageAccounts/blobServices/containers/databases");
        Has(deployment, "partner", Takes("partner-queue"), Sends("partner-queue"));
        Has(deployment, "file-output", Takes("file-output-queue"), Sends("file-output-queue"), $"{BlobContributor} storageAccounts/blobServices/containers/intelmq");
        Has(deployment, "pipeline", Sends("feed-parser-queue"), Sends("geolocation-queue"), Sends("partner-queue"), Sends("file-output-queue"), $"{Reader} namespaces");

        static string Takes(string queue) => $"{ServiceBusReceiver} namespaces/queues/{queue}";
        static string Sends(string queue) => $"{ServiceBusSender} namespaces/queues/{queue}";
    }

    [Fact]
    public async Task A_bot_with_an_app_of_its_own_has_its_hub_and_the_next_one()
    {
        var deployment = await Sample.DeploymentAsync("event-hubs-network");
        Has(deployment, "honeypot-parser", $"{EventHubsReceiver} namespaces/eventhubs/honeypot-parser-queue", $"{EventHubsSender} namespaces/eventhubs/honeypot-parser-queue", $"{EventHubsSender} namespaces/eventhubs/taxonomy-queue");
    }

    [Fact]
    public async Task A_container_pulls_its_image_and_reads_the_users_of_Kafka()
    {
        var deployment = await Sample.DeploymentAsync("container-apps-kafka");
        Has(
            deployment, "file-output", $"{AcrPull} registries", $"{SecretsUser} vaults/secrets/intelmqkafkapassword", $"{SecretsUser} vaults/secrets/intelmqkafkausername",
            $"{BlobContributor} storageAccounts/blobServices/containers/intelmq");
    }

    [Theory]
    [MemberData(nameof(Sample.Names), MemberType = typeof(Sample))]
    public async Task No_role_lies_where_it_is_broader_than_needed(string sample)
    {
        var deployment = await Sample.DeploymentAsync(sample);
        var pipelineStorage = deployment.OfType("Microsoft.Storage/storageAccounts").Single(account => !account.Name.Contains("host", StringComparison.Ordinal));
        Assert.NotEmpty(deployment.Roles);
        Assert.All(deployment.Roles, role =>
        {
            Assert.Contains(s_places[role.Role], place => role.Scope == place || (place.Contains('/', StringComparison.Ordinal) && role.Scope.StartsWith(place + "/", StringComparison.Ordinal)));
            Assert.NotEqual(pipelineStorage.Id, role.ScopeId);
        });
    }

    [Theory]
    [MemberData(nameof(Sample.Names), MemberType = typeof(Sample))]
    public async Task The_host_storage_of_an_app_is_its_own(string sample)
    {
        var deployment = await Sample.DeploymentAsync(sample);
        var owners = deployment.Roles.Where(role => role.Role == BlobOwner).ToArray();
        Assert.Equal(deployment.OfType("Microsoft.ManagedIdentity/userAssignedIdentities").Count(), owners.Length);
        Assert.Equal(owners.Length, owners.Select(role => role.ScopeId).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Sample.Names), MemberType = typeof(Sample))]
    public async Task Every_queue_has_one_reader_and_every_function_one_app(string sample)
    {
        var deployment = await Sample.DeploymentAsync(sample);
        var app = deployment.Compiled.App;
        var served = deployment.OfType("Microsoft.Web/sites").SelectMany(site => site.Properties.GetProperty("siteConfig").GetProperty("appSettings").EnumerateArray())
            .Concat(deployment.OfType("Microsoft.App/containerApps").SelectMany(one => one.Properties.GetProperty("template").GetProperty("containers")[0].GetProperty("env").EnumerateArray()))
            .Where(setting => setting.GetProperty("name").GetString()!.StartsWith("AzureFunctionsJobHost__functions__", StringComparison.Ordinal))
            .Select(setting => setting.GetProperty("value").GetString()!);
        Assert.Equal(app.Functions.Select(function => function.Name), served.Order(StringComparer.Ordinal));

        var brokers = app.Queues.Where(queue => queue.Transport is "service-bus" or "event-hubs" or "storage-queue").Select(queue => queue.Entity).Order(StringComparer.Ordinal);
        var readers = deployment.Roles.Where(role => role.Role is QueueContributor or ServiceBusReceiver or EventHubsReceiver).Select(role => role.Scope.Split('/')[^1]).Where(queue => !queue.EndsWith("-poison", StringComparison.Ordinal));
        Assert.Equal(brokers, readers.Order(StringComparer.Ordinal));
    }

    private static void Has(Deployment deployment, string app, params string[] wanted)
    {
        var got = deployment.Roles.Where(role => role.App == app).Select(role => $"{role.Role} {role.Scope}").Order(StringComparer.Ordinal);
        Assert.Equal(s_everybodys.Concat(wanted).Order(StringComparer.Ordinal), got);
    }
}
