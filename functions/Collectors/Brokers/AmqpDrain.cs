// One run through a queue of RabbitMQ.
using System.Globalization;
using RabbitMQ.Client;

namespace IntelMq.Collectors;

/// <summary>Takes messages from a queue on one channel until there are no more.</summary>
internal sealed class AmqpDrain(AmqpParameters parameters, TimeProvider clock)
{
    private AmqpInbox? _inbox;
    private uint _announced;

    /// <summary>Whether the server has been asked to bring messages.</summary>
    public bool HasBegun => _inbox is not null;

    /// <summary>A name for the channel that no other has.</summary>
    public string ChannelName { get; private set; } = "";

    /// <summary>The next messages: what is there, at most so many; none where the queue is empty.</summary>
    public async Task<List<AmqpDelivery>> NextAsync(IChannel channel, int most, CancellationToken cancellation)
    {
        var batch = new List<AmqpDelivery>();
        while (batch.Count < most)
        {
            if (_inbox is not null && _inbox.Brought.TryRead(out var delivery))
            {
                batch.Add(delivery);
                _announced -= _announced > 0 ? 1u : 0u;
                continue;
            }

            if (_announced == 0)
            {
                // What is there is handled before anybody asks for more.
                _announced = batch.Count > 0 ? 0 : await channel.MessageCountAsync(parameters.QueueName, cancellation);
                if (_announced == 0)
                {
                    break;
                }
            }

            _inbox ??= await ConsumeAsync(channel, cancellation);
            if (!await IsBroughtAsync(_inbox, cancellation))
            {
                _announced = 0;
                break;
            }
        }

        return batch;
    }

    private async Task<AmqpInbox> ConsumeAsync(IChannel channel, CancellationToken cancellation)
    {
        ChannelName = clock.GetUtcNow().UtcTicks.ToString(CultureInfo.InvariantCulture);
        var inbox = new AmqpInbox(channel);
        await channel.BasicConsumeAsync(parameters.QueueName, autoAck: false, inbox, cancellation);
        return inbox;
    }

    private async Task<bool> IsBroughtAsync(AmqpInbox inbox, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(parameters.RunWaitSeconds), clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        try
        {
            return await inbox.Brought.WaitToReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Acknowledges a message and all before it.</summary>
    /// <exception cref="IOException">The channel is another one by now.</exception>
    public async Task<bool> AcknowledgeAsync(IChannel channel, ulong tag, CancellationToken cancellation)
    {
        if (!ReferenceEquals(channel, _inbox?.Channel))
        {
            throw new IOException("The connection broke before the messages were acknowledged; they are brought again.");
        }

        await channel.BasicAckAsync(tag, multiple: true, cancellation);
        return true;
    }
}
