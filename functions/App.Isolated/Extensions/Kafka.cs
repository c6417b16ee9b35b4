// Names the host's extension for Kafka.
using Microsoft.Azure.Functions.Worker;

namespace IntelMq.App.Extensions;

/// <summary>The build packs the extensions whose attributes it finds on functions. The host never sees this one: it is told those of the compiled folder.</summary>
internal static class Kafka
{
    [Function(nameof(Kafka))]
    public static void Use([KafkaTrigger("none", "none")] string message) => throw new InvalidOperationException("This function only names an extension.");
}
