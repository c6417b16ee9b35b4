// Keeps what is logged.
using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace IntelMq.Runtime.Tests;

/// <summary>Keeps the lines of all loggers: their levels and named values.</summary>
internal sealed class KeptLogs : ILoggerFactory, ILogger
{
    public ConcurrentQueue<(LogLevel Level, Dictionary<string, object?> Values)> Lines { get; } = new();

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Enqueue((logLevel, ((IEnumerable<KeyValuePair<string, object?>>)state!).ToDictionary()));

    public void Dispose()
    {
    }
}
