// What a pipeline is compiled for.
namespace IntelMq.Pipeline;

/// <summary>What a pipeline is compiled for.</summary>
public sealed record CompileOptions
{
    /// <summary>The plan on which an app runs where nobody says otherwise.</summary>
    public const string DefaultPlan = "flex-consumption";

    /// <summary>How an app proves who it is where nobody says otherwise.</summary>
    public const string DefaultAuthentication = "identity";

    /// <summary>How the host runs an app where nobody says otherwise.</summary>
    public const string DefaultWorker = "custom-handler";

    /// <summary>
    /// The transport: <c>sqlite</c>, <c>storage-queue</c>, <c>service-bus</c>, <c>event-hubs</c>, <c>kafka</c> or <c>rabbitmq</c>. A bot's own wins over it;
    /// it wins over the pipeline's. Null for the pipeline's, or <c>storage-queue</c>. With <c>sqlite</c> all queues are local and there are no bindings.
    /// </summary>
    public string? Transport { get; init; }

    /// <summary>
    /// The plan: <c>flex-consumption</c>, <c>premium</c>, <c>container-apps</c> or <c>dedicated</c>. Null for the pipeline's (<c>global: deployment: plan</c>),
    /// or <see cref="DefaultPlan"/>.
    /// </summary>
    public string? HostingPlan { get; init; }

    /// <summary><c>one</c> app for all bots, or an app <c>per-bot</c>. Null for the pipeline's (<c>global: deployment: apps</c>), or one.</summary>
    public string? Apps { get; init; }

    /// <summary><c>identity</c>, or <c>connection-string</c> for emulators.</summary>
    public string Authentication { get; init; } = DefaultAuthentication;

    /// <summary>How the host runs the app: <c>custom-handler</c> or <c>isolated</c>, the .NET isolated worker.</summary>
    public string Worker { get; init; } = DefaultWorker;

    /// <summary>The options for a pipeline: what they leave open is what its file says, or the default.</summary>
    internal CompileOptions For(DeploymentSettings deployment) => this with
    {
        HostingPlan = HostingPlan ?? deployment.Plan ?? DefaultPlan,
        Apps = Apps ?? deployment.Apps ?? DeploymentSettings.OneApp,
    };

    /// <summary>Where relative paths start, for example <c>blob:intelmq</c>; null for none.</summary>
    public string? Files { get; init; }

    /// <summary>The app runs on this machine: relative inputs become full paths of it and output paths stay. Always so with <c>sqlite</c>.</summary>
    public bool LocalPaths { get; init; }

    /// <summary>The executable that the host starts as a custom handler, relative to the app's folder or in the PATH.</summary>
    public string Handler { get; init; } = "app/IntelMq.App";

    /// <summary>The arguments of the executable; the host joins them with blanks and quotes nothing.</summary>
    public IReadOnlyList<string> HandlerArguments { get; init; } = [];
}
