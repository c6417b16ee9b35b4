// What the standard variables of OpenTelemetry ask for.
namespace IntelMq.App;

/// <summary>
/// Whether traces and metrics are to be sent, by the standard variables: <c>OTEL_SDK_DISABLED</c>, <c>OTEL_TRACES_EXPORTER</c>,
/// <c>OTEL_METRICS_EXPORTER</c> and the endpoints. Without an endpoint or an exporter nothing is sent. Knows nothing of the libraries that do it, so that
/// they are loaded only where they are used.
/// </summary>
/// <param name="Traces">Where traces go; the exporter's own default where it is <see cref="ExportTarget.Standard"/>, null for nowhere.</param>
/// <param name="Metrics">Where metrics go, likewise.</param>
/// <param name="Problems">What cannot be done, as sentences. The app runs all the same.</param>
internal sealed record ExportWanted(ExportTarget? Traces, ExportTarget? Metrics, IReadOnlyList<string> Problems)
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Reads the variables.</summary>
    public static ExportWanted Read(IReadOnlyDictionary<string, string> variables)
    {
        if (Value("OTEL_SDK_DISABLED").Equals("true", StringComparison.OrdinalIgnoreCase))
        {
            return new ExportWanted(null, null, []);
        }

        var problems = new List<string>();
        var (traces, metrics) = (Target("TRACES"), Target("METRICS"));
        return new ExportWanted(traces, metrics, problems.Distinct().ToArray());

        string Value(string name) => variables.GetValueOrDefault(name)?.Trim() ?? "";

        ExportTarget? Target(string signal)
        {
            var exporters = Value($"OTEL_{signal}_EXPORTER");
            var own = Value($"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT");
            if (exporters.Length == 0 ? own.Length == 0 && Value(Endpoint).Length == 0 : !Names(signal, exporters))
            {
                return null;
            }

            foreach (var name in (string[])[Endpoint, $"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"])
            {
                if (Value(name) is { Length: > 0 } text && !(Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"))
                {
                    problems.Add($"{name} is '{text}', which is no address; nothing is sent there. Give it as http://HOST:PORT.");
                    return null;
                }
            }

            return own.Length > 0 ? new ExportTarget(new Uri(own)) : ExportTarget.Standard;
        }

        bool Names(string signal, string exporters)
        {
            var names = exporters.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            foreach (var unknown in names.Except(["otlp", "none"], StringComparer.Ordinal))
            {
                problems.Add($"OTEL_{signal}_EXPORTER names '{unknown}', which this app does not have. Use 'otlp' or 'none'.");
            }

            return names.Contains("otlp", StringComparer.Ordinal);
        }
    }

    /// <summary>Starts what is wanted; null where nothing is. What is left is sent when it is disposed.</summary>
    /// <param name="instance">The process or worker that sends.</param>
    /// <param name="site">The name of the app; null where it has none.</param>
    public IDisposable? Start(string instance, string? site)
    {
        foreach (var problem in Problems)
        {
            Console.Error.WriteLine("warning: " + problem);
        }

        return Traces is null && Metrics is null ? null : OtlpExport.Start(this, instance, site);
    }
}

/// <summary>Where something is sent.</summary>
/// <param name="Endpoint">An address for this signal alone, used as it stands; null for the common variables.</param>
internal sealed record ExportTarget(Uri? Endpoint)
{
    /// <summary>Where the common variables say.</summary>
    public static ExportTarget Standard { get; } = new((Uri?)null);
}
