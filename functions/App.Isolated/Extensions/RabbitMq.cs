// Names the host's extension for RabbitMQ.
using Microsoft.Azure.Functions.Worker;

namespace IntelMq.App.Extensions;

/// <summary>The build packs the extensions whose attributes it finds on functions. The host never sees this one: it is told those of the compiled folder.</summary>
internal static class RabbitMq
{
    [Function(nameof(RabbitMq))]
    public static void Use([RabbitMQTrigger("none")] string message) => throw new InvalidOperationException("This function only names an extension.");
}
