// Which storage account, and who asks.
using IntelMq.Bots;

namespace IntelMq.Azure;

/// <summary>
/// The settings of a storage connection, as the Functions host reads them: <c>NAME__accountName</c>, or <c>NAME__blobServiceUri</c>,
/// <c>NAME__queueServiceUri</c> and <c>NAME__tableServiceUri</c>, with <c>NAME__clientId</c> for a user-assigned identity; <c>NAME</c> alone is a
/// connection string and is taken for emulators only.
/// </summary>
public sealed record StorageSettings
{
    private const string DevelopmentAccount = "devstoreaccount1";

    // Not a secret: every storage emulator has this key (https://learn.microsoft.com/azure/storage/common/storage-connect-azurite).
    private const string DevelopmentKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    /// <summary>The blob service; null where only queues or tables are used.</summary>
    public Uri? BlobUri { get; init; }

    /// <summary>The queue service.</summary>
    public Uri? QueueUri { get; init; }

    /// <summary>The table service.</summary>
    public Uri? TableUri { get; init; }

    /// <summary>The client id of a user-assigned managed identity; null for the app's own identity or whoever is signed in.</summary>
    public string? ClientId { get; init; }

    /// <summary>The connection string of an emulator.</summary>
    public string? ConnectionString { get; private init; }

    /// <summary>An account in the public cloud by its name.</summary>
    public static StorageSettings Account(string name, string? clientId = null) => new()
    {
        BlobUri = new Uri($"https://{name}.blob.core.windows.net"),
        QueueUri = new Uri($"https://{name}.queue.core.windows.net"),
        TableUri = new Uri($"https://{name}.table.core.windows.net"),
        ClientId = clientId,
    };

    /// <summary>An emulator by its connection string.</summary>
    /// <exception cref="BotConfigurationException">It is the connection string of a real account.</exception>
    public static StorageSettings Emulator(string connectionString, string settingName = "The storage connection")
    {
        if (!IsOfEmulator(connectionString))
        {
            throw new BotConfigurationException(
                $"'{settingName}' is a connection string with a key or signature of a storage account. Keys of accounts are not used here: remove it, set '{settingName}__accountName' "
                + "to the account's name and give the app's identity the roles 'Storage Blob Data Contributor', 'Storage Queue Data Contributor' and 'Storage Table Data Contributor'. "
                + "Connection strings are for emulators (Azurite) only.");
        }

        return new StorageSettings { ConnectionString = connectionString };
    }

    /// <summary>Reads the settings of a connection.</summary>
    /// <param name="name">The connection's name, for example <c>AzureWebJobsStorage</c>.</param>
    /// <param name="setting">Gives an app setting by its name, null where there is none.</param>
    /// <exception cref="BotConfigurationException">There are none, or they do not name a service.</exception>
    public static StorageSettings Read(string name, Func<string, string?> setting)
    {
        string? Text(string key) => setting(key) is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;

        if (Text(name) is { } connectionString)
        {
            return Emulator(connectionString, name);
        }

        var clientId = Text(name + "__clientId");
        if (Text(name + "__accountName") is { } account)
        {
            return account.Length is >= 3 and <= 24 && account.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c))
                ? Account(account, clientId)
                : throw new BotConfigurationException($"'{name}__accountName' is '{account}', which is no name of a storage account (3 to 24 lower-case letters and digits). Where the account is not in the public cloud set '{name}__blobServiceUri' and so on.");
        }

        Uri? Service(string service) => Text($"{name}__{service}ServiceUri") switch
        {
            null => null,
            var text when Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps => uri,
            var text => throw new BotConfigurationException($"'{name}__{service}ServiceUri' is '{text}'. Give an address that starts with https://, for example https://myaccount.{service}.core.windows.net."),
        };

        var settings = new StorageSettings { BlobUri = Service("blob"), QueueUri = Service("queue"), TableUri = Service("table"), ClientId = clientId };
        return settings is { BlobUri: null, QueueUri: null, TableUri: null }
            ? throw new BotConfigurationException($"No storage account is set. Set '{name}__accountName' to the account's name, or '{name}' to the connection string of an emulator.")
            : settings;
    }

    private static bool IsOfEmulator(string connectionString)
    {
        var parts = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in connectionString.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            parts[equals < 0 ? part : part[..equals].Trim()] = equals < 0 ? "" : part[(equals + 1)..].Trim();
        }

        if (parts.TryGetValue("UseDevelopmentStorage", out var use))
        {
            return use.Equals("true", StringComparison.OrdinalIgnoreCase);
        }

        if (parts.GetValueOrDefault("AccountName") == DevelopmentAccount && parts.GetValueOrDefault("AccountKey") == DevelopmentKey)
        {
            return true;
        }

        var endpoints = parts.Where(part => part.Key.EndsWith("Endpoint", StringComparison.OrdinalIgnoreCase)).Select(part => part.Value).ToArray();
        return endpoints.Length > 0 && endpoints.All(endpoint => Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) && uri.IsLoopback);
    }
}
