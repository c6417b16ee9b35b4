// intelmq run, until it is told to end.
using System.Diagnostics;
using System.Globalization;

namespace IntelMq.Benchmarks;

/// <summary>The command, running a pipeline without <c>--once</c>.</summary>
internal sealed class RunningPipeline : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _output;

    private RunningPipeline(Process process) => (_process, _output) = (process, process.StandardOutput.ReadToEndAsync());

    /// <summary>The process's id.</summary>
    public int Id => _process.Id;

    /// <summary>Whether it runs.</summary>
    public bool IsAlive => !_process.HasExited;

    /// <summary>Starts it.</summary>
    public static RunningPipeline Start(string pipeline, string data) => new(Process.Start(
        new ProcessStartInfo("dotnet", [Checkout.Command, "run", pipeline, "--data", data, "--json"]) { RedirectStandardOutput = true })!);

    /// <summary>Ends it politely and gives its exit code.</summary>
    public async Task<int> EndAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", Id.ToString(CultureInfo.InvariantCulture)]);
        await _process.WaitForExitAsync();
        await _output;
        return _process.ExitCode;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (IsAlive)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
