// The parameters of the AMQP collector.
using IntelMq.Bots;
using IntelMq.Brokers;

namespace IntelMq.Collectors;

/// <summary>The parameters of the AMQP collector.</summary>
public sealed record AmqpParameters : DrainParameters, IAmqpParameters
{
    /// <summary>See the attribute.</summary>
    [Parameter("The queue.", Required = true, Example = "to-functions")]
    public string QueueName { get; init; } = "";

    /// <summary>See the attribute.</summary>
    [Parameter("The messages are events and reports in IntelMQ's form and go on as such. Otherwise each becomes the raw data of a report.")]
    public bool ExpectIntelmqMessage { get; init; }

    /// <summary>See the attribute.</summary>
    [Parameter("How long a run waits for a message that the server has announced, in seconds: another reader may have it.", Since = "3.0", Minimum = 0.1, Maximum = 300)]
    public double RunWaitSeconds { get; init; } = 5;

    /// <inheritdoc/>
    [Parameter("The server.")]
    public string ConnectionHost { get; init; } = "127.0.0.1";

    /// <inheritdoc/>
    [Parameter("The port of the server; 5671 is usual for encrypted connections.", Minimum = 1, Maximum = 65535)]
    public int ConnectionPort { get; init; } = 5672;

    /// <inheritdoc/>
    [Parameter("The virtual host.")]
    public string? ConnectionVhost { get; init; }

    /// <inheritdoc/>
    [Parameter("How often a connection is tried in one go.", Minimum = 1, Maximum = 20)]
    public int ConnectionAttempts { get; init; } = 3;

    /// <inheritdoc/>
    [Parameter("Seconds between signs of life of the connection; the server may ask for less.", Minimum = 0, Maximum = 65535)]
    public int ConnectionHeartbeat { get; init; } = 3600;

    /// <inheritdoc/>
    [Parameter("The user; without one it is guest.")]
    public string? Username { get; init; }

    /// <inheritdoc/>
    [Parameter("The password.", Secret = true)]
    public string? Password { get; init; }

    /// <inheritdoc/>
    [Parameter("Encrypt the connection (TLS).")]
    public bool UseSsl { get; init; }
}
