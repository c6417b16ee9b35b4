// Receives traces and metrics by OTLP (http/protobuf), as a collector does.
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace IntelMq.EndToEnd.Tests;

/// <summary>A span as it came.</summary>
internal sealed record ReceivedSpan(string Trace, string Span, string Parent, string Name, IReadOnlyDictionary<string, string> Attributes, IReadOnlyDictionary<string, string> Resource);

/// <summary>A point of a metric as it came; of a histogram the count.</summary>
internal sealed record ReceivedPoint(string Metric, long Value, IReadOnlyDictionary<string, string> Attributes);

/// <summary>A receiver on a free port.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<ReceivedSpan> _spans = new();
    private readonly ConcurrentQueue<ReceivedPoint> _points = new();

    private OtlpReceiver()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapPost("/v1/traces", context => TakeAsync(context, ReadSpans));
        _app.MapPost("/v1/metrics", context => TakeAsync(context, ReadPoints));
    }

    /// <summary>The spans that came.</summary>
    public IReadOnlyList<ReceivedSpan> Spans => [.. _spans];

    /// <summary>Where it listens.</summary>
    public string Address => _app.Urls.Single();

    /// <summary>The last sum of a counter for a bot: what is sent is cumulative.</summary>
    public long Sum(string metric, string bot) => _points.Where(point => point.Metric == metric && point.Attributes.GetValueOrDefault("intelmq.bot") == bot)
        .GroupBy(point => string.Join(',', point.Attributes.OrderBy(item => item.Key).Select(item => item.ToString())))
        .Sum(series => series.Max(point => point.Value));

    public static async Task<OtlpReceiver> StartAsync()
    {
        var receiver = new OtlpReceiver();
        await receiver._app.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static async Task TakeAsync(HttpContext context, Action<ReadOnlyMemory<byte>> read)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        read(body.ToArray());
        context.Response.ContentType = "application/x-protobuf";
    }

    private void ReadSpans(ReadOnlyMemory<byte> request)
    {
        foreach (var group in Messages(request, 1))
        {
            var resource = Messages(group, 1).SelectMany(found => Messages(found, 1)).ToDictionary(KeyOf, ValueOf);
            foreach (var span in Messages(group, 2).SelectMany(scope => Messages(scope, 2)))
            {
                _spans.Enqueue(new ReceivedSpan(
                    Hex(span, 1), Hex(span, 2), Hex(span, 4), Text(span, 5), Messages(span, 9).ToDictionary(KeyOf, ValueOf), resource));
            }
        }
    }

    private void ReadPoints(ReadOnlyMemory<byte> request)
    {
        foreach (var metric in Messages(request, 1).SelectMany(group => Messages(group, 2)).SelectMany(scope => Messages(scope, 2)))
        {
            foreach (var point in Messages(metric, 7).SelectMany(sum => Messages(sum, 1)))
            {
                _points.Enqueue(new ReceivedPoint(Text(metric, 1), Number(point, 6), Messages(point, 7).ToDictionary(KeyOf, ValueOf)));
            }

            foreach (var point in Messages(metric, 9).SelectMany(histogram => Messages(histogram, 1)))
            {
                _points.Enqueue(new ReceivedPoint(Text(metric, 1), Number(point, 4), Messages(point, 9).ToDictionary(KeyOf, ValueOf)));
            }
        }
    }

    private static string KeyOf(ReadOnlyMemory<byte> pair) => Text(pair, 1);

    private static string ValueOf(ReadOnlyMemory<byte> pair) => Messages(pair, 2).Select(value => Text(value, 1)).FirstOrDefault() ?? "";

    private static string Text(ReadOnlyMemory<byte> message, int field) => Encoding.UTF8.GetString(Messages(message, field).FirstOrDefault().Span);

    private static string Hex(ReadOnlyMemory<byte> message, int field) => Convert.ToHexStringLower(Messages(message, field).FirstOrDefault().Span);

    private static long Number(ReadOnlyMemory<byte> message, int field) =>
        Messages(message, field).Select(bytes => BinaryPrimitives.ReadInt64LittleEndian(bytes.Span)).FirstOrDefault();

    // The fields of a number that have content of a length, or eight bytes; variable numbers are of no interest here.
    private static IEnumerable<ReadOnlyMemory<byte>> Messages(ReadOnlyMemory<byte> message, int field)
    {
        for (var at = 0; at < message.Length;)
        {
            var key = Variable(message, ref at);
            var length = (key & 7) switch
            {
                0 => 0,
                1 => 8,
                2 => (int)Variable(message, ref at),
                5 => 4,
                _ => throw new InvalidDataException("This is no protobuf."),
            };
            if ((key & 7) == 0)
            {
                Variable(message, ref at);
            }
            else if (key >> 3 == (ulong)field)
            {
                yield return message.Slice(at, length);
            }

            at += length;
        }
    }

    private static ulong Variable(ReadOnlyMemory<byte> message, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var part = message.Span[at++];
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }
    }
}
