// What a bot can tell the runtime. Any other exception is a bug of the bot.
namespace IntelMq.Bots;

/// <summary>The bot cannot work with its configuration and stops; all problems are listed.</summary>
public sealed class BotConfigurationException : Exception
{
    /// <summary>One problem.</summary>
    public BotConfigurationException(string problem)
        : this([problem])
    {
    }

    /// <summary>All problems.</summary>
    public BotConfigurationException(IReadOnlyList<string> problems)
        : base(string.Join(Environment.NewLine, problems)) => Problems = problems;

    /// <summary>The problems, as sentences.</summary>
    public IReadOnlyList<string> Problems { get; }
}

/// <summary>This record is bad: it becomes a dead letter and the others go on.</summary>
public sealed class InvalidRecordException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Something outside is down: the messages are parked and tried again, and no delivery is used up.</summary>
public sealed class TransientException(string message, TimeSpan? retryAfter = null, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>When the other side wants to be asked again; null leaves it to the runtime.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;
}
