// Builds the function app out of a checkout.
using System.Diagnostics;

namespace IntelMq.FunctionsHost.Running;

/// <summary>Publishes the function app of the checkout that this program was built in.</summary>
public static class AppBuild
{
    private const string Solution = "IntelMq.Functions.sln";

    /// <summary>The project file of the function app; null outside of a checkout.</summary>
    public static string? Project()
    {
        for (var folder = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, Solution)))
            {
                var project = Path.Combine(folder, "functions", "App", "IntelMq.App.csproj");
                return File.Exists(project) ? project : null;
            }
        }

        return null;
    }

    /// <summary>Publishes the app for 64-bit Linux with all it needs.</summary>
    /// <param name="project">The project file.</param>
    /// <param name="output">The folder to publish to.</param>
    /// <param name="cancellation">Ends the build.</param>
    /// <exception cref="InvalidOperationException">The build failed; the sentence ends with what it said.</exception>
    public static async Task PublishAsync(string project, string output, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("dotnet", ["publish", project, "-c", "Release", "-r", "linux-x64", "--self-contained", "--nologo", "-o", output])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var build = Process.Start(start) ?? throw new InvalidOperationException("'dotnet' cannot be started. Install the .NET SDK, or give the published app with --app.");
        var said = build.StandardOutput.ReadToEndAsync(cancellation);
        var failed = build.StandardError.ReadToEndAsync(cancellation);
        try
        {
            await build.WaitForExitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            build.Kill(entireProcessTree: true);
            throw;
        }

        if (build.ExitCode != 0)
        {
            throw new InvalidOperationException($"The function app could not be published:\n{await said}{await failed}");
        }
    }
}
