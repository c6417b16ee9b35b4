// The Bicep program, which reads templates and predicts deployments without a network.
using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace IntelMq.Infra.Tests;

/// <summary>What the program said.</summary>
internal sealed record BicepAnswer(int ExitCode, string Output, string Errors)
{
    /// <summary>The answer, in which nothing may be wrong.</summary>
    public BicepAnswer MustBeSilent()
    {
        Assert.True(ExitCode == 0 && Output.Length == 0 && Errors.Length == 0, $"exit code {ExitCode}\n{Output}\n{Errors}");
        return this;
    }
}

/// <summary>Runs the Bicep program of the package.</summary>
internal static class Bicep
{
    // Two at once are enough for two cores, and each takes some hundred megabytes.
    private static readonly SemaphoreSlim s_running = new(2);

    private static readonly string s_program = typeof(Bicep).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "Bicep").Value!;

    /// <summary>The folder <c>infra</c> of the source tree.</summary>
    public static string Infra { get; } = Path.GetFullPath(Path.Combine(SourceFolder(), "..", "..", "infra"));

    /// <summary>The folder of these tests in the source tree.</summary>
    public static string SourceFolder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;

    /// <summary>Skips the test where the program does not run.</summary>
    public static void SkipWhereItDoesNotRun() => Assert.SkipUnless(
        OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64 && File.Exists(s_program), "The Bicep program of the package is for Linux on x64.");

    /// <summary>Runs it.</summary>
    public static Task<BicepAnswer> RunAsync(params string[] arguments) => RunAsync(new Dictionary<string, string>(), arguments);

    /// <summary>Runs it with further environment variables.</summary>
    public static async Task<BicepAnswer> RunAsync(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        SkipWhereItDoesNotRun();
        await s_running.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            var start = new ProcessStartInfo(s_program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };

            // It looks for nothing outside, and tells nobody.
            start.Environment["BICEP_CLI_TELEMETRY_OPTOUT"] = "1";
            foreach (var (name, value) in environment)
            {
                start.Environment[name] = value;
            }

            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return new BicepAnswer(process.ExitCode, await output, await errors);
        }
        finally
        {
            s_running.Release();
        }
    }
}
