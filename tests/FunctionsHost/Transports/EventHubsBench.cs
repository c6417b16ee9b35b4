// An Event Hubs broker with hubs, and transports that are connected to it.
using IntelMq.AzureBrokers;
using IntelMq.FunctionsHost.Transports;
using IntelMq.Pipeline;
using Microsoft.Extensions.Time.Testing;

namespace IntelMq.FunctionsHost.Tests.Transports;

/// <summary>A broker of its own with the hub <c>a</c> of one partition and <c>b</c> of two; transports that a test opens are closed with it.</summary>
internal sealed class EventHubsBench : IAsyncDisposable
{
    private readonly List<EventHubsTransport> _transports = [];

    private EventHubsBench()
    {
        Broker = EventHubsBroker.Start(clock: Clock);
        Broker.AddHub(A.Entity, 1);
        Broker.AddHub(B.Entity, 2);
    }

    /// <summary>A hub of one partition.</summary>
    public static CompiledQueue A { get; } = new("a-queue", "event-hubs", "a", 900 * 1024);

    /// <summary>A hub of two partitions.</summary>
    public static CompiledQueue B { get; } = new("b-queue", "event-hubs", "b", 900 * 1024);

    /// <summary>The time of events and pauses.</summary>
    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public EventHubsBroker Broker { get; }

    /// <summary>Where the positions lie; of all transports, unless a test says otherwise.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("intelmq-positions-").FullName;

    /// <summary>Starts a broker.</summary>
    public static EventHubsBench Start() => new();

    /// <summary>Connects a transport to it.</summary>
    public async Task<EventHubsTransport> OpenAsync(EventHubsTriggerOptions? options = null)
    {
        var transport = await EventHubsTransport.OpenAsync(
            NamespaceConnection.Read(Broker.ConnectionString, "event-hubs"), [A, B], Folder, options ?? new EventHubsTriggerOptions(), Clock, TestContext.Current.CancellationToken);
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
        Directory.Delete(Folder, recursive: true);
    }
}
