// The services of a function app on one machine.
using IntelMq.Bots;
using IntelMq.Runtime;
using Microsoft.Extensions.Logging;

namespace IntelMq.Stores;

/// <summary>The stores of a function app that runs on this machine, all below one data folder.</summary>
public static class LocalFunctionServices
{
    /// <summary>The SQLite file of a data folder.</summary>
    public static string FileOf(string dataFolder) => Path.Combine(dataFolder, "app", "app.db");

    /// <summary>The raw data and large frames of a data folder.</summary>
    public static string ClaimsOf(string dataFolder) => Path.Combine(dataFolder, "app", "claims");

    /// <summary>Opens the stores.</summary>
    /// <param name="dataFolder">The folder for state, dead letters, raw data and relative output paths.</param>
    /// <param name="inputFolder">The folder at which relative input paths start.</param>
    /// <param name="logs">Makes logs.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="http">HTTP.</param>
    public static FunctionServices Open(string dataFolder, string inputFolder, ILoggerFactory logs, TimeProvider clock, IHttpClients http)
    {
        var file = new SqliteFile(FileOf(dataFolder));
        return new FunctionServices
        {
            State = bot => new SqliteStateStore(file, bot, clock),
            Files = (_, state) => new LocalFileStore(inputFolder, dataFolder, Path.Combine(dataFolder, "app", "files"), state),
            Parked = new SqliteParkStore(file),
            DeadLetters = new SqliteDeadLetterStore(file),
            Claims = new FileClaimCheckStore(ClaimsOf(dataFolder)),
            Http = http,
            Dns = new Lazy<IDnsResolver>(() => new DnsResolver()),
            Logs = logs,
            Clock = clock,
            Purge = _ =>
            {
                file.Purge(clock.GetUtcNow());
                return ValueTask.CompletedTask;
            },
        };
    }
}
