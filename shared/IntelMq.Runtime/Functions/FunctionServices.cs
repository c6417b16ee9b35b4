// What a function app works with.
using IntelMq.Bots;
using Microsoft.Extensions.Logging;

namespace IntelMq.Runtime;

/// <summary>The stores and services of a function app: on one machine or in the cloud.</summary>
public sealed record FunctionServices
{
    /// <summary>
    /// Opens the state of a bot instance, by its id; one per instance of the bot that runs. What is an <see cref="IStateTransaction"/> is committed
    /// at the end of each invocation.
    /// </summary>
    public required Func<string, IStateStore> State { get; init; }

    /// <summary>Opens the files of a bot instance, by its id and its state.</summary>
    public required Func<string, IStateStore, IFileStore> Files { get; init; }

    /// <summary>Where frames wait.</summary>
    public required IParkStore Parked { get; init; }

    /// <summary>Look at the queues, one for each transport that can be looked at; made when somebody asks for figures. Null where nobody can look.</summary>
    public Lazy<IReadOnlyList<IQueueDepths>>? Depths { get; init; }

    /// <summary>Where messages end that failed for good.</summary>
    public required IDeadLetterStore DeadLetters { get; init; }

    /// <summary>Where raw data lies that is too large for a message.</summary>
    public required IClaimCheckStore Claims { get; init; }

    /// <summary>HTTP.</summary>
    public required IHttpClients Http { get; init; }

    /// <summary>DNS; made when the first bot asks.</summary>
    public required Lazy<IDnsResolver> Dns { get; init; }

    /// <summary>Makes logs.</summary>
    public required ILoggerFactory Logs { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Removes what expired, where the stores do not do it themselves.</summary>
    public Func<CancellationToken, ValueTask> Purge { get; init; } = _ => ValueTask.CompletedTask;
}
