// Listens to what the runtime traces and measures.
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace IntelMq.Runtime.Tests;

/// <summary>Tests that listen run alone: a listener hears the whole process, and changes what messages carry.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Listening
{
    public const string Name = "Listening";
}

/// <summary>Keeps the spans that ended.</summary>
internal sealed class SpanListener : IDisposable
{
    private readonly ActivityListener _listener;
    private readonly ConcurrentQueue<Activity> _spans = new();

    public SpanListener(ActivitySamplingResult sampling = ActivitySamplingResult.AllDataAndRecorded)
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Telemetry.Name,
            Sample = (ref _) => sampling,
            ActivityStopped = _spans.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>The spans, in the order of their end.</summary>
    public IReadOnlyList<Activity> Spans => [.. _spans];

    public void Dispose() => _listener.Dispose();
}

/// <summary>Adds up what is counted.</summary>
internal sealed class MeterSum : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<(string Name, double Value, Dictionary<string, object?> Tags)> _measured = new();

    public MeterSum()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == Telemetry.Name)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>The sum of an instrument, of one bot, queue or path where it is named.</summary>
    public double Of(string instrument, string? tagged = null) =>
        _measured.Where(item => item.Name == instrument && (tagged is null || item.Tags.ContainsValue(tagged))).Sum(item => item.Value);

    /// <summary>The values that an instrument was given.</summary>
    public IReadOnlyList<double> Values(string instrument) => _measured.Where(item => item.Name == instrument).Select(item => item.Value).ToArray();

    /// <summary>The tags of an instrument's measurements.</summary>
    public IReadOnlyList<Dictionary<string, object?>> Tags(string instrument) => _measured.Where(item => item.Name == instrument).Select(item => item.Tags).ToArray();

    /// <summary>Asks the gauges, after forgetting what was measured.</summary>
    public void Observe()
    {
        _measured.Clear();
        _listener.RecordObservableInstruments();
    }

    public void Dispose() => _listener.Dispose();

    private void Keep(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _measured.Enqueue((instrument.Name, value, tags.ToArray().ToDictionary()));
}
