// Ends the app when its host is gone.
using System.Globalization;

namespace IntelMq.App;

/// <summary>A host that dies leaves its handler behind, which would hold the port and its memory for ever: the app ends when its parent does.</summary>
internal sealed class ParentWatch(AppEnvironment environment, TimeProvider clock, IHostApplicationLifetime lifetime, ILogger<ParentWatch> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Started by hand, without a host, there is nothing to watch.
        if (!environment.HasHost || !OperatingSystem.IsLinux())
        {
            return;
        }

        var parent = Parent();

        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (Parent() != parent)
            {
                log.LogWarning("The Functions host (process {Parent}) is gone; the app finishes what it has and ends.", parent);
                lifetime.StopApplication();
                return;
            }
        }
    }

    // The fourth field of /proc/self/stat; the second one, the name, may hold blanks and brackets.
    private static int Parent()
    {
        var stat = File.ReadAllText("/proc/self/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return int.Parse(fields[1], CultureInfo.InvariantCulture);
    }
}
