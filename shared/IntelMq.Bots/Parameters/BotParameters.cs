// The parameters that every bot has, and those of each kind.
using IntelMq.DataFormat;

namespace IntelMq.Bots;

/// <summary>What to do with a message when its attempts are used up.</summary>
public enum ErrorProcedure
{
    /// <summary>It becomes a dead letter and the bot goes on.</summary>
    Pass,

    /// <summary>The bot takes no more work until someone acts.</summary>
    Stop,
}

/// <summary>The parameters that every bot has. Most are carried out by the runtime, not by the bot.</summary>
public record BotParameters
{
    /// <summary>See the attribute.</summary>
    [Parameter("How often a message is tried again after an unexpected error.", Minimum = 0, Maximum = 1000)]
    public int ErrorMaxRetries { get; init; } = 3;

    /// <summary>See the attribute.</summary>
    [Parameter("Seconds between two attempts; while something outside is down the pause grows from this to 15 minutes.", Minimum = 0, Maximum = 86400)]
    public double ErrorRetryDelay { get; init; } = 15;

    /// <summary>See the attribute.</summary>
    [Parameter("What happens when the attempts are used up: 'pass' makes a dead letter and goes on, 'stop' stops the bot until someone acts.")]
    public ErrorProcedure ErrorProcedure { get; init; } = ErrorProcedure.Pass;

    /// <summary>See the attribute.</summary>
    [Parameter("Write messages that failed for good to the dead letters.")]
    public bool ErrorDumpMessage { get; init; } = true;

    /// <summary>See the attribute.</summary>
    [Parameter("Log the stack trace of unexpected errors.")]
    public bool ErrorLogException { get; init; } = true;

    /// <summary>See the attribute.</summary>
    [Parameter("Log the message that caused an error.")]
    public bool ErrorLogMessage { get; init; }

    /// <summary>See the attribute.</summary>
    [Parameter("How long a message may wait for something outside, in seconds, before it becomes a dead letter (default: seven days).", Minimum = 1)]
    public double ParkMaxAge { get; init; } = 7 * 86400;

    /// <summary>See the attribute.</summary>
    [Parameter("Send each message to one of the queues of a path instead of all; the message's id chooses.")]
    public bool LoadBalance { get; init; }

    /// <summary>See the attribute.</summary>
    [Parameter("The least severe log lines that are written.", Allowed = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"])]
    public string LoggingLevel { get; init; } = "INFO";

    /// <summary>See the attribute.</summary>
    [Parameter("Seconds between two runs of a collector; for other bots the pause after each round.", Minimum = 0)]
    public virtual int RateLimit { get; init; }

    /// <summary>See the attribute.</summary>
    [Parameter("The accuracy of the feed in percent, as feed.accuracy.", Minimum = 0, Maximum = 100)]
    public double Accuracy { get; init; } = 100;

    /// <summary>See the attribute.</summary>
    [Parameter("The proxy for HTTP requests.", Example = "http://proxy.example.com:3128")]
    public string? HttpProxy { get; init; }

    /// <summary>See the attribute.</summary>
    [Parameter("The proxy for HTTPS requests.", Example = "http://proxy.example.com:3128")]
    public string? HttpsProxy { get; init; }

    /// <summary>See the attribute.</summary>
    [Parameter("How often an HTTP request is tried in all.", Minimum = 1, Maximum = 100)]
    public int HttpTimeoutMaxTries { get; init; } = 3;

    /// <summary>See the attribute.</summary>
    [Parameter("How long an HTTP request may take, in seconds.", Minimum = 0.1, Maximum = 3600)]
    public virtual double HttpTimeoutSec { get; init; } = 30;

    /// <summary>See the attribute.</summary>
    [Parameter("The User-Agent header of HTTP requests.")]
    public string HttpUserAgent { get; init; } = "IntelMQ/3.0";

    /// <summary>See the attribute.</summary>
    [Parameter("Check the TLS certificates of servers; a path names a file with the authorities to trust.")]
    public Value HttpVerifyCert { get; init; } = true;

    /// <summary>See the attribute.</summary>
    [Parameter("A file with certificate authorities to trust (PEM).", Path = PathUse.Read)]
    public string? SslCaCertificate { get; init; }

    /// <summary>Checks that concern several parameters. Problems are sentences without the file's name.</summary>
    public virtual IEnumerable<string> Validate() => [];
}

/// <summary>The parameters of collectors: what is known about the feed.</summary>
public record CollectorParameters : BotParameters
{
    /// <summary>See the attribute.</summary>
    [Parameter("The name of the feed, as feed.name.")]
    public string? Name { get; init; }

    /// <summary>See the attribute.</summary>
    [Parameter("The code of the feed, as feed.code.")]
    public string? Code { get; init; }

    /// <summary>See the attribute.</summary>
    [Parameter("Where the feed is documented, as feed.documentation.")]
    public string? Documentation { get; init; }

    /// <summary>See the attribute.</summary>
    [Parameter("Who provides the feed, as feed.provider.")]
    public string? Provider { get; init; }

    /// <summary>See the attribute.</summary>
    [Parameter("An NCRONTAB schedule (six fields, UTC); without it the collector runs every rate_limit seconds.", Since = "3.0", Example = "0 */5 * * * *")]
    public string? Schedule { get; init; }
}

/// <summary>The parameters of parsers.</summary>
public record ParserParameters : BotParameters
{
    /// <summary>See the attribute.</summary>
    [Parameter("Fields and values that are added to every event which does not have them.")]
    public ValueMap? DefaultFields { get; init; }

    /// <summary>See the attribute.</summary>
    [Parameter("Further fields that are copied from the report to every event.")]
    public IReadOnlyList<string> CopyCollectorProvidedFields { get; init; } = [];
}

/// <summary>The parameters of experts.</summary>
public record ExpertParameters : BotParameters;

/// <summary>The parameters of experts that remember things for a while.</summary>
public record CacheExpertParameters : ExpertParameters
{
    /// <summary>See the attribute.</summary>
    [Parameter("How long things are remembered, in seconds; 0 means for ever.", Minimum = 0)]
    public virtual int RedisCacheTtl { get; init; } = 86400;

    /// <summary>See the attribute.</summary>
    [Parameter("The Redis server; used only where the state store is Redis.")]
    public string RedisCacheHost { get; init; } = "127.0.0.1";

    /// <summary>See the attribute.</summary>
    [Parameter("The port of the Redis server; used only where the state store is Redis.", Minimum = 1, Maximum = 65535)]
    public int RedisCachePort { get; init; } = 6379;

    /// <summary>See the attribute.</summary>
    [Parameter("The Redis database; used only where the state store is Redis.", Minimum = 0)]
    public virtual int RedisCacheDb { get; init; } = 9;

    /// <summary>See the attribute.</summary>
    [Parameter("The password of the Redis server; used only where the state store is Redis.", Secret = true)]
    public string? RedisCachePassword { get; init; }
}

/// <summary>The parameters of outputs.</summary>
public record OutputParameters : BotParameters;

/// <summary>The parameters of outputs that write events in a form to choose.</summary>
public record ExportParameters : OutputParameters
{
    /// <summary>See the attribute.</summary>
    [Parameter("Nest the names of fields at their dots.", Alias = "message_hierarchical")]
    public virtual bool HierarchicalOutput { get; init; }

    /// <summary>See the attribute.</summary>
    [Parameter("Keep the field raw.")]
    public virtual bool KeepRawField { get; init; }

    /// <summary>See the attribute.</summary>
    [Parameter("Add the kind of the message as __type.", Alias = "with_type")]
    public virtual bool MessageWithType { get; init; }

    /// <summary>See the attribute.</summary>
    [Parameter("Write everything below extra as one JSON text.")]
    public virtual bool MessageJsondictAsString { get; init; }

    /// <summary>See the attribute.</summary>
    [Parameter("Write only this field: 'raw' decoded, 'output' as it is.")]
    public string? SingleKey { get; init; }

    /// <summary>See the attribute.</summary>
    [Parameter("What happens to several values in one field: kept as arrays ('keep') or one event per value.", Since = "3.0")]
    public virtual MultipleOutput MultipleValues { get; init; } = MultipleOutput.Keep;
}

/// <summary>What an output does with several values in one field.</summary>
public enum MultipleOutput
{
    /// <summary>They stay arrays.</summary>
    Keep,

    /// <summary>The first value of each field.</summary>
    First,

    /// <summary>One event per place.</summary>
    Zip,

    /// <summary>One event per combination.</summary>
    Cartesian,
}
