// What both brokers have of AMQP 1.0: connections, tokens and the way from an address to what is there.
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Framing;
using Microsoft.Azure.Amqp.Sasl;
using Microsoft.Azure.Amqp.Transport;

namespace IntelMq.AzureBrokers;

/// <summary>
/// A broker on a loopback port. It speaks what the emulators of Service Bus and Event Hubs speak: AMQP without TLS, tokens of any content through
/// <c>$cbs</c>. What it keeps lives in memory.
/// </summary>
public abstract class AmqpBroker : IRuntimeProvider, IDisposable
{
    private readonly ConcurrentDictionary<AmqpConnection, bool> _connections = new();
    private readonly RequestNode _tokens = new(_ => RequestNode.Answer(202, "Accepted"));
    private AmqpConnectionListener _listener;

    private protected AmqpBroker(int port) => (_listener, Port) = Listen(port);

    /// <summary>The port.</summary>
    public int Port { get; }

    /// <summary>The connection string, as the emulators have it.</summary>
    public string ConnectionString => string.Create(
        CultureInfo.InvariantCulture,
        $"Endpoint=sb://127.0.0.1:{Port};SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=SAS_KEY_VALUE;UseDevelopmentEmulator=true;");

    /// <summary>Cuts all connections, as a network that breaks does.</summary>
    public void DropConnections()
    {
        foreach (var connection in _connections.Keys)
        {
            connection.Abort();
        }
    }

    /// <summary>Ends listening and cuts all connections; messages stay.</summary>
    public void Stop()
    {
        _listener.Close();
        DropConnections();
    }

    /// <summary>Listens again on the same port.</summary>
    public void Restart() => (_listener, _) = Listen(Port);

    /// <inheritdoc/>
    public virtual void Dispose()
    {
        Stop();
        GC.SuppressFinalize(this);
    }

    AmqpConnection IConnectionFactory.CreateConnection(TransportBase transport, ProtocolHeader protocolHeader, bool isInitiator, AmqpSettings amqpSettings, AmqpConnectionSettings connectionSettings)
    {
        connectionSettings.ContainerId = "broker";
        connectionSettings.MaxFrameSize = 64 * 1024;
        var connection = new AmqpConnection(transport, protocolHeader, isInitiator: false, amqpSettings, connectionSettings);
        _connections[connection] = true;
        connection.Closed += (_, _) => _connections.TryRemove(connection, out _);
        return connection;
    }

    AmqpSession ISessionFactory.CreateSession(AmqpConnection connection, AmqpSessionSettings settings) => new(connection, settings, this);

    AmqpLink ILinkFactory.CreateLink(AmqpSession session, AmqpLinkSettings settings)
    {
        if (settings.Role != true)
        {
            return new SendingAmqpLink(session, settings);
        }

        settings.TotalLinkCredit = 500;
        settings.AutoSendFlow = true;
        settings.MaxMessageSize = (ulong)LargestMessage;
        return new ReceivingAmqpLink(session, settings);
    }

    IAsyncResult ILinkFactory.BeginOpenLink(AmqpLink link, TimeSpan timeout, AsyncCallback callback, object state)
    {
        var address = (link.IsReceiver ? ((Target)link.Settings.Target).Address : ((Source)link.Settings.Source).Address).ToString() ?? "";
        address = address.TrimStart('/');
        var attached = address == "$cbs" ? _tokens.TryAttach(link) : TryAttach(address, link);
        if (!attached)
        {
            throw new AmqpException(AmqpErrorCode.NotFound, $"The messaging entity '{address}' could not be found.");
        }

        var result = new Attached(state);
        callback(result);
        return result;
    }

    void ILinkFactory.EndOpenLink(IAsyncResult result)
    {
    }

    /// <summary>The largest message, in bytes.</summary>
    private protected abstract int LargestMessage { get; }

    /// <summary>Attaches a link to what has an address; false where nothing has it.</summary>
    private protected abstract bool TryAttach(string address, AmqpLink link);

    private (AmqpConnectionListener Listener, int Port) Listen(int port)
    {
        for (var attempts = 1; ; attempts++)
        {
            var free = port == 0 ? FreePort() : port;
            var settings = new AmqpSettings { RuntimeProvider = this };
            var sasl = new SaslTransportProvider();
            sasl.Versions.Add(new AmqpVersion(1, 0, 0));

            // The mechanism of those who show a token afterwards.
            sasl.AddHandler(new SaslAnonymousHandler("MSSBCBS"));
            sasl.AddHandler(new SaslAnonymousHandler());
            settings.TransportProviders.Add(sasl);
            var amqp = new AmqpTransportProvider();
            amqp.Versions.Add(new AmqpVersion(1, 0, 0));
            settings.TransportProviders.Add(amqp);
            var listener = new AmqpConnectionListener([string.Create(CultureInfo.InvariantCulture, $"amqp://127.0.0.1:{free}")], settings, new AmqpConnectionSettings());
            try
            {
                listener.Open();
                return (listener, free);
            }
            catch (SocketException) when (attempts < 20)
            {
                // Somebody was faster, or the port is not given back yet.
                Thread.Sleep(50);
            }
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    // A link is attached at once.
    private sealed class Attached(object state) : IAsyncResult
    {
        public object AsyncState => state;

        public WaitHandle AsyncWaitHandle => throw new NotSupportedException();

        public bool CompletedSynchronously => true;

        public bool IsCompleted => true;
    }
}
