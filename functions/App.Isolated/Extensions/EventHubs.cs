// Names the host's extension for Event Hubs.
using Microsoft.Azure.Functions.Worker;

namespace IntelMq.App.Extensions;

/// <summary>The build packs the extensions whose attributes it finds on functions. The host never sees this one: it is told those of the compiled folder.</summary>
internal static class EventHubs
{
    [Function(nameof(EventHubs))]
    public static void Use([EventHubTrigger("none")] string[] messages) => throw new InvalidOperationException("This function only names an extension.");
}
