// A Service Bus broker with queues, and transports that are connected to it.
using System.Text;
using IntelMq.AzureBrokers;
using IntelMq.FunctionsHost.Transports;
using IntelMq.Pipeline;
using Microsoft.Extensions.Time.Testing;

namespace IntelMq.FunctionsHost.Tests.Transports;

/// <summary>A broker of its own with the queues <c>a</c> and <c>b</c>; transports that a test opens are closed with it.</summary>
internal sealed class ServiceBusBench : IAsyncDisposable
{
    private readonly List<ServiceBusTransport> _transports = [];

    private ServiceBusBench(BusQueueOptions options)
    {
        Broker = ServiceBusBroker.Start(clock: Clock);
        foreach (var queue in new[] { A, B })
        {
            Broker.AddQueue(queue.Entity, options);
        }
    }

    /// <summary>Both queues.</summary>
    public static CompiledQueue A { get; } = new("a-queue", "service-bus", "a", 192 * 1024, "a/$DeadLetterQueue");

    public static CompiledQueue B { get; } = new("b-queue", "service-bus", "b", 192 * 1024, "b/$DeadLetterQueue");

    /// <summary>The time of locks, in the broker and in the transports.</summary>
    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public ServiceBusBroker Broker { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Starts a broker, with locks of a minute.</summary>
    /// <param name="mostDeliveries">After so many it gives up.</param>
    public static ServiceBusBench Start(int mostDeliveries = 5) => new(new BusQueueOptions { MaxDeliveryCount = mostDeliveries });

    /// <summary>Connects a transport to it.</summary>
    public async Task<ServiceBusTransport> OpenAsync(ServiceBusTriggerOptions? options = null)
    {
        var transport = await ServiceBusTransport.OpenAsync(
            NamespaceConnection.Read(Broker.ConnectionString, "service-bus"), [A, B], options ?? new ServiceBusTriggerOptions(), Clock, Cancellation);
        _transports.Add(transport);
        return transport;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var transport in _transports)
        {
            await transport.DisposeAsync();
        }

        Broker.Dispose();
    }
}

/// <summary>What tests of transports say often.</summary>
internal static class TransportCalls
{
    /// <summary>Sends texts to a queue, as a timer's function does.</summary>
    public static ValueTask SendAsync(this ITransport transport, CompiledQueue queue, params string[] texts) =>
        transport.CompleteAsync([], [.. texts.Select(text => new QueuedText(queue, text))], TestContext.Current.CancellationToken);

    /// <summary>Receives until something is there; fails after half a minute.</summary>
    public static async Task<IReadOnlyList<TransportMessage>> WaitAsync(this ITransport transport, CompiledQueue queue, bool poison = false, int most = 1)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            if (await transport.ReceiveAsync(queue, poison, most, patience.Token) is { Count: > 0 } batch)
            {
                return batch;
            }

            await Task.Delay(20, patience.Token);
        }
    }

    /// <summary>Waits until a queue has a depth; fails after half a minute.</summary>
    public static async Task UntilDepthAsync(this ITransport transport, CompiledQueue queue, long depth, bool poison = false)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (await transport.DepthAsync(queue, poison, patience.Token) != depth)
        {
            await Task.Delay(20, patience.Token);
        }
    }

    public static string Utf8(this TransportMessage message) => Encoding.UTF8.GetString(message.Text.Span);
}
