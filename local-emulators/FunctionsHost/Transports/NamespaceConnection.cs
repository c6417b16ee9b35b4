// Which Service Bus or Event Hubs namespace, and who asks.
using Azure.Messaging.ServiceBus;
using IntelMq.Bots;

namespace IntelMq.FunctionsHost.Transports;

/// <summary>A namespace: an emulator by its connection string, or a real one by its name and the identity of whoever is signed in.</summary>
/// <param name="Name">How it is called in messages.</param>
/// <param name="EmulatorText">The connection string of an emulator; null for a real namespace.</param>
public sealed record NamespaceConnection(string Name, string? EmulatorText)
{
    private const string Cure = "Give the namespace's name, for example 'myspace.servicebus.windows.net' (sign in with 'az login'), or an emulator's connection string with 'UseDevelopmentEmulator=true'.";

    /// <summary>Reads what <c>--connection</c> says.</summary>
    /// <exception cref="BotConfigurationException">It is missing, or is neither of the two.</exception>
    public static NamespaceConnection Read(string? text, string transport)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            throw new BotConfigurationException($"The transport '{transport}' needs '--connection'. {Cure}");
        }

        if (!text.Contains('=', StringComparison.Ordinal))
        {
            return Uri.CheckHostName(text.Trim()) == UriHostNameType.Dns && text.Contains('.', StringComparison.Ordinal)
                ? new NamespaceConnection(text.Trim(), null)
                : throw new BotConfigurationException($"'--connection' is '{text}', which is no namespace. {Cure}");
        }

        try
        {
            // The string has the same form for both services.
            var parts = ServiceBusConnectionStringProperties.Parse(text);
            var isEmulator = text.Split(';', StringSplitOptions.TrimEntries).Contains("UseDevelopmentEmulator=true", StringComparer.OrdinalIgnoreCase);
            return parts.Endpoint is null ? throw new FormatException("It names no 'Endpoint'.") : isEmulator
                ? new NamespaceConnection(parts.Endpoint.Authority, text)
                : throw new BotConfigurationException($"'--connection' is a connection string with a key of '{parts.FullyQualifiedNamespace}'. Keys of namespaces are not used here. {Cure}");
        }
        catch (Exception error) when (error is FormatException or ArgumentException)
        {
            throw new BotConfigurationException($"'--connection' cannot be read: {error.Message} {Cure}");
        }
    }
}
