// The connection of a bot to a Redis server that holds the queues of IntelMQ. Compiled into the libraries of the outputs and of the collectors.
using IntelMq.Bots;
using StackExchange.Redis;

namespace IntelMq.Brokers;

/// <summary>Where the server is; the names are those of the bots' parameters.</summary>
internal interface IRedisParameters
{
    /// <summary>The host name, the address, or the path of a Unix socket.</summary>
    string RedisServerIp { get; }

    /// <summary>The port.</summary>
    int RedisServerPort { get; }

    /// <summary>The number of the database.</summary>
    int RedisDb { get; }

    /// <summary>The password; null for none.</summary>
    string? RedisPassword { get; }

    /// <summary>The list.</summary>
    string RedisQueue { get; }

    /// <summary>How long the server may take, in milliseconds.</summary>
    int RedisTimeout { get; }
}

/// <summary>One connection per bot: opened when it is first used, and again after a break.</summary>
internal sealed class RedisLists(IRedisParameters parameters, string botId)
{
    private static readonly string[] s_refusals = ["NOAUTH", "WRONGPASS", "NOPERM", "invalid password", "AuthenticationFailure", "authentication failure"];

    private ConnectionMultiplexer? _connection;

    /// <summary>The server, as people name it.</summary>
    private string Server => Path is { } path ? path : $"{parameters.RedisServerIp}:{parameters.RedisServerPort}";

    // IntelMQ takes a path where a host is expected, with or without the scheme.
    private string? Path =>
        parameters.RedisServerIp.StartsWith("unix://", StringComparison.Ordinal) ? parameters.RedisServerIp["unix://".Length..]
        : parameters.RedisServerIp.StartsWith('/') ? parameters.RedisServerIp : null;

    /// <summary>Asks the server.</summary>
    /// <exception cref="TransientException">The server is down or full.</exception>
    /// <exception cref="BotConfigurationException">It does not let us in, or what has the list's name is none.</exception>
    public async Task<T> AskAsync<T>(Func<IDatabase, Task<T>> ask, CancellationToken cancellation)
    {
        try
        {
            _connection ??= await ConnectionMultiplexer.ConnectAsync(Options()).WaitAsync(cancellation);
            return await ask(_connection.GetDatabase(parameters.RedisDb)).WaitAsync(cancellation);
        }
        catch (RedisException error) when (s_refusals.Any(refusal => error.ToString().Contains(refusal, StringComparison.Ordinal)))
        {
            throw new BotConfigurationException($"Redis at {Server} does not let us in: {FirstLine(error)} Correct 'redis_password'.");
        }
        catch (RedisServerException error) when (error.Message.Contains("WRONGTYPE", StringComparison.Ordinal))
        {
            throw new BotConfigurationException($"'{parameters.RedisQueue}' is no list at Redis {Server}. Correct 'redis_queue' or 'redis_db'.");
        }
        catch (RedisCommandException error) when (error.Message.Contains("database", StringComparison.Ordinal))
        {
            throw new BotConfigurationException($"Redis at {Server} has no database {parameters.RedisDb}. Correct 'redis_db'.");
        }
        catch (Exception error) when (error is RedisException or TimeoutException or ObjectDisposedException)
        {
            throw new TransientException($"Redis at {Server} cannot be used now: {FirstLine(error)}", inner: error);
        }
    }

    /// <summary>Closes the connection; the next question opens another.</summary>
    public async ValueTask CloseAsync()
    {
        if (_connection is { } open)
        {
            _connection = null;
            await open.DisposeAsync();
        }
    }

    private static string FirstLine(Exception error) => error.Message.Split('\n')[0];

    private ConfigurationOptions Options()
    {
        var options = new ConfigurationOptions
        {
            // Only so is a wrong password told for certain; a connection that makes itself again only says that there is none.
            AbortOnConnectFail = true,
            ConnectRetry = 1,
            ConnectTimeout = parameters.RedisTimeout,
            AsyncTimeout = parameters.RedisTimeout,
            SyncTimeout = parameters.RedisTimeout,
            Password = parameters.RedisPassword,
            ClientName = "intelmq-" + string.Concat(botId.Where(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_')),

            // What its makers want to know holds the messages.
            IncludeDetailInExceptions = false,

            // What waits in a queue of the client would be done although its caller has given up.
            BacklogPolicy = BacklogPolicy.FailFast,
        };
        if (Path is { } path)
        {
            options.EndPoints.Add(new System.Net.Sockets.UnixDomainSocketEndPoint(path));
        }
        else
        {
            options.EndPoints.Add(parameters.RedisServerIp, parameters.RedisServerPort);
        }

        return options;
    }
}
