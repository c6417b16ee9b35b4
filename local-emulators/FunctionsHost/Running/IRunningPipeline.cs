// A pipeline at work, whatever carries it.
namespace IntelMq.FunctionsHost.Running;

/// <summary>A pipeline that runs on this machine.</summary>
public interface IRunningPipeline
{
    /// <summary>The figures of all bots, in the order of the pipeline file.</summary>
    IReadOnlyList<BotFigures> Figures();

    /// <summary>Runs every collector once and returns when nothing is left to do. A run that was interrupted is finished first.</summary>
    Task<RunSummary> RunOnceAsync(CancellationToken stopping);

    /// <summary>Runs until it is cancelled.</summary>
    Task<RunSummary> RunAsync(CancellationToken stopping);
}
