// The log lines of the function app, as lines of this process.
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace IntelMq.FunctionsHost.Handler;

/// <summary>Reads the JSON lines that the app writes and gives them to the local log with their level.</summary>
internal static class AppLog
{
    public static void Pass(string line, ILogger log)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("text", out var text))
            {
                var level = root.TryGetProperty("level", out var name) && Enum.TryParse<LogLevel>(name.GetString(), ignoreCase: true, out var known) ? known : LogLevel.Information;
                var stack = root.TryGetProperty("stack", out var trace) ? "\n" + trace.GetString() : "";
                log.Log(level, "{Text}{Stack}", text.GetString(), stack);
                return;
            }
        }
        catch (JsonException)
        {
            // Something else than the app's log wrote to stdout.
        }

        log.LogInformation("{Line}", line);
    }
}
