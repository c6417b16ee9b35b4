// Which Service Bus namespace, for who looks at its queues.
using System.Text.RegularExpressions;
using IntelMq.Bots;

namespace IntelMq.Azure;

/// <summary>What the app knows of its namespace. It never talks to the namespace itself; it may look at the queues through Azure Resource Manager.</summary>
/// <param name="ResourceId">The namespace's resource id: <c>/subscriptions/…/providers/Microsoft.ServiceBus/namespaces/NAME</c>.</param>
/// <param name="ClientId">The client id of a user-assigned identity; null for the app's own.</param>
public sealed partial record ServiceBusSettings(string ResourceId, string? ClientId = null)
{
    /// <summary>The name of the connection in the app's settings.</summary>
    public const string Connection = "IntelMqServiceBus";

    /// <summary>Reads the settings; null where no namespace is named, whose queues are not looked at then.</summary>
    /// <param name="setting">Gives an app setting by its name, null where there is none.</param>
    /// <exception cref="BotConfigurationException">The resource id is none.</exception>
    public static ServiceBusSettings? Read(Func<string, string?> setting)
    {
        const string Key = Connection + "__resourceId";
        if (setting(Key) is not { } text || string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        return Form().IsMatch(text.Trim())
            ? new ServiceBusSettings(text.Trim(), setting(Connection + "__clientId") is { Length: > 0 } client ? client.Trim() : null)
            : throw new BotConfigurationException(
                $"'{Key}' is '{text}', which is no resource id of a Service Bus namespace. 'az servicebus namespace show --name NAME --resource-group GROUP --query id' prints it; without this setting the depth of queues is not reported.");
    }

    [GeneratedRegex("^/subscriptions/[^/?#]+/resourceGroups/[^/?#]+/providers/Microsoft\\.ServiceBus/namespaces/[^/?#]+$", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Form();
}
