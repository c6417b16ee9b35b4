// Everything a bot may use.
using IntelMq.DataFormat;
using Microsoft.Extensions.Logging;

namespace IntelMq.Bots;

/// <summary>The services of one bot instance. A bot knows no queue, no function host and no cloud.</summary>
public sealed record BotContext
{
    /// <summary>The id of the instance in the pipeline file.</summary>
    public required string BotId { get; init; }

    /// <summary>The fields that messages may carry.</summary>
    public FieldCatalogue Fields { get; init; } = FieldCatalogue.Default;

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>What the bot says to its operators.</summary>
    public required ILogger Log { get; init; }

    /// <summary>What the bot remembers between invocations.</summary>
    public required IStateStore State { get; init; }

    /// <summary>Files, wherever they lie.</summary>
    public required IFileStore Files { get; init; }

    /// <summary>HTTP.</summary>
    public required IHttpClients Http { get; init; }

    /// <summary>DNS.</summary>
    public required IDnsResolver Dns { get; init; }
}
