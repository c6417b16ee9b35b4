// How many hubs a namespace of Event Hubs holds.
namespace IntelMq.Pipeline.Compile;

/// <summary>Which tier of Event Hubs a pipeline needs.</summary>
internal static class EventHubsTier
{
    /// <summary>The hubs of a Standard namespace.</summary>
    public const int MostStandard = 10;

    /// <summary>The hubs of a Premium namespace.</summary>
    public const int MostPremium = 100;

    /// <summary>The hubs that an app needs.</summary>
    public static int Hubs(CompiledApp app) => app.Queues.Count(queue => queue.Transport == "event-hubs");

    /// <summary>Whether these are more than a Standard namespace holds.</summary>
    public static bool IsPremium(CompiledApp app) => Hubs(app) > MostStandard;
}
