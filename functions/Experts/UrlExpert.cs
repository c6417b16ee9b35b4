// intelmq.bots.experts.url.expert: what a URL tells about host, port, path, account and protocol.
using System.Collections.Frozen;
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Experts;

/// <summary>The parameters of <see cref="UrlExpert"/>.</summary>
public sealed record UrlParameters : ExpertParameters
{
    /// <summary>See the attribute.</summary>
    [Parameter("Replace values that are already there.")]
    public bool Overwrite { get; init; }

    /// <summary>See the attribute.</summary>
    [Parameter("Fields that are never set.", Example = "source.urlpath, destination.urlpath")]
    public IReadOnlyList<string>? SkipFields { get; init; }
}

/// <summary>Sets the fields of source and destination that their URL tells.</summary>
[Bot("intelmq.bots.experts.url.expert", "Takes domain name or address, port, path, account and protocol from the URL.",
    Reads = ["source.url", "destination.url"],
    Sets =
    [
        "source.fqdn", "source.ip", "source.port", "source.urlpath", "source.account",
        "destination.fqdn", "destination.ip", "destination.port", "destination.urlpath", "destination.account",
        "protocol.application", "protocol.transport",
    ],
    Fusible = true)]
public sealed class UrlExpert : EventExpertBot<UrlParameters>
{
    // https has no transport: it may be TCP or, with HTTP/3, UDP.
    private static readonly FrozenDictionary<string, (int Port, string? Transport)> s_schemes = new Dictionary<string, (int, string?)>
    {
        ["ftp"] = (21, "tcp"),
        ["http"] = (80, "tcp"),
        ["https"] = (443, null),
        ["sftp"] = (22, "tcp"),
        ["ssh"] = (22, "tcp"),
        ["tftp"] = (69, "udp"),
        ["ws"] = (80, "tcp"),
        ["wss"] = (443, "tcp"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly UrlFields s_source =
        new(Fields.Source.Url, Fields.Source.Fqdn, Fields.Source.Ip, Fields.Source.Port, Fields.Source.Urlpath, Fields.Source.Account);

    private static readonly UrlFields s_destination =
        new(Fields.Destination.Url, Fields.Destination.Fqdn, Fields.Destination.Ip, Fields.Destination.Port, Fields.Destination.Urlpath, Fields.Destination.Account);

    private FrozenSet<string> _skipped = [];

    /// <inheritdoc/>
    public override void Process(Event input, IOutbox outbox)
    {
        // An event has one protocol: that of the first URL that tells one.
        var hasProtocol = Set(input, s_source, withProtocol: true);
        Set(input, s_destination, withProtocol: !hasProtocol);
        outbox.Send(input, input);
    }

    /// <inheritdoc/>
    protected override ValueTask StartAsync(CancellationToken cancellation)
    {
        _skipped = (Parameters.SkipFields ?? []).ToFrozenSet(StringComparer.Ordinal);
        return ValueTask.CompletedTask;
    }

    private bool Set(Event input, UrlFields fields, bool withProtocol)
    {
        if (input[fields.Url].AsText() is not { } url || !Url.TrySplit(url, out var parts))
        {
            return false;
        }

        var host = new UrlHost(parts.Authority);
        if (!host.TryPort(out var port))
        {
            throw new InvalidRecordException($"The port '{host.PortText}' in {fields.Url.Name} is no number from 0 to 65535.");
        }

        var scheme = parts.Scheme.ToString().ToLowerInvariant();
        s_schemes.TryGetValue(scheme, out var usual);
        Set(input, host.IsAddress ? fields.Ip : fields.Fqdn, host.Name.ToString());
        Set(input, fields.Port, port > 0 ? port : usual.Port > 0 ? usual.Port : Value.Missing);
        Set(input, fields.Path, PathOf(parts.Rest, scheme).ToString());
        Set(input, fields.Account, host.User.ToString());
        return withProtocol
            && Set(input, Fields.Protocol.Application, scheme == "https" ? "http" : scheme) | Set(input, Fields.Protocol.Transport, usual.Transport);
    }

    private bool Set(Event input, Field field, Value value) =>
        !EmptyValues.IsEmpty(value) && !_skipped.Contains(field.Name) && (Parameters.Overwrite || !input.Contains(field))
        && input.Add(field, value, AddOptions.Overwrite | AddOptions.RefuseUnfit) == AddResult.Added;

    // These schemes may have parameters behind a semicolon in the last part of the path; they do not belong to it.
    private static ReadOnlySpan<char> PathOf(ReadOnlySpan<char> rest, string scheme)
    {
        var end = rest.IndexOfAny('?', '#');
        var path = end < 0 ? rest : rest[..end];
        var last = path.LastIndexOf('/') + 1;
        var parameters = scheme is "http" or "https" or "ftp" or "sftp" or "" ? path[last..].IndexOf(';') : -1;
        return parameters < 0 ? path : path[..(last + parameters)];
    }

    private sealed record UrlFields(Field Url, Field Fqdn, Field Ip, Field Port, Field Path, Field Account);
}
