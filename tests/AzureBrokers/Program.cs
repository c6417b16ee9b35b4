// A broker as a process of its own: tests kill and start again what talks to it.
using System.Globalization;
using IntelMq.AzureBrokers;

// The connection string is the first line of the output; the broker ends with its input.
if (args is ["service-bus", var seconds, .. var queues])
{
    using var broker = ServiceBusBroker.Start();
    var options = new BusQueueOptions { LockDuration = TimeSpan.FromSeconds(int.Parse(seconds, CultureInfo.InvariantCulture)) };
    foreach (var queue in queues)
    {
        broker.AddQueue(queue, options);
    }

    return await ServeAsync(broker);
}

if (args is ["event-hubs", var partitions, .. var hubs])
{
    using var broker = EventHubsBroker.Start();
    foreach (var hub in hubs)
    {
        broker.AddHub(hub, int.Parse(partitions, CultureInfo.InvariantCulture));
    }

    return await ServeAsync(broker);
}

await Console.Error.WriteLineAsync("Usage: IntelMq.AzureBrokers service-bus LOCK_SECONDS QUEUE… | event-hubs PARTITIONS HUB…");
return 64;

static async Task<int> ServeAsync(AmqpBroker broker)
{
    await Console.Out.WriteLineAsync(broker.ConnectionString);
    while (await Console.In.ReadLineAsync() is not null)
    {
        // Nothing is asked of it.
    }

    return 0;
}
