// The lock on a message of Service Bus.
using Azure.Messaging.ServiceBus;

namespace IntelMq.FunctionsHost.Transports;

/// <summary>Renews the lock until the message is settled, or has been handled for longer than the trigger allows.</summary>
internal sealed class ServiceBusLease
{
    private static readonly TimeSpan s_shortest = TimeSpan.FromMilliseconds(200);

    private readonly ServiceBusReceiver _receiver;
    private readonly ServiceBusReceivedMessage _message;
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _renewing;

    public ServiceBusLease(ServiceBusReceiver receiver, ServiceBusReceivedMessage message, ServiceBusTriggerOptions options, TimeProvider clock)
    {
        (_receiver, _message) = (receiver, message);
        _renewing = Task.Run(() => RenewAsync(options.MaxAutoLockRenewalDuration, clock));
    }

    /// <summary>The message is done. Where its lock was lost it is handled twice, which the ids show.</summary>
    public Task CompleteAsync(CancellationToken cancellation) => SettleAsync("completed", () => _receiver.CompleteMessageAsync(_message, cancellation), cancellation);

    /// <summary>The message comes again at once, or is dead-lettered by the broker.</summary>
    public Task AbandonAsync(CancellationToken cancellation) => SettleAsync("given back", () => _receiver.AbandonMessageAsync(_message, cancellationToken: cancellation), cancellation);

    private async Task SettleAsync(string what, Func<Task> settle, CancellationToken cancellation)
    {
        // What cannot be completed is given back: this is done twice then.
        _settled.TrySetResult();
        await _renewing;
        try
        {
            await settle();
        }
        catch (ServiceBusException error) when (error.Reason == ServiceBusFailureReason.MessageLockLost)
        {
            // Somebody else has it, or will have it.
        }
        catch (Exception error) when (BrokerFailure.Is(error, cancellation))
        {
            throw new TransportException($"A message of the queue '{_receiver.EntityPath}' cannot be {what}: {BrokerFailure.Sentence(error)}", error);
        }
    }

    private async Task RenewAsync(TimeSpan longest, TimeProvider clock)
    {
        var begun = clock.GetTimestamp();
        while (clock.GetElapsedTime(begun) < longest)
        {
            var left = _message.LockedUntil - clock.GetUtcNow();
            try
            {
                await _settled.Task.WaitAsync(left > s_shortest ? left / 2 : s_shortest / 2, clock);
                return;
            }
            catch (TimeoutException)
            {
                // Not settled yet.
            }

            try
            {
                await _receiver.RenewMessageLockAsync(_message, CancellationToken.None);
            }
            catch (ServiceBusException error) when (error.Reason == ServiceBusFailureReason.MessageLockLost)
            {
                // Somebody else has it, or will have it.
                return;
            }
            catch (Exception error) when (BrokerFailure.Is(error, CancellationToken.None) || error is ObjectDisposedException)
            {
                // Tried again until the lock is lost; the client of a transport that was closed has none to renew.
                if (_receiver.IsClosed)
                {
                    return;
                }
            }
        }
    }
}
