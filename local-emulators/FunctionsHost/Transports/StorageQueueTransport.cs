// Azure Storage queues as the queue trigger and the queue output binding use them.
using System.Collections.Concurrent;
using System.Text;
using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using IntelMq.Pipeline;

namespace IntelMq.FunctionsHost.Transports;

/// <summary>How the queue trigger treats messages (host.json, <c>extensions.queues</c>).</summary>
public sealed record QueueTriggerOptions
{
    /// <summary>A message that is being handled is hidden for so long, renewed while the handling lasts. The real trigger hides for ten minutes.</summary>
    public TimeSpan Hidden { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>A message whose handling failed is visible again after so long.</summary>
    public TimeSpan VisibilityTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>After so many deliveries a message goes to the poison queue.</summary>
    public int MaxDequeueCount { get; init; } = 5;
}

/// <summary>
/// Storage queues. Texts are base64 on the wire, which is the default of both sides' bindings. What a function made is written before its message is
/// deleted: a crash between the two makes messages twice, and never loses one.
/// </summary>
public sealed class StorageQueueTransport(QueueServiceClient service, QueueTriggerOptions options, TimeProvider clock) : ITransport
{
    private readonly ConcurrentDictionary<string, Task<QueueClient>> _queues = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<TransportMessage>> ReceiveAsync(CompiledQueue queue, bool poison, int most, CancellationToken cancellation)
    {
        var client = await QueueAsync(queue, poison);
        var received = await AskAsync(client, "read", () => client.ReceiveMessagesAsync(Math.Min(most, 32), options.Hidden, cancellation), cancellation);
        var messages = new List<TransportMessage>();
        foreach (var message in received.Value)
        {
            var taken = new TransportMessage(queue, poison, message.MessageId, Decode(message.Body), (int)message.DequeueCount, new Lease(client, message, options.Hidden, clock))
            {
                Enqueued = message.InsertedOn ?? default,
            };
            if (message.DequeueCount > options.MaxDequeueCount && !poison)
            {
                // Its last delivery ended with the process and could not be given up then.
                await GiveUpAsync(taken, cancellation);
                continue;
            }

            messages.Add(taken);
        }

        return messages;
    }

    /// <inheritdoc/>
    public async ValueTask CompleteAsync(IReadOnlyList<TransportMessage> done, IReadOnlyList<QueuedText> texts, CancellationToken cancellation)
    {
        foreach (var text in texts)
        {
            await SendAsync(await QueueAsync(text.Queue, text.Poison), Encoding.UTF8.GetBytes(text.Text), cancellation);
        }

        foreach (var message in done)
        {
            await ((Lease)message.Receipt).DeleteAsync(cancellation);
        }
    }

    /// <inheritdoc/>
    public async ValueTask AbandonAsync(IReadOnlyList<TransportMessage> batch, CancellationToken cancellation)
    {
        foreach (var message in batch)
        {
            if (message.Deliveries >= options.MaxDequeueCount && !message.Poison)
            {
                await GiveUpAsync(message, cancellation);
            }
            else
            {
                await ((Lease)message.Receipt).ReleaseAsync(options.VisibilityTimeout, cancellation);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask<long> DepthAsync(CompiledQueue queue, bool poison, CancellationToken cancellation)
    {
        var client = await QueueAsync(queue, poison);
        return (await AskAsync(client, "looked at", () => client.GetPropertiesAsync(cancellation), cancellation)).Value.ApproximateMessagesCount;
    }

    /// <inheritdoc/>
    public bool IsFull(CompiledQueue queue) => false;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static byte[] Decode(BinaryData body)
    {
        var text = body.ToString();
        var bytes = new byte[text.Length];

        // What is no base64 was written by somebody else; it is handed on as it is.
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : Encoding.UTF8.GetBytes(text);
    }

    private Task<QueueClient> QueueAsync(CompiledQueue queue, bool poison) => _queues.GetOrAdd(poison ? queue.Entity + "-poison" : queue.Entity, CreateAsync);

    private async Task<QueueClient> CreateAsync(string name)
    {
        var client = service.GetQueueClient(name);
        try
        {
            await AskAsync(client, "made", () => client.CreateIfNotExistsAsync());
            return client;
        }
        catch (TransportException)
        {
            // The next one who asks tries again.
            _queues.TryRemove(name, out _);
            throw;
        }
    }

    private static Task SendAsync(QueueClient client, byte[] text, CancellationToken cancellation) =>
        AskAsync(client, "written to", () => client.SendMessageAsync(Convert.ToBase64String(text), cancellation), cancellation);

    private static async Task<T> AskAsync<T>(QueueClient client, string what, Func<Task<T>> ask, CancellationToken cancellation = default)
    {
        try
        {
            return await ask();
        }
        catch (Exception error) when (IsOutside(error) && !cancellation.IsCancellationRequested)
        {
            throw new TransportException($"The queue '{client.Name}' cannot be {what}: {error.Message}", error);
        }
    }

    // The client has four ways to say that the service did not answer: with several tries behind it, all of them at once.
    private static bool IsOutside(Exception error) => error is RequestFailedException or AggregateException or OperationCanceledException or IOException or HttpRequestException;

    private async Task GiveUpAsync(TransportMessage message, CancellationToken cancellation)
    {
        var poison = await QueueAsync(message.Queue, poison: true);
        await SendAsync(poison, message.Text.ToArray(), cancellation);
        await ((Lease)message.Receipt).DeleteAsync(cancellation);
    }

    /// <summary>Keeps a message hidden while it is handled.</summary>
    private sealed class Lease : IDisposable
    {
        private readonly QueueClient _client;
        private readonly string _id;
        private readonly CancellationTokenSource _done = new();
        private readonly Task _renewing;
        private string _receipt;

        public Lease(QueueClient client, QueueMessage message, TimeSpan hidden, TimeProvider clock)
        {
            (_client, _id, _receipt) = (client, message.MessageId, message.PopReceipt);
            _renewing = Task.Run(() => RenewAsync(hidden, clock));
        }

        public async ValueTask DeleteAsync(CancellationToken cancellation)
        {
            await EndAsync();
            try
            {
                await _client.DeleteMessageAsync(_id, _receipt, cancellation);
            }
            catch (RequestFailedException error) when (error.Status is 404 or 400)
            {
                // The message became visible in the meantime and somebody else has it: it is handled twice, which the ids show.
            }
            catch (Exception error) when (IsOutside(error))
            {
                throw new TransportException($"A message of the queue '{_client.Name}' cannot be deleted: {error.Message}", error);
            }
        }

        public async ValueTask ReleaseAsync(TimeSpan after, CancellationToken cancellation)
        {
            await EndAsync();
            try
            {
                await _client.UpdateMessageAsync(_id, _receipt, (string?)null, after, cancellation);
            }
            catch (Exception error) when (IsOutside(error))
            {
                // It is visible already, or will be when its time is over.
            }
        }

        public void Dispose() => _done.Dispose();

        private async Task EndAsync()
        {
            await _done.CancelAsync();
            await _renewing;
            Dispose();
        }

        private async Task RenewAsync(TimeSpan hidden, TimeProvider clock)
        {
            try
            {
                using var timer = new PeriodicTimer(hidden / 3, clock);
                while (await timer.WaitForNextTickAsync(_done.Token))
                {
                    _receipt = (await _client.UpdateMessageAsync(_id, _receipt, (string?)null, hidden, CancellationToken.None)).Value.PopReceipt;
                }
            }
            catch (Exception error) when (IsOutside(error))
            {
                // Done, or lost to somebody else.
            }
        }
    }
}
