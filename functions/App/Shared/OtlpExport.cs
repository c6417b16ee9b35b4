// Sends traces and metrics by OTLP.
using System.Runtime.CompilerServices;
using IntelMq.Runtime;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace IntelMq.App;

/// <summary>The OpenTelemetry libraries at work. They read the rest of the standard variables themselves.</summary>
internal sealed class OtlpExport : IDisposable
{
    // The host ends its handler without a word: what was counted since the last time is lost then.
    private const int MetricInterval = 10_000;

    private readonly TracerProvider? _traces;
    private readonly MeterProvider? _metrics;

    private OtlpExport(ExportWanted wanted, string instance, string? site)
    {
        var resource = ResourceBuilder.CreateEmpty()
            .AddService(string.IsNullOrEmpty(site) ? "intelmq" : site, serviceNamespace: null, typeof(OtlpExport).Assembly.GetName().Version?.ToString(3), autoGenerateServiceInstanceId: false, instance)
            .AddTelemetrySdk()
            .AddEnvironmentVariableDetector();
        if (wanted.Traces is { } traces)
        {
            _traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(Telemetry.Name).AddOtlpExporter(options => Aim(options, traces)).Build();
        }

        if (wanted.Metrics is { } metrics)
        {
            _metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(Telemetry.Name).AddOtlpExporter((options, reader) =>
            {
                Aim(options, metrics);
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds ??= MetricInterval;
            }).Build();
        }
    }

    /// <summary>Starts to listen and to send.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static IDisposable Start(ExportWanted wanted, string instance, string? site) => new OtlpExport(wanted, instance, site);

    /// <inheritdoc/>
    public void Dispose()
    {
        _traces?.Dispose();
        _metrics?.Dispose();
    }

    private static void Aim(OtlpExporterOptions options, ExportTarget target)
    {
        if (target.Endpoint is { } endpoint)
        {
            options.Endpoint = endpoint;
        }
    }
}
