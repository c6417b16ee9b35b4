// A port of our own choice in front of the mock cluster, which takes any.
using System.Net;
using System.Net.Sockets;

namespace IntelMq.KafkaBroker;

/// <summary>Carries bytes between clients and the broker behind it, and knows since when nobody is connected.</summary>
internal sealed class FixedPort : IDisposable
{
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);

    private readonly TcpListener _listener;
    private readonly int _target;
    private readonly CancellationTokenSource _closing = new();
    private int _connections;
    private long _idleSince = Environment.TickCount64;

    private FixedPort(TcpListener listener, int target)
    {
        (_listener, _target) = (listener, target);
        _ = AcceptAsync();
    }

    /// <summary>The port that is listened on.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Listens on a port of this machine; 0 for a free one.</summary>
    /// <exception cref="SocketException">The port is taken.</exception>
    public static FixedPort Open(int port, int target)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        return new FixedPort(listener, target);
    }

    /// <summary>Returns when no client was connected for a time.</summary>
    public async Task WhenIdleAsync(TimeSpan time)
    {
        while (Volatile.Read(ref _connections) > 0 || Environment.TickCount64 - Interlocked.Read(ref _idleSince) < time.TotalMilliseconds)
        {
            await Task.Delay(s_look);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _closing.Cancel();
        _listener.Dispose();
        _closing.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = CarryAsync(await _listener.AcceptTcpClientAsync(_closing.Token));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The broker ends.
        }
    }

    private async Task CarryAsync(TcpClient client)
    {
        Interlocked.Increment(ref _connections);
        try
        {
            using var near = client;
            using var far = new TcpClient { NoDelay = true };
            near.NoDelay = true;
            await far.ConnectAsync(IPAddress.Loopback, _target, _closing.Token);
            await using var nearStream = near.GetStream();
            await using var farStream = far.GetStream();
            using var either = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
            await Task.WhenAny(nearStream.CopyToAsync(farStream, either.Token), farStream.CopyToAsync(nearStream, either.Token));
            await either.CancelAsync();
        }
        catch (Exception error) when (error is IOException or SocketException or OperationCanceledException)
        {
            // One of the two is gone.
        }
        finally
        {
            Interlocked.Exchange(ref _idleSince, Environment.TickCount64);
            Interlocked.Decrement(ref _connections);
        }
    }
}
