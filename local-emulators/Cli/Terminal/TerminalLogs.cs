// What bots say, on the terminal.
using Microsoft.Extensions.Logging;

namespace IntelMq.Cli.Terminal;

/// <summary>Writes log lines to stderr, or above the live view where there is one.</summary>
internal sealed class TerminalLogs(RunView? view, LogLevel least) : ILoggerFactory
{
    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new TerminalLog(view, least);

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider)
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private sealed class TerminalLog(RunView? view, LogLevel least) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= least;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
            {
                return;
            }

            var line = $"{(logLevel >= LogLevel.Error ? "error" : logLevel == LogLevel.Warning ? "warning" : "info")}: {formatter(state, exception)}";
            if (exception is not null)
            {
                line += Environment.NewLine + exception;
            }

            if (view is null)
            {
                Console.Error.WriteLine(line);
            }
            else
            {
                view.WriteLine(line);
            }
        }
    }
}
