// Runs the intelmq command as its users do: as a process.
using System.Diagnostics;

namespace IntelMq.EndToEnd.Tests;

/// <summary>The built command in a scratch folder of its own.</summary>
internal sealed class Command : IDisposable
{
    private static readonly string s_root = FindRoot();

    /// <summary>The scratch folder; deleted at the end.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("intelmq-end-to-end-").FullName;

    /// <summary>A folder with further bots; null for none.</summary>
    public string? BotsFolder { get; init; }

    /// <summary>Further environment variables.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    private static string Dll => InCheckout("local-emulators", "Cli", "bin", "Release", "net10.0", "intelmq.dll");

    /// <summary>Skips a test that needs Azurite where there is no Node.js.</summary>
    public static void SkipWithoutNode(string transport) => Assert.SkipWhen(
        transport == "storage-queue" && !(Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "npm"))),
        "Node.js with npm is not installed: there is no storage emulator.");

    /// <summary>A path in the checkout.</summary>
    public static string InCheckout(params string[] parts) => Path.Combine([s_root, .. parts]);

    /// <summary>A path in the scratch folder.</summary>
    public string InFolder(params string[] parts) => Path.Combine([Folder, .. parts]);

    /// <summary>Writes a file in the scratch folder and gives its path.</summary>
    public string Write(string name, string text)
    {
        var path = InFolder(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Starts the command.</summary>
    public Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Dll, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = Folder,
        };
        foreach (var (name, value) in Variables)
        {
            start.Environment[name] = value;
        }

        if (BotsFolder is not null)
        {
            start.Environment["INTELMQ_BOTS_FOLDER"] = BotsFolder;
        }

        return Process.Start(start)!;
    }

    /// <summary>Runs the command to its end.</summary>
    public Task<Ended> RunAsync(string[] arguments, string? input = null) => EndAsync(Start(arguments), input);

    /// <summary>Runs the command with a limit on the size of files, in KiB.</summary>
    public Task<Ended> RunLimitedAsync(int fileSize, params string[] arguments)
    {
        // The signal that the limit sends is ignored, so that writing fails; the runtime's own memory files must not count.
        var script = $"trap '' XFSZ; ulimit -f {fileSize}; exec dotnet \"$@\"";
        var start = new ProcessStartInfo("bash", ["-c", script, "bash", Dll, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = Folder,
        };
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        return EndAsync(Process.Start(start)!, null);
    }

    private static async Task<Ended> EndAsync(Process started, string? input)
    {
        using var process = started;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        if (input is not null)
        {
            await process.StandardInput.WriteAsync(input);
        }

        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new Ended(process.ExitCode, await output, await errors);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "IntelMq.Functions.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests run from a checkout of the project.");
        }

        return folder;
    }
}

/// <summary>How a command ended.</summary>
internal sealed record Ended(int ExitCode, string Output, string Errors)
{
    /// <summary>Fails where the exit code is another or a stack trace was shown.</summary>
    public Ended MustEndWith(int exitCode)
    {
        Assert.True(exitCode == ExitCode, $"exit code {ExitCode} instead of {exitCode}\n{Output}\n{Errors}");
        Assert.DoesNotContain("   at ", Output + Errors, StringComparison.Ordinal);
        return this;
    }
}
