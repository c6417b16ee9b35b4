// The parameters of the AMQP topic output.
using IntelMq.Bots;
using IntelMq.Brokers;

namespace IntelMq.Outputs;

/// <summary>The parameters of the AMQP topic output.</summary>
public sealed record AmqpTopicParameters : ExportParameters, IAmqpParameters
{
    /// <summary>See the attribute.</summary>
    [Parameter("The routing key; on the default exchange the name of a queue.", Required = true, Example = "intelmq.events")]
    public string RoutingKey { get; init; } = "";

    /// <summary>See the attribute.</summary>
    [Parameter("Fill {ev[source.asn]} and the like in the routing key with the event's values; times take a format: {ev[time.source]:%Y-%m-%d}.")]
    public bool FormatRoutingKey { get; init; }

    /// <summary>See the attribute.</summary>
    [Parameter("The exchange; without one the events go to the queue that the routing key names.")]
    public string? ExchangeName { get; init; }

    /// <summary>See the attribute.</summary>
    [Parameter("The type of the exchange, which is declared.", Allowed = ["topic", "direct", "fanout", "headers"])]
    public string ExchangeType { get; init; } = "topic";

    /// <summary>See the attribute.</summary>
    [Parameter("The exchange outlives a restart of the server.")]
    public bool ExchangeDurable { get; init; } = true;

    /// <summary>See the attribute.</summary>
    [Parameter("The content type that messages tell.")]
    public string ContentType { get; init; } = "application/json";

    /// <summary>See the attribute.</summary>
    [Parameter("2: messages in durable queues outlive a restart of the server; 1: they do not.", Minimum = 1, Maximum = 2)]
    public int DeliveryMode { get; init; } = 2;

    /// <summary>See the attribute.</summary>
    [Parameter("Wait until the server has taken responsibility for each message. Without it the guarantee does not hold: what is on its way when something breaks is lost.")]
    public bool RequireConfirmation { get; init; } = true;

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

    /// <inheritdoc/>
    [Parameter("Nest the names of fields at their dots.", Alias = "message_hierarchical_output")]
    public override bool HierarchicalOutput { get; init; }

    // IntelMQ knows one value per field.
    /// <inheritdoc/>
    public override MultipleOutput MultipleValues { get; init; } = MultipleOutput.First;
}
