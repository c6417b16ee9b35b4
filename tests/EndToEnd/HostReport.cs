// What lies where in a storage account and its Functions host, for the text of a test that failed.
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using global::Azure.Data.Tables;
using global::Azure.Storage.Blobs;
using global::Azure.Storage.Queues;

namespace IntelMq.EndToEnd.Tests;

/// <summary>Keeps what a Functions host says, and tells in the end where each message is.</summary>
/// <param name="connection">The storage account.</param>
/// <param name="azurite">The folder where Azurite keeps it: it names messages that are taken and not visible, which no request does.</param>
internal sealed class HostReport(string connection, string azurite)
{
    // Azurite writes its files every five seconds.
    private static readonly TimeSpan s_written = TimeSpan.FromSeconds(6);

    private readonly ConcurrentQueue<string> _said = [];
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    /// <summary>Reads what a process says from now on; its output must be redirected.</summary>
    public void Listen(Process process)
    {
        process.OutputDataReceived += (_, line) => Say(line.Data);
        process.ErrorDataReceived += (_, line) => Say(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Adds a line to what was said, with the seconds since the beginning.</summary>
    public void Say(string? line)
    {
        if (!string.IsNullOrWhiteSpace(line))
        {
            _said.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{_clock.Elapsed.TotalSeconds,8:0.000} {line}"));
        }
    }

    /// <summary>The whole report.</summary>
    /// <param name="host">The host's process.</param>
    /// <param name="handler">The handler's process; null where there is none.</param>
    public async Task<string> WriteAsync(Process host, int? handler)
    {
        await Task.Delay(s_written);
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"Now: {TimeProvider.System.GetUtcNow():O}");
        text.AppendLine(CultureInfo.InvariantCulture, $"Host {host.Id}: {(host.HasExited ? $"ended with {host.ExitCode}" : StateOf(host.Id))}. Handler {handler}: {(handler is { } id ? StateOf(id) : "none")}.");
        await QueuesAsync(text);
        await RowsAsync(text);
        await BlobsAsync(text);
        text.AppendLine("What the host said:").AppendJoin('\n', _said);
        return text.ToString();
    }

    private static string StateOf(int process)
    {
        try
        {
            var lines = File.ReadLines($"/proc/{process}/status").Where(line => line.StartsWith("State", StringComparison.Ordinal) || line.StartsWith("Threads", StringComparison.Ordinal));
            return string.Join(", ", lines).Replace('\t', ' ');
        }
        catch (IOException)
        {
            return "gone";
        }
    }

    private async Task QueuesAsync(StringBuilder text)
    {
        var service = new QueueServiceClient(connection);
        await foreach (var item in service.GetQueuesAsync())
        {
            var queue = service.GetQueueClient(item.Name);
            var count = (await queue.GetPropertiesAsync()).Value.ApproximateMessagesCountLong;
            if (count > 0)
            {
                var visible = (await queue.PeekMessagesAsync(32)).Value.Length;
                text.AppendLine(CultureInfo.InvariantCulture, $"Queue {item.Name}: {count} messages, {visible} of them visible.");
            }
        }

        foreach (var message in Messages())
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  {message["queueName"]}: {message["messageId"]} delivered {message["dequeueCount"]} times, next visible {TimeOf(message["timeNextVisible"])}.");
        }
    }

    // Milliseconds since 1970 once it was taken, a date before.
    private static string TimeOf(JsonNode? time) => time is JsonValue value && value.TryGetValue<long>(out var since)
        ? DateTimeOffset.FromUnixTimeMilliseconds(since).ToString("O", CultureInfo.InvariantCulture) : time?.ToString() ?? "unknown";

    private IEnumerable<JsonNode> Messages()
    {
        var file = Path.Combine(azurite, "__azurite_db_queue__.json");
        return !File.Exists(file) ? [] : JsonNode.Parse(File.ReadAllText(file))!["collections"]!.AsArray().OfType<JsonNode>()
            .SelectMany(collection => collection["data"]!.AsArray()).OfType<JsonNode>().Where(row => row["messageId"] is not null);
    }

    private async Task RowsAsync(StringBuilder text)
    {
        var tables = new TableServiceClient(connection);
        await foreach (var item in tables.QueryAsync())
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"Table {item.Name}:");
            await foreach (var row in tables.GetTableClient(item.Name).QueryAsync<TableEntity>())
            {
                var values = row.Where(value => value.Key is not ("PartitionKey" or "RowKey" or "odata.etag")).Select(value => $"{value.Key}={(value.Value is byte[] bytes ? Shown(bytes) : value.Value)}");
                text.AppendLine(CultureInfo.InvariantCulture, $"  {row.PartitionKey} {row.RowKey} {string.Join(' ', values)}");
            }
        }
    }

    private static string Shown(byte[] bytes) => bytes.Length > 60 || !Array.TrueForAll(bytes, value => value is >= 32 and < 127) ? $"({bytes.Length} bytes)" : Encoding.ASCII.GetString(bytes);

    private async Task BlobsAsync(StringBuilder text)
    {
        var service = new BlobServiceClient(connection);
        await foreach (var container in service.GetBlobContainersAsync())
        {
            await foreach (var blob in service.GetBlobContainerClient(container.Name).GetBlobsAsync())
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"Blob {container.Name}/{blob.Name}: {blob.Properties.ContentLength} bytes, lease {blob.Properties.LeaseState}.");
            }
        }
    }
}
