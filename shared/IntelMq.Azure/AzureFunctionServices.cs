// The services of a function app on Azure.
using IntelMq.Bots;
using IntelMq.Runtime;
using Microsoft.Extensions.Logging;

namespace IntelMq.Azure;

/// <summary>The stores of a function app in one storage account. Any number of instances may use them at once.</summary>
public static class AzureFunctionServices
{
    /// <summary>The name of the connection in the app's settings.</summary>
    public const string Connection = "IntelMqStorage";

    /// <summary>The container of raw data and large frames.</summary>
    public const string ClaimsContainer = "intelmq-raw";

    /// <summary>The container of dead letters.</summary>
    public const string DeadLettersContainer = "intelmq-dead-letters";

    /// <summary>The table, and the container of large frames, of what is parked.</summary>
    public const string Parked = "intelmqparked";

    /// <summary>The table of state.</summary>
    public const string StateTable = "intelmqstate";

    // Longer than a queue, the park store and a broker's dead-letter queue together keep a message.
    private static readonly TimeSpan s_rawKept = TimeSpan.FromDays(30);

    // Longer than an invocation lasts, by far.
    private static readonly TimeSpan s_leftBehind = TimeSpan.FromDays(1);

    /// <summary>Opens the stores.</summary>
    /// <param name="clients">The storage account.</param>
    /// <param name="local">Opens the file system for a bot and its state: packaged inputs and mounted shares.</param>
    /// <param name="logs">Makes logs.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="http">HTTP.</param>
    /// <param name="dns">Makes the DNS resolver.</param>
    /// <param name="serviceBus">The namespace whose queues are looked at besides Storage queues; null for none.</param>
    public static FunctionServices Open(
        StorageClients clients, Func<string, IStateStore, IFileStore> local, ILoggerFactory logs, TimeProvider clock, IHttpClients http, Lazy<IDnsResolver> dns, ServiceBusSettings? serviceBus = null)
    {
        var state = new StateTable(clients.Tables, StateTable, clock);
        var claims = new BlobClaimCheckStore(clients.Blobs, ClaimsContainer);
        var blobs = new BlobFileStore(clients.Blobs);
        var parked = new BlobParkStore(clients.Tables, clients.Blobs, Parked);
        return new FunctionServices
        {
            State = state.For,
            Files = (bot, store) => new RoutedFileStore(blobs, local(bot, store)),
            Parked = parked,
            Depths = new Lazy<IReadOnlyList<IQueueDepths>>(() =>
                serviceBus is null ? [new StorageQueueDepths(clients.Queues)] : [new StorageQueueDepths(clients.Queues), new ServiceBusDepths(serviceBus, clock)]),
            DeadLetters = new BlobDeadLetterStore(clients.Blobs, DeadLettersContainer),
            Claims = claims,
            Http = http,
            Dns = dns,
            Logs = logs,
            Clock = clock,
            Purge = async cancellation =>
            {
                await state.PurgeAsync(clock.GetUtcNow(), cancellation);
                await claims.PurgeAsync(clock.GetUtcNow() - s_rawKept, cancellation);
                await parked.PurgeAsync(clock.GetUtcNow() - s_leftBehind, cancellation);
            },
        };
    }
}
