// Writes log lines as flat JSON.
using System.Buffers;
using System.Collections;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using IntelMq.Runtime;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace IntelMq.App;

/// <summary>
/// One JSON object per line: <c>time</c>, <c>level</c>, <c>bot</c>, <c>function</c>, <c>instance</c>, <c>invocation</c>, <c>message_id</c>,
/// <c>trace_id</c>, <c>span_id</c>, <c>text</c>, <c>error</c>, <c>stack</c> and the figures that the text names. What is not known is left out.
/// The shape is described in docs/observability.md.
/// </summary>
internal sealed class LogLineFormatter(AppEnvironment environment, TimeProvider clock) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "intelmq";

    // A longer value is in the text already and helps nobody to search.
    private const int LongestValue = 200;

    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly string[] s_first = ["bot", "function", "invocation", "message_id"];
    private static readonly HashSet<string> s_reserved = new(StringComparer.Ordinal) { "time", "level", "instance", "category", "trace_id", "span_id", "text", "error", "stack", "{OriginalFormat}", "original" };

    /// <inheritdoc/>
    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        scopeProvider?.ForEachScope(GatherScope, values);
        Gather(logEntry.State, values);
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, s_options))
        {
            json.WriteStartObject();
            json.WriteString("time", clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            json.WriteString("level", LevelOf(logEntry.LogLevel));
            foreach (var name in s_first)
            {
                if (values.Remove(name, out var value))
                {
                    Write(json, name, value);
                }
            }

            json.WriteString("instance", environment.Instance);
            WriteTrace(json);
            json.WriteString("text", logEntry.Formatter(logEntry.State, logEntry.Exception));
            WriteError(json, logEntry.Exception, values);
            foreach (var (name, value) in values.Where(item => !s_reserved.Contains(item.Key)))
            {
                Write(json, name, value);
            }

            json.WriteString("category", logEntry.Category);
            json.WriteEndObject();
        }

        textWriter.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    private static string LevelOf(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "information",
        LogLevel.Warning => "warning",
        LogLevel.Error => "error",
        _ => "critical",
    };

    // Of scopes only what identifies the call: the web server has scopes of its own.
    private static void GatherScope(object? state, Dictionary<string, object?> values)
    {
        if (state is IEnumerable<KeyValuePair<string, object?>> pairs)
        {
            foreach (var (name, value) in pairs.Where(pair => s_first.Contains(pair.Key)))
            {
                values[name] = value;
            }
        }
    }

    private static void Gather(object? state, Dictionary<string, object?> values)
    {
        if (state is IEnumerable<KeyValuePair<string, object?>> pairs)
        {
            foreach (var (name, value) in pairs)
            {
                values[SnakeCase(name)] = value;
            }
        }
    }

    // Log templates name their values as C# does, the line as the pipeline file does.
    private static string SnakeCase(string name)
    {
        var text = new StringBuilder(name.Length + 4);
        foreach (var letter in name)
        {
            text.Append(char.IsAsciiLetterUpper(letter) && text.Length > 0 && text[0] != '{' ? "_" : "").Append(text.Length > 0 && text[0] == '{' ? letter : char.ToLowerInvariant(letter));
        }

        return text.ToString();
    }

    private static void WriteTrace(Utf8JsonWriter json)
    {
        if (Activity.Current is { Source.Name: Telemetry.Name } span)
        {
            json.WriteString("trace_id", span.TraceId.ToHexString());
            json.WriteString("span_id", span.SpanId.ToHexString());
        }
    }

    private static void WriteError(Utf8JsonWriter json, Exception? error, Dictionary<string, object?> values)
    {
        if (error is not null)
        {
            json.WriteString("error", $"{error.GetType().Name}: {error.Message}");
            json.WriteString("stack", error.ToString());
        }
        else if (values.TryGetValue("error", out var sentence) && sentence is not null)
        {
            json.WriteString("error", sentence.ToString());
        }
    }

    private static void Write(Utf8JsonWriter json, string name, object? value)
    {
        switch (value)
        {
            case null:
                break;
            case long or int or short or byte:
                json.WriteNumber(name, Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case double number when double.IsFinite(number):
                json.WriteNumber(name, number);
                break;
            case bool truth:
                json.WriteBoolean(name, truth);
                break;
            case IEnumerable and not string:
                break;
            default:
                var text = Convert.ToString(value, CultureInfo.InvariantCulture)!;
                if (text.Length <= LongestValue)
                {
                    json.WriteString(name, text);
                }

                break;
        }
    }
}
