// The npm packages of the emulators: where they lie, and that they are there.
using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using IntelMq.Bots;

namespace IntelMq.FunctionsHost.Emulators;

/// <summary>
/// Installs what <c>local-emulators/package.json</c> names, exactly as its lock file says, once: in a checkout beside that file, else in a folder of
/// the user. Several processes may ask at once.
/// </summary>
internal static class NodePackages
{
    private static readonly string[] s_files = ["package.json", "package-lock.json"];
    private static readonly TimeSpan s_longestInstallation = TimeSpan.FromMinutes(15);

    /// <summary>The folder that holds <c>node_modules</c>, filled.</summary>
    /// <exception cref="BotConfigurationException">Node.js or npm is missing, or npm failed; the sentence tells the cure.</exception>
    public static async Task<string> InstalledAsync(CancellationToken cancellation)
    {
        var folder = InCheckout() ?? OfUser();
        if (IsComplete(folder))
        {
            return folder;
        }

        await using var turn = await TurnAsync(Path.Combine(folder, ".npm-ci.lock"), cancellation);
        if (!IsComplete(folder))
        {
            await InstallAsync(folder, cancellation);
        }

        return folder;
    }

    // npm writes this file when everything else is in its place, and removes the folder before it begins.
    private static bool IsComplete(string folder) => File.Exists(Path.Combine(folder, "node_modules", ".package-lock.json"));

    private static string? InCheckout()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "IntelMq.Functions.sln")) && File.Exists(Path.Combine(folder, "local-emulators", "package-lock.json")))
            {
                return Path.Combine(folder, "local-emulators");
            }
        }

        return null;
    }

    // An installed command has no checkout: the files are in the assembly, and a changed lock file gets a new folder.
    private static string OfUser()
    {
        var files = s_files.ToDictionary(name => name, Embedded);
        var cache = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        var folder = Path.Combine(cache.Length > 0 ? cache : Path.GetTempPath(), "intelmq", "emulators-" + Convert.ToHexStringLower(SHA256.HashData(files["package-lock.json"]))[..12]);
        Directory.CreateDirectory(folder);
        foreach (var (name, content) in files)
        {
            var path = Path.Combine(folder, name);
            if (!File.Exists(path))
            {
                // Two processes may do this at once: each moves a whole file into its place.
                var partial = $"{path}.{Environment.ProcessId}";
                File.WriteAllBytes(partial, content);
                File.Move(partial, path, overwrite: true);
            }
        }

        return folder;
    }

    private static byte[] Embedded(string name)
    {
        using var stream = typeof(NodePackages).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"'{name}' is not in the assembly.");
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }

    private static async Task<FileStream> TurnAsync(string path, CancellationToken cancellation)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (waited.Elapsed < s_longestInstallation)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), cancellation);
            }
            catch (UnauthorizedAccessException error)
            {
                throw new BotConfigurationException($"The storage emulator cannot be installed below '{Path.GetDirectoryName(path)}': {error.Message} Run 'npm ci --ignore-scripts' there as a user who may write.");
            }
        }
    }

    private static async Task InstallAsync(string folder, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Start(start, "npm");
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellation);
            var errors = process.StandardError.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            if (process.ExitCode != 0 || !IsComplete(folder))
            {
                var said = (await errors + await output).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(line => !line.Contains(" warn ", StringComparison.Ordinal)).Take(5);
                throw new BotConfigurationException($"The storage emulator cannot be installed: 'npm ci --ignore-scripts' in '{folder}' ended with {process.ExitCode}. Run it there by hand to see more. It said: {string.Join(' ', said)}");
            }
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    /// <summary>Starts a program of Node.js.</summary>
    /// <exception cref="BotConfigurationException">It is not installed.</exception>
    public static Process Start(ProcessStartInfo start, string program)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception error)
        {
            throw new BotConfigurationException(
                $"The storage emulator Azurite needs Node.js 20 or newer, and '{program}' cannot be started ({error.Message}). Install it (https://nodejs.org, or 'apt-get install nodejs npm'), "
                + "or give the connection string of an emulator that runs already.");
        }
    }
}
