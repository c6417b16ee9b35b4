// Which functions run in which function app, and what each app may touch.
namespace IntelMq.Pipeline.Deployment;

/// <summary>A function app of the deployment. It gets access to what is named here, and to nothing else of other bots.</summary>
internal sealed record DeployedApp
{
    /// <summary>The name: of its bot's function, or <c>pipeline</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The functions it serves, sorted.</summary>
    public required IReadOnlyList<CompiledFunction> Functions { get; init; }

    /// <summary>The entities of the queues whose messages it takes, sorted.</summary>
    public required IReadOnlyList<string> Reads { get; init; }

    /// <summary>The entities of the queues that it sends to, sorted.</summary>
    public required IReadOnlyList<string> Writes { get; init; }

    /// <summary>The blob containers whose blobs its bots read, and those in which they write, sorted.</summary>
    public required (IReadOnlyList<string> Reads, IReadOnlyList<string> Writes) Containers { get; init; }

    /// <summary>The app settings that hold its secrets, sorted.</summary>
    public required IReadOnlyList<string> Secrets { get; init; }

    /// <summary>Instances at most; null for the deployment's own limit.</summary>
    public int? Maximum { get; init; }

    /// <summary>The instances that always run, by function.</summary>
    public required IReadOnlyDictionary<string, int> AlwaysReady { get; init; }

    /// <summary>App settings by which an instance works on one message at a time; empty for others.</summary>
    public required IReadOnlyList<(string Setting, string Value)> Settings { get; init; }

    /// <summary>Whether functions of it run by the clock.</summary>
    public bool HasTimers => Functions.Any(function => function.Trigger.Schedule is not null);

    /// <summary>Whether it looks at all queues: it sends parked messages again and tells what waits.</summary>
    public bool ServesAll { get; init; }
}
