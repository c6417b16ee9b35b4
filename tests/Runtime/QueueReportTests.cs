// What the log tells of queues.
using IntelMq.Pipeline;
using IntelMq.Stores;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace IntelMq.Runtime.Tests;

public sealed class QueueReportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("intelmq-runtime-").FullName;
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 15, 12, 0, 0, TimeSpan.Zero));
    private readonly KeptLogs _logs = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Queues_that_hold_anything_have_a_line_and_all_together_one()
    {
        await TellAsync(
            new() { ["full"] = new QueueDepth(12, _clock.GetUtcNow().AddSeconds(-34)), ["empty"] = new QueueDepth(0, null), ["untold"] = new QueueDepth(3, null), ["parked"] = new QueueDepth(0, null) },
            new ParkedEntry("x", "parked", "{}"u8.ToArray(), 7, _clock.GetUtcNow(), 1, null));
        Assert.Equal(
            [
                "full: 12 frames wait, the first for 34 s; 0 messages are parked.",
                "parked: 0 frames wait; 7 messages are parked.",
                "untold: 3 frames wait; 0 messages are parked.",
                "15 frames wait in 4 queues.",
            ],
            _logs.Lines.Select(line => Text(line.Values)));
        Assert.All(_logs.Lines, line => Assert.Equal(LogLevel.Information, line.Level));
        Assert.Equal(34L, _logs.Lines.First().Values["Age"]);
    }

    [Theory]
    [InlineData(0, 14, true)]
    [InlineData(5, 0, true)]
    [InlineData(0, 15, false)]
    [InlineData(4, 0, false)]
    public async Task It_is_told_every_five_minutes_by_the_clock(int minute, int second, bool isTold)
    {
        _clock.Advance(new TimeSpan(0, minute, second));
        await TellAsync(new() { ["empty"] = new QueueDepth(0, null) });
        Assert.Equal(isTold ? ["0 frames wait in 1 queues."] : Array.Empty<string>(), _logs.Lines.Select(line => Text(line.Values)));
    }

    [Fact]
    public async Task Nothing_is_told_where_no_broker_tells()
    {
        await TellAsync(null);
        Assert.Empty(_logs.Lines);
    }

    private async Task TellAsync(Dictionary<string, QueueDepth>? depths, params ParkedEntry[] parked)
    {
        var app = new CompiledApp
        {
            Transport = "made-up",
            Pipeline = "runtime.yaml",
            Assemblies = [],
            Functions = [],
            Queues = (depths?.Keys ?? Enumerable.Empty<string>()).Order(StringComparer.Ordinal).Select(name => new CompiledQueue(name, "made-up", name, 1000)).ToArray(),
        };
        using var http = new HttpClients(_clock);
        var services = LocalFunctionServices.Open(_folder, _folder, _logs, _clock, http) with { Depths = depths is null ? null : new Lazy<IReadOnlyList<IQueueDepths>>(() => [new KnownDepths(depths)]) };
        await services.Parked.AddAsync(parked, TestContext.Current.CancellationToken);
        await new QueueReport(new QueueLook(app, services, _logs), services, _logs).TellAsync(TestContext.Current.CancellationToken);
    }

    private static string Text(Dictionary<string, object?> values)
    {
        var text = (string)values["{OriginalFormat}"]!;
        return values.Aggregate(text, (so, value) => so.Replace($"{{{value.Key}}}", $"{value.Value}", StringComparison.Ordinal));
    }

    private sealed class KnownDepths(Dictionary<string, QueueDepth> depths) : IQueueDepths
    {
        public string Transport => "made-up";

        public ValueTask<QueueDepth?> LookAsync(string entity, CancellationToken cancellation) => ValueTask.FromResult(depths.GetValueOrDefault(entity));
    }
}
