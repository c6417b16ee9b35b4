// The name under which the runtime traces and measures.
namespace IntelMq.Runtime;

/// <summary>What an exporter listens to. Nothing is made, measured or written into a message while nobody listens.</summary>
public static class Telemetry
{
    /// <summary>The name of the activity source and of the meters.</summary>
    public const string Name = "IntelMQ";
}
