// Sends what a broker has to those who wait for it.
using Microsoft.Azure.Amqp;

namespace IntelMq.AzureBrokers;

/// <summary>Sends message after message while there is one and somebody has credit for it: in the back, and never twice at once, because links call while they hold locks.</summary>
/// <param name="next">Takes the next message, with its receiver and tag; null where there is nothing to do.</param>
internal sealed class LinkPump(Func<(SendingAmqpLink Receiver, AmqpMessage Message, byte[] Tag)?> next)
{
    private int _wanted;

    /// <summary>There may be something to do.</summary>
    public void Wake()
    {
        if (Interlocked.Increment(ref _wanted) == 1)
        {
            ThreadPool.UnsafeQueueUserWorkItem(_ => Send(), null);
        }
    }

    private void Send()
    {
        int seen;
        do
        {
            seen = Volatile.Read(ref _wanted);
            while (next() is { } found)
            {
                try
                {
                    found.Receiver.SendMessageNoWait(found.Message, new ArraySegment<byte>(found.Tag), default);
                }
                catch (Exception error) when (error is AmqpException or InvalidOperationException or OperationCanceledException)
                {
                    // The receiver is gone: its lock ends by itself.
                }
            }
        }
        while (Interlocked.CompareExchange(ref _wanted, 0, seen) != seen);
    }
}
