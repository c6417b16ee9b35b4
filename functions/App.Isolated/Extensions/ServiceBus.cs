// Names the host's extension for Service Bus.
using Microsoft.Azure.Functions.Worker;

namespace IntelMq.App.Extensions;

/// <summary>The build packs the extensions whose attributes it finds on functions. The host never sees this one: it is told those of the compiled folder.</summary>
internal static class ServiceBus
{
    [Function(nameof(ServiceBus))]
    public static void Use([ServiceBusTrigger("none")] string message) => throw new InvalidOperationException("This function only names an extension.");
}
