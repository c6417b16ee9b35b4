// The connection to a Redis server.
using System.Globalization;
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

    /// <summary>Reads an address: <c>redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE]</c>, <c>rediss://…</c> for an encrypted connection, <c>unix:///PATH</c> for a socket.</summary>
    /// <param name="address">The address.</param>
    /// <param name="setting">The setting it stands in, for the sentence; the address itself may hold a password and is never shown.</param>
    /// <exception cref="BotConfigurationException">It is none.</exception>
    public static RedisSettings Parse(string address, string setting)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("redis" or "rediss" or "unix"))
        {
            throw new BotConfigurationException($"'{setting}' is no address of a Redis server. Write redis://HOST:6379/0, rediss://USER:PASSWORD@HOST:6380/0 for an encrypted connection, or unix:///PATH.");
        }

        if (uri.Scheme == "unix")
        {
            return new RedisSettings { Host = uri.AbsolutePath };
        }

        var database = uri.AbsolutePath.Trim('/');
        var number = 0;
        if (database.Length > 0 && !int.TryParse(database, NumberStyles.None, CultureInfo.InvariantCulture, out number))
        {
            throw new BotConfigurationException($"'{setting}' names the database '{database}'. Databases of Redis are numbers: redis://HOST:6379/0.");
        }

        var user = uri.UserInfo.Split(':', 2);
        return new RedisSettings
        {
            Host = uri.Host,
            Port = uri.Port > 0 ? uri.Port : 6379,
            Database = number,
            User = user[0].Length > 0 ? Uri.UnescapeDataString(user[0]) : null,
            Password = user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null,
            Encrypted = uri.Scheme == "rediss",
        };
    }
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
