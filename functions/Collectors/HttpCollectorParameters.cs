// The parameters of the HTTP collector.
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Collectors;

/// <summary>The parameters of the HTTP collector.</summary>
public sealed record HttpCollectorParameters : CollectorParameters
{
    /// <inheritdoc/>
    public override int RateLimit { get; init; } = 3600;

    /// <summary>See the attribute.</summary>
    [Parameter("The URL of the feed.", Required = true, Example = "https://feed.example.com/list.csv")]
    public string HttpUrl { get; init; } = "";

    /// <summary>See the attribute.</summary>
    [Parameter("Fill {time[%Y-%m-%d]} in the URL with the present time (UTC); a map such as {days: -1} shifts it.")]
    public Value HttpUrlFormatting { get; init; } = false;

    /// <summary>See the attribute.</summary>
    [Parameter("Unpack archives (zip, tar, gzip): true for all files in them, or a list of names. Without it only zip archives are unpacked.")]
    public Value ExtractFiles { get; init; } = false;

    /// <summary>See the attribute.</summary>
    [Parameter("The user for basic authentication.")]
    public string? HttpUsername { get; init; }

    /// <summary>See the attribute.</summary>
    [Parameter("The password for basic authentication.", Secret = true)]
    public string? HttpPassword { get; init; }

    /// <summary>See the attribute.</summary>
    [Parameter("Further headers of the request. They may hold keys: none is ever shown.", Secret = true)]
    public ValueMap? HttpHeader { get; init; }

    /// <summary>See the attribute.</summary>
    [Parameter("A client certificate with its key (PEM).", Path = PathUse.Read)]
    public string? SslClientCertificate { get; init; }

    /// <summary>See the attribute.</summary>
    [Parameter("Where the signature of the report is; used with verify_pgp_signatures.")]
    public string? SignatureUrl { get; init; }

    /// <summary>See the attribute.</summary>
    [Parameter("Fill the time in signature_url as well.")]
    public bool SignatureUrlFormatting { get; init; }

    /// <summary>See the attribute.</summary>
    [Parameter("Take only reports with a good PGP signature. Not supported yet: true is refused.")]
    public bool VerifyPgpSignatures { get; init; }

    /// <summary>See the attribute.</summary>
    [Parameter("The key ring for signatures.", Path = PathUse.Read)]
    public string? GpgKeyring { get; init; }

    /// <summary>Which files of archives are wanted: null for no archives, an empty list for all.</summary>
    internal IReadOnlyList<string>? Extraction => ExtractFiles.Kind switch
    {
        ValueKind.List => ExtractFiles.AsList().Select(name => name.ToString()).ToArray(),
        ValueKind.Text when ExtractFiles.AsText() is not ("" or "true" or "True" or "false" or "False") =>
            ExtractFiles.AsText()!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
        _ => IsOn(ExtractFiles) ? [] : null,
    };

    /// <summary>How the bot shows who it is; null where it does not.</summary>
    internal HttpCredentials? Credentials => HttpUsername is null && SslClientCertificate is null ? null : new HttpCredentials(HttpUsername, HttpPassword, SslClientCertificate);

    /// <summary>Whether a value that may be a flag or something else says yes; flags from the environment are texts.</summary>
    internal static bool IsOn(in Value flag) => flag.AsBoolean() ?? flag.AsText() is "true" or "True";
}
