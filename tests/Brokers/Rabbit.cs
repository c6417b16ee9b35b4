// What a test does at RabbitMQ beside the bots.
using RabbitMQ.Client;

namespace IntelMq.Brokers.Tests;

/// <summary>A connection of the test's own.</summary>
internal sealed class Rabbit : IAsyncDisposable
{
    private static int s_names;

    private IConnection? _connection;
    private IChannel? _channel;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The channel, where the messages that are published are confirmed.</summary>
    public IChannel Channel => _channel!;

    /// <summary>A name that no other test has.</summary>
    public static string NewName() => $"test-{Interlocked.Increment(ref s_names)}";

    /// <summary>Connects.</summary>
    public static async Task<Rabbit> ConnectAsync(Uri address)
    {
        var connection = await new ConnectionFactory { Uri = address }.CreateConnectionAsync(Cancellation);
        return new Rabbit { _connection = connection, _channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true), Cancellation) };
    }

    /// <summary>A durable queue of a new name.</summary>
    public async Task<string> NewQueueAsync()
    {
        var name = NewName();
        await Channel.QueueDeclareAsync(name, durable: true, exclusive: false, autoDelete: false, cancellationToken: Cancellation);
        return name;
    }

    /// <summary>Publishes texts to a queue.</summary>
    public async Task SendAsync(string queue, string?[] ids, params string[] texts)
    {
        for (var i = 0; i < texts.Length; i++)
        {
            var properties = new BasicProperties { DeliveryMode = DeliveryModes.Persistent, MessageId = ids.Length > i ? ids[i] : null };
            await Channel.BasicPublishAsync("", queue, mandatory: true, properties, System.Text.Encoding.UTF8.GetBytes(texts[i]), Cancellation);
        }
    }

    /// <summary>Takes everything that lies in a queue.</summary>
    public async Task<List<BasicGetResult>> TakeAllAsync(string queue)
    {
        var all = new List<BasicGetResult>();
        while (await Channel.BasicGetAsync(queue, autoAck: true, Cancellation) is { } one)
        {
            all.Add(one);
        }

        return all;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _channel!.DisposeAsync();
        await _connection!.DisposeAsync();
    }
}
