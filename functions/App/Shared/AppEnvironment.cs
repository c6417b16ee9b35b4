// What the app is told by environment variables.
using System.Collections;
using System.Globalization;

namespace IntelMq.App;

/// <summary>The environment of the app: set by the Functions host, by app settings, or by the local host.</summary>
internal sealed record AppEnvironment
{
    /// <summary>The port that the host calls; 0 where it calls none, or nobody gave one.</summary>
    public required int Port { get; init; }

    /// <summary>Whether a host started the app: over either contract it says where the compiled folder lies.</summary>
    public required bool HasHost { get; init; }

    /// <summary>The compiled folder.</summary>
    public required string Folder { get; init; }

    /// <summary>The data folder of a local run; null in the cloud.</summary>
    public string? Data { get; init; }

    /// <summary>A folder with further bots; null for <c>bots</c> beside the app.</summary>
    public string? Bots { get; init; }

    /// <summary>The worker or process, told apart from others of the same app.</summary>
    public required string Instance { get; init; }

    /// <summary>The functions that this app serves; null where it serves all of the folder.</summary>
    public IReadOnlySet<string>? Serves { get; private init; }

    /// <summary>All variables.</summary>
    public required IReadOnlyDictionary<string, string> Variables { get; init; }

    /// <summary>Whether variables say what is logged (<c>Logging__LogLevel__Default=Debug</c>).</summary>
    public bool HasLogSettings { get; private init; }

    // The host's own setting: one variable per function.
    private const string ServedFunctions = "AzureFunctionsJobHost__functions__";

    public static AppEnvironment Read()
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        var serves = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var hasLogSettings = false;
        foreach (DictionaryEntry item in Environment.GetEnvironmentVariables())
        {
            var name = (string)item.Key;
            variables[name] = (string?)item.Value ?? "";
            if (name.StartsWith(ServedFunctions, StringComparison.OrdinalIgnoreCase))
            {
                serves.Add(variables[name]);
            }

            hasLogSettings |= name.StartsWith("Logging__", StringComparison.OrdinalIgnoreCase);
        }

        var port = int.TryParse(variables.GetValueOrDefault("FUNCTIONS_CUSTOMHANDLER_PORT"), NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : 0;
        var hosted = variables.GetValueOrDefault("FUNCTIONS_APP_ROOT_PATH") is { Length: > 0 } handlers ? handlers
            : variables.GetValueOrDefault("FUNCTIONS_APPLICATION_DIRECTORY") is { Length: > 0 } workers ? workers : null;
        return new AppEnvironment
        {
            Port = port,
            HasHost = port != 0 || hosted is not null,
            Folder = hosted ?? Directory.GetCurrentDirectory(),
            Data = variables.GetValueOrDefault("INTELMQ_DATA"),
            Bots = variables.GetValueOrDefault("INTELMQ_BOTS_FOLDER"),
            Instance = variables.GetValueOrDefault("WEBSITE_INSTANCE_ID") is { Length: > 0 } instance ? instance
                : string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}-{Environment.ProcessId}"),
            Serves = serves.Count > 0 ? serves : null,
            Variables = variables,
            HasLogSettings = hasLogSettings,
        };
    }
}
