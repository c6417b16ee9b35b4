// The brokers of cases: what lies in their queues before a run, and what lies there after it.
using System.Collections.Concurrent;
using System.Text;
using IntelMq.DataFormat;
using IntelMq.Servers.Tests;
using RabbitMQ.Client;
using StackExchange.Redis;

[assembly: AssemblyFixture(typeof(IntelMq.Bots.Cases.CaseServers))]

namespace IntelMq.Bots.Cases;

/// <summary>The servers of all cases, started when the first case asks for one.</summary>
public sealed class CaseServers : IAsyncDisposable
{
    private static CaseServers? s_current;

    /// <summary>Made once, before the first test.</summary>
    public CaseServers() => s_current = this;

    /// <summary>The servers: cases are run by functions that no test passes anything to.</summary>
    public static CaseServers Current => s_current!;

    /// <summary>Redis.</summary>
    public LocalRedis Redis { get; } = new();

    /// <summary>RabbitMQ.</summary>
    public LocalRabbitMq RabbitMq { get; } = new();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Redis.DisposeAsync();
        await RabbitMq.DisposeAsync();
    }
}

/// <summary>
/// The queues of one case. <c>redis.json</c> holds lists, <c>rabbitmq.json</c> queues; both by name, the oldest message first: a text, or with RabbitMQ
/// an object with <c>message_id</c> and <c>text</c>. What lies there afterwards is written to <c>redis/</c> and <c>rabbitmq/</c> beside the files that an output writes.
/// </summary>
internal sealed class CaseBrokers
{
    // Tests run beside each other; the runs of one test, which come one after the other, share names, so that they give the same ids.
    private static readonly ConcurrentDictionary<string, int> s_numbers = [];

    private static int s_last;

    private readonly ValueMap? _lists;
    private readonly ValueMap? _queues;
    private readonly int _number = s_numbers.GetOrAdd(TestContext.Current.Test!.UniqueID, _ => Interlocked.Increment(ref s_last));

    public CaseBrokers(BotCase known) => (_lists, _queues) = (Read(known, "redis.json"), Read(known, "rabbitmq.json"));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The parameters, with the place of the server; <c>{test}</c> in texts is a name that no other test has.</summary>
    public async Task<Dictionary<string, Value>> WithServersAsync(ValueMap parameters)
    {
        var filled = parameters.ToDictionary(item => item.Key, item => item.Value.Kind == ValueKind.Text ? Named(item.Value.AsText()!) : item.Value);
        if (_lists is not null)
        {
            (filled["redis_server_ip"], filled["redis_db"]) = (await CaseServers.Current.Redis.SocketAsync(), _number);
        }

        if (_queues is not null)
        {
            filled["connection_port"] = await CaseServers.Current.RabbitMq.StartAsync();
            await FillAsync();
        }

        return filled;
    }

    /// <summary>Puts what the case says into the queues, and nothing else.</summary>
    public async Task FillAsync()
    {
        if (_lists is not null)
        {
            await using var redis = await RedisAsync();
            await redis.GetServers()[0].FlushDatabaseAsync(_number);
            foreach (var (list, entries) in _lists)
            {
                foreach (var entry in entries.AsList())
                {
                    await redis.GetDatabase(_number).ListLeftPushAsync(list, entry.AsText());
                }
            }
        }

        if (_queues is not null)
        {
            await OnChannelAsync(async (channel, queue, messages) =>
            {
                await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, cancellationToken: Cancellation);
                await channel.QueuePurgeAsync(queue, Cancellation);
                foreach (var message in messages.AsList())
                {
                    var map = message.AsMap();
                    var properties = new BasicProperties { MessageId = map?["message_id"].AsText() };
                    await channel.BasicPublishAsync("", queue, mandatory: true, properties, Encoding.UTF8.GetBytes((map?["text"] ?? message).AsText()!), Cancellation);
                }
            });
        }
    }

    /// <summary>Writes what lies in the queues to files, a message per line, the oldest first.</summary>
    public async Task DumpAsync(string folder)
    {
        if (_lists is not null)
        {
            await using var redis = await RedisAsync();
            await foreach (var list in redis.GetServers()[0].KeysAsync(_number))
            {
                Write(folder, "redis", list.ToString(), (await redis.GetDatabase(_number).ListRangeAsync(list)).Reverse().Select(entry => entry.ToString()));
            }
        }

        if (_queues is not null)
        {
            await OnChannelAsync(async (channel, queue, _) =>
            {
                var lines = new List<string>();
                while (await channel.BasicGetAsync(queue, autoAck: true, Cancellation) is { } message)
                {
                    var properties = message.BasicProperties;
                    lines.Add(JsonText.Compact(Value.Of(new ValueMap
                    {
                        ["message_id"] = properties.MessageId,
                        ["content_type"] = properties.ContentType,
                        ["persistent"] = properties.Persistent,
                        ["text"] = Encoding.UTF8.GetString(message.Body.Span),
                    })));
                }

                if (lines.Count > 0)
                {
                    Write(folder, "rabbitmq", Unnamed(queue), lines);
                }
            });
        }
    }

    /// <summary>A text without the name that only this test has.</summary>
    public string Unnamed(string text) => text.Replace(Named("{test}"), "test", StringComparison.Ordinal);

    private static void Write(string folder, string server, string queue, IEnumerable<string> lines)
    {
        var path = Path.Combine(folder, server, queue);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, string.Concat(lines.Select(line => line + "\n")));
    }

    private static ValueMap? Read(BotCase known, string file)
    {
        var path = Path.Combine(known.Folder, file);
        return File.Exists(path) ? JsonText.TryParse(File.ReadAllBytes(path))?.AsMap() ?? throw new InvalidDataException($"{path} is no JSON object.") : null;
    }

    private string Named(string text) => text.Replace("{test}", $"test-{_number}", StringComparison.Ordinal);

    private async Task<ConnectionMultiplexer> RedisAsync()
    {
        var options = new ConfigurationOptions { AllowAdmin = true };
        options.EndPoints.Add(new System.Net.Sockets.UnixDomainSocketEndPoint(await CaseServers.Current.Redis.SocketAsync()));
        return await ConnectionMultiplexer.ConnectAsync(options);
    }

    private async Task OnChannelAsync(Func<IChannel, string, Value, Task> use)
    {
        await using var connection = await new ConnectionFactory { Uri = CaseServers.Current.RabbitMq.Address }.CreateConnectionAsync(Cancellation);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true), Cancellation);
        foreach (var (queue, messages) in _queues!)
        {
            await use(channel, Named(queue), messages);
        }
    }
}
