// A linter of GitHub workflows from npm. It is run beside the tests; nothing of it is part of the project.
using System.Diagnostics;

namespace IntelMq.Infra.Tests;

/// <summary>Runs the linter; its packages are installed once, exactly as their lock file says.</summary>
internal static class WorkflowLinter
{
    private static readonly TimeSpan s_longestInstallation = TimeSpan.FromMinutes(5);

    private static string Folder => Path.Combine(Bicep.SourceFolder(), "Linter");

    // npm writes this file when everything else is in its place.
    private static bool IsInstalled => File.Exists(Path.Combine(Folder, "node_modules", ".package-lock.json"));

    /// <summary>What the linter has against a workflow; empty for a good one.</summary>
    public static async Task<string> LintAsync(string workflow, CancellationToken cancellation)
    {
        Assert.SkipUnless(
            (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "npm"))), "Node.js with npm is not installed: there is no linter of workflows.");
        if (!IsInstalled)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(s_longestInstallation);
            var (code, output) = await RunAsync(Folder, "npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], limit.Token);
            Assert.True(code == 0 && IsInstalled, $"'npm ci --ignore-scripts' in '{Folder}' ended with {code}: {output}");
        }

        var answer = await RunAsync(Folder, "node", [Path.Combine("node_modules", "@action-validator", "cli", "cli.mjs"), workflow], cancellation);
        return answer.Code == 0 ? "" : answer.Output;
    }

    /// <summary>Runs a program to its end.</summary>
    public static async Task<(int Code, string Output)> RunAsync(string folder, string program, string[] arguments, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellation);
            var errors = process.StandardError.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            return (process.ExitCode, await output + await errors);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
