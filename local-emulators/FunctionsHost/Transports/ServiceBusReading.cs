// One queue of Service Bus, read by one trigger.
using System.Globalization;
using Azure.Messaging.ServiceBus;
using IntelMq.Pipeline;

namespace IntelMq.FunctionsHost.Transports;

/// <summary>
/// Asks the broker once and lets it wait: whoever looks in the meantime is told at once that nothing is there, and a message that comes is there at the next
/// look. Its lock is renewed from the moment it came. Thread-safe.
/// </summary>
internal sealed class ServiceBusReading(CompiledQueue queue, bool poison, ServiceBusReceiver receiver, ServiceBusTriggerOptions options, TimeProvider clock) : IAsyncDisposable
{
    // A message that lies there already comes within this time.
    private static readonly TimeSpan s_firstLook = TimeSpan.FromMilliseconds(200);

    private readonly SemaphoreSlim _gate = new(1);
    private readonly CancellationTokenSource _ending = new();
    private readonly Queue<TransportMessage> _ready = new();
    private Task<IReadOnlyList<TransportMessage>>? _asked;
    private bool _mayBeMore = true;

    private string Name => receiver.EntityPath;

    /// <summary>Messages that are there.</summary>
    public async ValueTask<IReadOnlyList<TransportMessage>> TakeAsync(int most, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            if (_ready.Count == 0)
            {
                if (_asked is null)
                {
                    _asked = AskAsync(most);
                    await Task.WhenAny(_asked, _mayBeMore ? Task.Delay(s_firstLook, cancellation) : Task.CompletedTask);
                }

                if (_asked.IsCompleted)
                {
                    var answer = _asked;
                    _asked = null;
                    foreach (var message in await answer)
                    {
                        _ready.Enqueue(message);
                    }

                    _mayBeMore = _ready.Count > 0;
                }
            }

            var taken = new List<TransportMessage>();
            while (taken.Count < most && _ready.TryDequeue(out var message))
            {
                taken.Add(message);
            }

            return taken;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Counts messages without taking them.</summary>
    public async ValueTask<long> PeekAsync(int most, CancellationToken cancellation)
    {
        try
        {
            var (count, next) = (0, 1L);
            while (count < most)
            {
                // A page may be shorter than what was asked for though more is there.
                var page = await receiver.PeekMessagesAsync(most - count, next, cancellation);
                if (page.Count == 0)
                {
                    break;
                }

                (count, next) = (count + page.Count, page[^1].SequenceNumber + 1);
            }

            return count;
        }
        catch (Exception error) when (BrokerFailure.Is(error, cancellation))
        {
            throw new TransportException($"The queue '{Name}' cannot be looked at: {BrokerFailure.Sentence(error)}", error);
        }
    }

    /// <summary>Ends; what nobody took is given back.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        try
        {
            foreach (var message in _asked is null ? [] : await _asked)
            {
                _ready.Enqueue(message);
            }

            foreach (var message in _ready)
            {
                await ((ServiceBusLease)message.Receipt).AbandonAsync(CancellationToken.None);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or TransportException)
        {
            // Their locks end.
        }

        await receiver.DisposeAsync();
        _ending.Dispose();
        _gate.Dispose();
    }

    private async Task<IReadOnlyList<TransportMessage>> AskAsync(int most)
    {
        try
        {
            var messages = await receiver.ReceiveMessagesAsync(most, options.LongestWait, _ending.Token);
            return messages.Select(Taken).ToArray();
        }
        catch (Exception error) when (BrokerFailure.Is(error, _ending.Token))
        {
            throw new TransportException($"The queue '{Name}' cannot be read: {BrokerFailure.Sentence(error)}", error);
        }
    }

    private TransportMessage Taken(ServiceBusReceivedMessage message) =>
        new(queue, poison, message.SequenceNumber.ToString(CultureInfo.InvariantCulture), message.Body.ToMemory(), message.DeliveryCount, new ServiceBusLease(receiver, message, options, clock))
        {
            Sequence = message.SequenceNumber,
            Enqueued = message.EnqueuedTime,
        };
}
