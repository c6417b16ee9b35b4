// Redis and RabbitMQ as an IntelMQ installation beside us uses them.
using System.Text;
using IntelMq.Servers.Tests;
using RabbitMQ.Client;
using StackExchange.Redis;

[assembly: AssemblyFixture(typeof(LocalRedis))]
[assembly: AssemblyFixture(typeof(LocalRabbitMq))]

namespace IntelMq.EndToEnd.Tests;

/// <summary>What a test does at the brokers in IntelMQ's place.</summary>
internal sealed class Bridge : IAsyncDisposable
{
    private readonly ConnectionMultiplexer? _redis;
    private IConnection? _connection;
    private IChannel? _channel;

    private Bridge(ConnectionMultiplexer? redis) => _redis = redis;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private IDatabase Database => _redis!.GetDatabase(2);

    /// <summary>Connects to the servers; null for one that the test does not need.</summary>
    public static async Task<Bridge> ConnectAsync(LocalRedis? redis, LocalRabbitMq? rabbit)
    {
        ConnectionMultiplexer? connected = null;
        if (redis is not null)
        {
            var options = new ConfigurationOptions();
            options.EndPoints.Add(new System.Net.Sockets.UnixDomainSocketEndPoint(await redis.SocketAsync()));
            connected = await ConnectionMultiplexer.ConnectAsync(options);
        }

        var bridge = new Bridge(connected);
        if (rabbit is not null)
        {
            await rabbit.StartAsync();
            bridge._connection = await new ConnectionFactory { Uri = rabbit.Address }.CreateConnectionAsync(Cancellation);
            bridge._channel = await bridge._connection.CreateChannelAsync(new CreateChannelOptions(true, true), Cancellation);
        }

        return bridge;
    }

    /// <summary>Pushes as IntelMQ does: from the left.</summary>
    public Task PushAsync(string list, IEnumerable<string> messages) => Database.ListLeftPushAsync(list, messages.Select(message => (RedisValue)message).ToArray());

    /// <summary>What lies in a list, the oldest first.</summary>
    public async Task<string[]> ListAsync(string list) => (await Database.ListRangeAsync(list)).Reverse().Select(entry => entry.ToString()).ToArray();

    /// <summary>The keys that begin with a text.</summary>
    public string[] Keys(string beginning) => _redis!.GetServers()[0].Keys(2, beginning + "*").Select(key => key.ToString()).ToArray();

    /// <summary>Makes a durable queue.</summary>
    public Task MakeQueueAsync(string queue) => _channel!.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, cancellationToken: Cancellation);

    /// <summary>Publishes messages with ids; they are beside each other on their way.</summary>
    public async Task PublishAsync(string queue, IEnumerable<string> messages)
    {
        var sent = messages.Select((message, i) => _channel!.BasicPublishAsync(
            "", queue, mandatory: true, new BasicProperties { DeliveryMode = DeliveryModes.Persistent, MessageId = $"message-{i}" }, Encoding.UTF8.GetBytes(message), Cancellation).AsTask()).ToList();
        await Task.WhenAll(sent);
    }

    /// <summary>Takes everything out of a queue: the id and the text.</summary>
    public async Task<List<(string? Id, string Text)>> TakeAllAsync(string queue)
    {
        var all = new List<(string?, string)>();
        while (await _channel!.BasicGetAsync(queue, autoAck: true, Cancellation) is { } message)
        {
            all.Add((message.BasicProperties.MessageId, Encoding.UTF8.GetString(message.Body.Span)));
        }

        return all;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_channel is not null)
        {
            await _channel.DisposeAsync();
            await _connection!.DisposeAsync();
        }

        if (_redis is not null)
        {
            await _redis.DisposeAsync();
        }
    }
}
