// What the clients of Service Bus and Event Hubs throw when the broker, or the way to it, fails.
using System.Net.Sockets;
using Azure.Identity;
using Azure.Messaging.EventHubs;
using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Amqp;

namespace IntelMq.FunctionsHost.Transports;

/// <summary>Tells failures outside from our own mistakes.</summary>
internal static class BrokerFailure
{
    /// <summary>Whether an error tells of the broker or of the way to it.</summary>
    /// <param name="error">The error.</param>
    /// <param name="asked">What the caller could cancel with: a call that breaks off without it was broken off by a connection that ended.</param>
    public static bool Is(Exception error, CancellationToken asked) => error switch
    {
        OperationCanceledException => !asked.IsCancellationRequested,
        ServiceBusException or EventHubsException or AmqpException or AuthenticationFailedException or UnauthorizedAccessException or TimeoutException or SocketException or IOException => true,

        // A link that ends while it is used.
        InvalidOperationException => error.Source == typeof(AmqpLink).Assembly.GetName().Name,
        _ => false,
    };

    /// <summary>What a client's error says, without the advice behind it.</summary>
    public static string Sentence(Exception error) => error.Message.Split('\n')[0].Split("For troubleshooting information", 2)[0].Trim();
}
