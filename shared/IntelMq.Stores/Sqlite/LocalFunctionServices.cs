// The services of a function app on one machine.
using System.Text.RegularExpressions;
using IntelMq.Bots;
using IntelMq.Runtime;
using Microsoft.Extensions.Logging;

namespace IntelMq.Stores;

/// <summary>The stores of a function app that runs on this machine, all below one data folder.</summary>
public static partial class LocalFunctionServices
{
    // Longer than anybody leaves a local run with messages in its queues.
    private static readonly TimeSpan s_rawKept = TimeSpan.FromDays(30);

    /// <summary>The SQLite file of a data folder.</summary>
    public static string FileOf(string dataFolder) => Path.Combine(dataFolder, "app", "app.db");

    /// <summary>The raw data and large frames of a data folder.</summary>
    public static string ClaimsOf(string dataFolder) => Path.Combine(dataFolder, "app", "claims");

    /// <summary>
    /// Deletes the raw data that nobody needs any more: all but what dead letters refer to. Only for a moment at which no message is under way.
    /// </summary>
    public static async ValueTask DeleteUnneededClaimsAsync(string dataFolder, CancellationToken cancellation)
    {
        var needed = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var letter in new SqliteDeadLetterStore(new SqliteFile(FileOf(dataFolder))).ListAsync(null, cancellation))
        {
            needed.UnionWith(Address().Matches(letter.Message).Select(match => match.Groups[1].Value));
        }

        new FileClaimCheckStore(ClaimsOf(dataFolder)).DeleteOthers(needed);
    }

    /// <summary>Opens the stores.</summary>
    /// <param name="dataFolder">The folder for state, dead letters, raw data and relative output paths.</param>
    /// <param name="inputFolder">The folder at which relative input paths start.</param>
    /// <param name="logs">Makes logs.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="http">HTTP.</param>
    public static FunctionServices Open(string dataFolder, string inputFolder, ILoggerFactory logs, TimeProvider clock, IHttpClients http)
    {
        var file = new SqliteFile(FileOf(dataFolder));
        var claims = new FileClaimCheckStore(ClaimsOf(dataFolder));
        return new FunctionServices
        {
            State = bot => new SqliteStateStore(file, bot, clock),
            Files = (_, state) => new LocalFileStore(inputFolder, dataFolder, Path.Combine(dataFolder, "app", "files"), state),
            Parked = new SqliteParkStore(file),
            DeadLetters = new SqliteDeadLetterStore(file),
            Claims = claims,
            Http = http,
            Dns = new Lazy<IDnsResolver>(() => new DnsResolver()),
            Logs = logs,
            Clock = clock,
            Purge = _ =>
            {
                file.Purge(clock.GetUtcNow());
                claims.DeleteOlder(clock.GetUtcNow() - s_rawKept);
                return ValueTask.CompletedTask;
            },
        };
    }

    // The address of a claim check, in an envelope or in a frame's header.
    [GeneratedRegex("\"address\": ?\"([0-9a-f]{40})\"", RegexOptions.NonBacktracking)]
    private static partial Regex Address();
}
