// The connection to a Redis server.
using StackExchange.Redis;

namespace IntelMq.Stores;

/// <summary>Where a Redis server is. No record: those show all they hold, and this holds a password.</summary>
public sealed class RedisSettings
{
    /// <summary>The host name, the address, or the path of a Unix socket.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The port; of no meaning for a socket.</summary>
    public int Port { get; init; } = 6379;

    /// <summary>The number of the database.</summary>
    public int Database { get; init; }

    /// <summary>The user; null for the default one.</summary>
    public string? User { get; init; }

    /// <summary>The password; null for none.</summary>
    public string? Password { get; init; }

    /// <summary>Whether the connection is encrypted.</summary>
    public bool Encrypted { get; init; }
}

/// <summary>One connection that all bots share; it is made again by itself when it breaks.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    private readonly ConnectionMultiplexer _connection;
    private readonly int _database;

    private RedisServer(ConnectionMultiplexer connection, int database) => (_connection, _database) = (connection, database);

    /// <summary>Connects. A server that is down now is no error: what is asked of it is, until it is up.</summary>
    public static async Task<RedisServer> ConnectAsync(RedisSettings settings)
    {
        var options = new ConfigurationOptions
        {
            AbortOnConnectFail = false,
            ConnectTimeout = 3000,
            AsyncTimeout = 5000,
            SyncTimeout = 5000,
            User = settings.User,
            Password = settings.Password,
            Ssl = settings.Encrypted,
            ClientName = "intelmq",

            // Its figures are for its makers; and keys are none of the log's business.
            IncludeDetailInExceptions = false,

            // What waits in a queue of the client would be done although its caller has given up.
            BacklogPolicy = BacklogPolicy.FailFast,
        };
        if (settings.Host.StartsWith('/'))
        {
            options.EndPoints.Add(new System.Net.Sockets.UnixDomainSocketEndPoint(settings.Host));
        }
        else
        {
            options.EndPoints.Add(settings.Host, settings.Port);
        }

        return new RedisServer(await ConnectionMultiplexer.ConnectAsync(options), settings.Database);
    }

    /// <summary>The state of a bot.</summary>
    public RedisStateStore StateOf(string botId) => new(_connection.GetDatabase(_database), botId);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
