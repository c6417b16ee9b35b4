// Linters from npm: of GitHub workflows, and of queries of logs. They are run beside the tests; nothing of them is part of the project.
using System.Diagnostics;
using System.Text.Json;

namespace IntelMq.Infra.Tests;

/// <summary>Runs the linters; their packages are installed once, exactly as their lock file says.</summary>
internal static class NpmLinters
{
    private static readonly TimeSpan s_longestInstallation = TimeSpan.FromMinutes(5);
    private static readonly SemaphoreSlim s_installing = new(1);

    private static string Folder => Path.Combine(Bicep.SourceFolder(), "Linter");

    // npm writes this file when everything else is in its place.
    private static bool IsInstalled => File.Exists(Path.Combine(Folder, "node_modules", ".package-lock.json"));

    /// <summary>What the linter has against a workflow; empty for a good one.</summary>
    public static Task<string> WorkflowAsync(string workflow, CancellationToken cancellation) => LintAsync([Path.Combine("node_modules", "@action-validator", "cli", "cli.mjs"), workflow], cancellation);

    /// <summary>What the language service of Log Analytics has against queries; empty for good ones.</summary>
    public static async Task<string> QueriesAsync(IEnumerable<(string Name, string Text)> queries, CancellationToken cancellation)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(queries.Select(query => new { name = query.Name, text = query.Text })), cancellation);
        var problems = await LintAsync(["queries.mjs", file], cancellation);
        File.Delete(file);
        return problems;
    }

    private static async Task<string> LintAsync(string[] arguments, CancellationToken cancellation)
    {
        Assert.SkipUnless(
            (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "npm"))), "Node.js with npm is not installed: there are no linters.");
        await InstallAsync(cancellation);
        var (code, output) = await RunAsync(Folder, "node", arguments, cancellation);
        return code == 0 && output.Length == 0 ? "" : $"{output}(exit code {code})";
    }

    private static async Task InstallAsync(CancellationToken cancellation)
    {
        await s_installing.WaitAsync(cancellation);
        try
        {
            if (!IsInstalled)
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                limit.CancelAfter(s_longestInstallation);
                var (code, output) = await RunAsync(Folder, "npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], limit.Token);
                Assert.True(code == 0 && IsInstalled, $"'npm ci --ignore-scripts' in '{Folder}' ended with {code}: {output}");
            }
        }
        finally
        {
            s_installing.Release();
        }
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
