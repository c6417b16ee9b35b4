// The connection of a bot to a RabbitMQ server (AMQP 0-9-1). Compiled into the libraries of the outputs and of the collectors.
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using IntelMq.Bots;
using IntelMq.DataFormat;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace IntelMq.Brokers;

/// <summary>Where the server is; the names are those of the bots' parameters.</summary>
internal interface IAmqpParameters
{
    /// <summary>How often a connection is tried in one go.</summary>
    int ConnectionAttempts { get; }

    /// <summary>Seconds between signs of life.</summary>
    int ConnectionHeartbeat { get; }

    /// <summary>The host.</summary>
    string ConnectionHost { get; }

    /// <summary>The port.</summary>
    int ConnectionPort { get; }

    /// <summary>The virtual host; null for the default one.</summary>
    string? ConnectionVhost { get; }

    /// <summary>The user; null for guest.</summary>
    string? Username { get; }

    /// <summary>The password; null for guest.</summary>
    string? Password { get; }

    /// <summary>Whether the connection is encrypted.</summary>
    bool UseSsl { get; }
}

/// <summary>One connection with one channel per bot: opened when it is first used, and again after a break.</summary>
/// <param name="parameters">Where the server is.</param>
/// <param name="common">The bot's common parameters: certificates to trust.</param>
/// <param name="context">The bot's services.</param>
/// <param name="options">How channels are.</param>
/// <param name="prepare">Called with each new channel.</param>
internal sealed class AmqpServer(
    IAmqpParameters parameters, BotParameters common, BotContext context, CreateChannelOptions options, Func<IChannel, CancellationToken, Task> prepare)
{
    private IConnection? _connection;
    private IChannel? _channel;

    private string Server => $"{parameters.ConnectionHost}:{parameters.ConnectionPort}";

    /// <summary>Works with the channel.</summary>
    /// <exception cref="TransientException">The server is down; the next call opens another connection.</exception>
    /// <exception cref="BotConfigurationException">It does not let us in, or refuses what is asked for good.</exception>
    public async Task<T> UseAsync<T>(Func<IChannel, Task<T>> use, CancellationToken cancellation)
    {
        try
        {
            return await use(await OpenAsync(cancellation));
        }
        catch (Exception error) when (Meaning(error) is { } meaning)
        {
            await CloseAsync();
            throw meaning;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Half of what was begun may be on its way.
            await CloseAsync();
            throw;
        }
    }

    /// <summary>What an error of the library means to the runtime; null for what is none of its errors.</summary>
    public Exception? Meaning(Exception error) => error switch
    {
        _ when Within<AuthenticationFailureException>(error) || Within<PossibleAuthenticationFailureException>(error) =>
            new BotConfigurationException($"RabbitMQ at {Server} does not let the user '{parameters.Username ?? ConnectionFactory.DefaultUser}' in. Correct 'username' and 'password'."),
        _ when ReplyOf(error) is { ReplyCode: 403 or 530 } refused =>
            new BotConfigurationException($"RabbitMQ at {Server} refuses: {refused.ReplyText} Correct 'connection_vhost', or let the user do that."),
        _ when ReplyOf(error) is { ReplyCode: 406 } other =>
            new BotConfigurationException($"RabbitMQ at {Server} refuses: {other.ReplyText} What is there was declared in another way: correct 'exchange_type' and 'exchange_durable', or delete it there."),
        _ when ReplyOf(error) is { ReplyCode: 404 } missing =>
            new TransientException($"RabbitMQ at {Server} does not have it: {missing.ReplyText}. Make it there, or correct the name.", inner: error),
        _ when Within<System.Security.Authentication.AuthenticationException>(error) =>
            new TransientException($"RabbitMQ at {Server} cannot be trusted: {Innermost(error).Message} Correct 'ssl_ca_certificate', or 'use_ssl' and 'connection_port'.", inner: error),
        RabbitMQClientException or IOException or System.Net.Sockets.SocketException or TimeoutException or ObjectDisposedException =>
            new TransientException($"RabbitMQ at {Server} cannot be used now: {ReplyOf(error)?.ReplyText ?? Innermost(error).Message}", inner: error),
        _ => null,
    };

    /// <summary>Closes the channel: what was brought on it and not acknowledged goes back. The next call opens another.</summary>
    public Task CloseChannelAsync()
    {
        var channel = _channel;
        _channel = null;
        return CloseAsync(channel, connection: null);
    }

    /// <summary>Closes the connection; the next call opens another.</summary>
    public Task CloseAsync()
    {
        var (channel, connection) = (_channel, _connection);
        (_channel, _connection) = (null, null);
        return CloseAsync(channel, connection);
    }

    private static async Task CloseAsync(IChannel? channel, IConnection? connection)
    {
        try
        {
            if (channel is not null)
            {
                await channel.DisposeAsync();
            }

            if (connection is not null)
            {
                await connection.CloseAsync(TimeSpan.FromSeconds(2));
                await connection.DisposeAsync();
            }
        }
        catch (Exception error) when (error is RabbitMQClientException or IOException or ObjectDisposedException or OperationCanceledException or TimeoutException)
        {
            // It was broken; that is why it is closed.
        }
    }

    private async Task<IChannel> OpenAsync(CancellationToken cancellation)
    {
        if (_channel is { IsOpen: true } open)
        {
            return open;
        }

        if (_connection is not { IsOpen: true })
        {
            await CloseAsync();
            _connection = await ConnectAsync(cancellation);
        }

        _channel = await _connection.CreateChannelAsync(options, cancellation);
        await prepare(_channel, cancellation);
        return _channel;
    }

    private async Task<IConnection> ConnectAsync(CancellationToken cancellation)
    {
        var factory = new ConnectionFactory
        {
            HostName = parameters.ConnectionHost,
            Port = parameters.ConnectionPort,
            VirtualHost = parameters.ConnectionVhost ?? ConnectionFactory.DefaultVHost,
            UserName = parameters.Username ?? ConnectionFactory.DefaultUser,
            Password = parameters.Password ?? ConnectionFactory.DefaultPass,
            RequestedHeartbeat = TimeSpan.FromSeconds(parameters.ConnectionHeartbeat),
            ClientProvidedName = "intelmq " + context.BotId,

            // A channel that came back by itself would not know what was acknowledged.
            AutomaticRecoveryEnabled = false,
            TopologyRecoveryEnabled = false,
            Ssl = new SslOption { Enabled = parameters.UseSsl, ServerName = parameters.ConnectionHost, CertificateValidationCallback = parameters.UseSsl ? await TrustAsync(cancellation) : null },
        };
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await factory.CreateConnectionAsync(cancellation);
            }
            catch (BrokerUnreachableException error) when (attempt < parameters.ConnectionAttempts && Meaning(error) is TransientException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100 * attempt), context.Clock, cancellation);
            }
        }
    }

    private async Task<RemoteCertificateValidationCallback?> TrustAsync(CancellationToken cancellation)
    {
        if (common.HttpVerifyCert.AsBoolean() == false)
        {
#pragma warning disable CA5359 // The operator switched the check off for this bot, by name.
            return (_, _, _, _) => true;
#pragma warning restore CA5359
        }

        if ((common.SslCaCertificate ?? common.HttpVerifyCert.AsText()) is not { } path)
        {
            return null;
        }

        await using var stream = await context.Files.OpenReadAsync(path, exclusive: false, cancellation);
        using var reader = new StreamReader(stream!);
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPem(await reader.ReadToEndAsync(cancellation));
        return (_, certificate, _, errors) =>
        {
            using var chain = new X509Chain { ChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck } };
            chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
            return certificate is X509Certificate2 own && (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) == 0 && chain.Build(own);
        };
    }

    private static ShutdownEventArgs? ReplyOf(Exception error) => error switch
    {
        OperationInterruptedException { ShutdownReason: { } reason } => reason,
        { InnerException: { } inner } => ReplyOf(inner),
        _ => null,
    };

    private static bool Within<T>(Exception error) => error is T || (error.InnerException is { } inner && Within<T>(inner));

    private static Exception Innermost(Exception error) => error.InnerException is { } inner ? Innermost(inner) : error;
}
