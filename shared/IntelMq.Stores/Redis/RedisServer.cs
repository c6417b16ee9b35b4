// The connection to a Redis server.
using IntelMq.Bots;
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
    // How Redis says that it does not know us; the client puts its own words around it.
    private static readonly string[] s_refusals = ["NOAUTH", "WRONGPASS", "NOPERM", "invalid password", "AuthenticationFailure", "authentication failure"];

    private readonly ConnectionMultiplexer _connection;
    private readonly int _database;

    private RedisServer(ConnectionMultiplexer connection, int database) => (_connection, _database) = (connection, database);

    /// <summary>Connects. A server that is down now is no error: what is asked of it is, until it is up.</summary>
    /// <exception cref="BotConfigurationException">It does not take the user or password.</exception>
    public static async Task<RedisServer> ConnectAsync(RedisSettings settings)
    {
        var options = new ConfigurationOptions
        {
            AbortOnConnectFail = true,
            ConnectRetry = 1,
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

        try
        {
            // Only so is a wrong password told for certain; a connection that makes itself again only says that there is none.
            return new RedisServer(await ConnectionMultiplexer.ConnectAsync(options), settings.Database);
        }
        catch (RedisException error) when (IsRefusal(error))
        {
            throw Refused(error);
        }
        catch (RedisConnectionException)
        {
            options.AbortOnConnectFail = false;
            return new RedisServer(await ConnectionMultiplexer.ConnectAsync(options), settings.Database);
        }
    }

    internal static bool IsRefusal(Exception error) => s_refusals.Any(refusal => error.ToString().Contains(refusal, StringComparison.Ordinal));

    internal static BotConfigurationException Refused(RedisException error) =>
        new($"Redis does not let us in: {error.Message.Split('\n')[0]} Correct the user and password of the state store.");

    /// <summary>The state of a bot.</summary>
    public RedisStateStore StateOf(string botId) => new(_connection.GetDatabase(_database), botId);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
