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
        var received = await client.ReceiveMessagesAsync(Math.Min(most, 32), options.Hidden, cancellation);
        var messages = new List<TransportMessage>();
        foreach (var message in received.Value)
        {
            var taken = new TransportMessage(queue, poison, message.MessageId, Decode(message.Body), (int)message.DequeueCount, new Lease(client, message, options.Hidden, clock));
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
    public async ValueTask CompleteAsync(TransportMessage? done, IReadOnlyList<QueuedText> texts, CancellationToken cancellation)
    {
        foreach (var text in texts)
        {
            var client = await QueueAsync(text.Queue, poison: false);
            await client.SendMessageAsync(Convert.ToBase64String(Encoding.UTF8.GetBytes(text.Text)), cancellation);
        }

        if (done is not null)
        {
            await ((Lease)done.Receipt).DeleteAsync(cancellation);
        }
    }

    /// <inheritdoc/>
    public async ValueTask AbandonAsync(TransportMessage message, CancellationToken cancellation)
    {
        if (message.Deliveries >= options.MaxDequeueCount && !message.Poison)
        {
            await GiveUpAsync(message, cancellation);
            return;
        }

        await ((Lease)message.Receipt).ReleaseAsync(options.VisibilityTimeout, cancellation);
    }

    /// <inheritdoc/>
    public async ValueTask<long> DepthAsync(CompiledQueue queue, bool poison, CancellationToken cancellation)
    {
        var client = await QueueAsync(queue, poison);
        return (await client.GetPropertiesAsync(cancellation)).Value.ApproximateMessagesCount;
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
        await client.CreateIfNotExistsAsync();
        return client;
    }

    private async Task GiveUpAsync(TransportMessage message, CancellationToken cancellation)
    {
        var poison = await QueueAsync(message.Queue, poison: true);
        await poison.SendMessageAsync(Convert.ToBase64String(message.Text.Span), cancellation);
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
        }

        public async ValueTask ReleaseAsync(TimeSpan after, CancellationToken cancellation)
        {
            await EndAsync();
            try
            {
                await _client.UpdateMessageAsync(_id, _receipt, (string?)null, after, cancellation);
            }
            catch (RequestFailedException error) when (error.Status is 404 or 400)
            {
                // It is visible already.
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
            catch (Exception error) when (error is OperationCanceledException or RequestFailedException)
            {
                // Done, or lost to somebody else.
            }
        }
    }
}
