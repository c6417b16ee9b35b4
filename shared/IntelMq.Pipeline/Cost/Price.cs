// A price of a service.
namespace IntelMq.Pipeline;

/// <summary>A price.</summary>
/// <param name="Id">The id in the price table.</param>
/// <param name="Service">The service.</param>
/// <param name="Unit">What is counted.</param>
/// <param name="Per">How many of it the price is for.</param>
/// <param name="Amount">The price, in <paramref name="Currency"/>.</param>
/// <param name="Free">How many of it are free each month.</param>
/// <param name="Currency">The currency.</param>
/// <param name="Region">Where the price holds.</param>
/// <param name="Verified">False where no public text was found that gives it.</param>
/// <param name="Source">Where it stands.</param>
public sealed record Price(string Id, string Service, string Unit, double Per, double Amount, double Free, string Currency, string Region, bool Verified, string Source)
{
    /// <summary>What a quantity costs, beyond what is free.</summary>
    public double CostOf(double quantity) => GrossOf(Math.Max(quantity - Free, 0));

    /// <summary>What a quantity costs where nothing is free.</summary>
    public double GrossOf(double quantity) => quantity / Per * Amount;
}

/// <summary>The ids of the prices that an estimate needs.</summary>
internal static class PriceIds
{
    public const string FlexExecutionTime = "flex-execution-time";
    public const string FlexExecutions = "flex-executions";
    public const string FlexAlwaysReady = "flex-always-ready";
    public const string PremiumCpu = "premium-vcpu";
    public const string PremiumMemory = "premium-memory";
    public const string ContainerCpu = "container-vcpu";
    public const string ContainerMemory = "container-memory";
    public const string QueueOperations = "queue-operations";
    public const string ServiceBusBase = "service-bus-base";
    public const string ServiceBusOperations = "service-bus-operations";
    public const string EventHubsThroughput = "event-hubs-throughput";
    public const string EventHubsIngress = "event-hubs-ingress";
    public const string EventHubsPremium = "event-hubs-premium";
    public const string TableOperations = "table-operations";
    public const string TableStorage = "table-storage";
    public const string BlobWrites = "blob-writes";
    public const string BlobReads = "blob-reads";
    public const string BlobStorage = "blob-storage";
    public const string LogIngestion = "log-ingestion";

    /// <summary>All of them, in the order in which they are shown.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        FlexExecutionTime, FlexExecutions, FlexAlwaysReady, PremiumCpu, PremiumMemory, ContainerCpu, ContainerMemory,
        QueueOperations, ServiceBusBase, ServiceBusOperations, EventHubsThroughput, EventHubsIngress, EventHubsPremium,
        TableOperations, TableStorage, BlobWrites, BlobReads, BlobStorage, LogIngestion,
    ];
}
