// A node that answers requests: tokens and management.
using System.Collections.Concurrent;
using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Encoding;
using Microsoft.Azure.Amqp.Framing;

namespace IntelMq.AzureBrokers;

/// <summary>Answers each request on the link that its reply address names.</summary>
internal sealed class RequestNode(Func<AmqpMessage, AmqpMessage> answer)
{
    private readonly ConcurrentDictionary<string, SendingAmqpLink> _replies = new(StringComparer.Ordinal);
    private long _answers;

    /// <summary>An answer. The two services spell the status differently; each finds its own.</summary>
    public static AmqpMessage Answer(int status, string description, AmqpMap? body = null, AmqpSymbol condition = default)
    {
        var message = body is null ? AmqpMessage.Create() : AmqpMessage.Create(new AmqpValue { Value = body });
        var properties = message.ApplicationProperties.Map;
        properties["status-code"] = properties["statusCode"] = status;
        properties["status-description"] = properties["statusDescription"] = description;
        if (condition.Value is not null)
        {
            properties["error-condition"] = properties["errorCondition"] = condition;
        }

        return message;
    }

    /// <summary>The name of the operation that a request asks for.</summary>
    public static string OperationOf(AmqpMessage request) => request.ApplicationProperties.Map["operation"]?.ToString() ?? "";

    /// <summary>Attaches one of the two links that a client needs.</summary>
    public bool TryAttach(AmqpLink link)
    {
        if (link is ReceivingAmqpLink requests)
        {
            requests.RegisterMessageListener(request => Reply(requests, request));
            return true;
        }

        var address = ((Target)link.Settings.Target).Address.ToString() ?? "";
        _replies[address] = (SendingAmqpLink)link;
        link.Closed += (_, _) => _replies.TryRemove(address, out _);
        return true;
    }

    private void Reply(ReceivingAmqpLink requests, AmqpMessage request)
    {
        if (_replies.TryGetValue(request.Properties.ReplyTo?.ToString() ?? "", out var replies))
        {
            var reply = answer(request);
            reply.Properties.CorrelationId = request.Properties.MessageId;
            reply.Settled = true;
            replies.SendMessageNoWait(reply, new ArraySegment<byte>(BitConverter.GetBytes(Interlocked.Increment(ref _answers))), default);
        }

        requests.AcceptMessage(request, batchable: false);
    }
}
