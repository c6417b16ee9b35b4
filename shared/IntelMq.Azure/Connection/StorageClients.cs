// The clients of a storage account.
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using IntelMq.Bots;

namespace IntelMq.Azure;

/// <summary>How long a storage call may take.</summary>
public sealed record StoragePatience
{
    /// <summary>No attempt is begun after this.</summary>
    public TimeSpan Retries { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The first pause between two attempts; it doubles up to two seconds.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>One attempt: sending a block of 4 MiB and waiting for the answer.</summary>
    public TimeSpan Attempt { get; init; } = TimeSpan.FromSeconds(15);
}

/// <summary>
/// Makes the clients of a storage account: with the app's identity (<see cref="DefaultAzureCredential"/>), or with the connection string of an
/// emulator. Calls are tried again for five seconds in all; what still fails then is told as a <see cref="TransientException"/>.
/// </summary>
public sealed class StorageClients
{
    private readonly Lazy<BlobServiceClient> _blobs;
    private readonly Lazy<TableServiceClient> _tables;
    private readonly Lazy<QueueServiceClient> _queues;

    /// <summary>Makes clients; nothing is asked of the service yet.</summary>
    /// <param name="settings">The account.</param>
    /// <param name="clock">The clock by which the time of a call is measured.</param>
    /// <param name="credential">Who asks; null for the identity that the environment gives.</param>
    /// <param name="transport">Sends the requests; null for the network.</param>
    /// <param name="patience">How long a call may take; null for the usual five seconds.</param>
    public StorageClients(StorageSettings settings, TimeProvider clock, TokenCredential? credential = null, HttpPipelineTransport? transport = null, StoragePatience? patience = null)
    {
        patience ??= new StoragePatience();
        var identity = new Lazy<TokenCredential>(() => credential ?? new DefaultAzureCredential(new DefaultAzureCredentialOptions { ManagedIdentityClientId = settings.ClientId }));
        T Options<T>(T options)
            where T : ClientOptions
        {
            options.Retry.NetworkTimeout = patience.Attempt;
            options.RetryPolicy = new BoundedRetries(clock, patience.Retries, patience.FirstPause);
            options.Transport = transport ?? options.Transport;
            return options;
        }

        _blobs = new Lazy<BlobServiceClient>(() => settings.ConnectionString is { } text
            ? new BlobServiceClient(text, Options(new BlobClientOptions()))
            : new BlobServiceClient(Address(settings.BlobUri, "blob"), identity.Value, Options(new BlobClientOptions())));
        _tables = new Lazy<TableServiceClient>(() => settings.ConnectionString is { } text
            ? new TableServiceClient(text, Options(new TableClientOptions()))
            : new TableServiceClient(Address(settings.TableUri, "table"), identity.Value, Options(new TableClientOptions())));
        _queues = new Lazy<QueueServiceClient>(() => settings.ConnectionString is { } text
            ? new QueueServiceClient(text, Options(new QueueClientOptions()))
            : new QueueServiceClient(Address(settings.QueueUri, "queue"), identity.Value, Options(new QueueClientOptions())));
    }

    /// <summary>Blob storage.</summary>
    /// <exception cref="BotConfigurationException">The settings name no blob service.</exception>
    public BlobServiceClient Blobs => _blobs.Value;

    /// <summary>Tables.</summary>
    /// <exception cref="BotConfigurationException">The settings name no table service.</exception>
    public TableServiceClient Tables => _tables.Value;

    /// <summary>Queues.</summary>
    /// <exception cref="BotConfigurationException">The settings name no queue service.</exception>
    public QueueServiceClient Queues => _queues.Value;

    private static Uri Address(Uri? uri, string service) =>
        uri ?? throw new BotConfigurationException($"The storage connection names no {service} service. Set its '…__{service}ServiceUri', or '…__accountName' for all services of an account.");
}
