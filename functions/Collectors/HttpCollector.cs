// A report by HTTP.
using System.Net;
using System.Runtime.CompilerServices;
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Collectors;

/// <summary>Fetches a report from a URL; archives are unpacked, one report per file in them.</summary>
[Bot("intelmq.bots.collectors.http.collector_http", "Fetches a report from a URL, with basic authentication, client certificates, proxies and archives.", Sets = ["feed.url", "extra.file_name", "raw"])]
public sealed class HttpCollector : CollectorBot<HttpCollectorParameters>
{
    /// <inheritdoc/>
    protected override ValueTask StartAsync(CancellationToken cancellation) => Parameters.VerifyPgpSignatures
        ? throw new BotConfigurationException("'verify_pgp_signatures' is not supported yet: no report would be checked. Set it to false, or check signatures before the feed gets here.")
        : ValueTask.CompletedTask;

    /// <inheritdoc/>
    public override async IAsyncEnumerable<CollectedReport> CollectAsync(CollectorRun run, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var url = UrlTemplate.Fill(Parameters.HttpUrl, Parameters.HttpUrlFormatting, run.Time);
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            throw new BotConfigurationException($"'http_url' is '{url}', which is no http or https URL.");
        }

        var client = Context.Http.For(Parameters, Parameters.Credentials);
        using var response = await GetAsync(client, address, cancellation);
        await using var body = await Download.ToFileAsync(response, TimeSpan.FromSeconds(Parameters.HttpTimeoutSec), Context.Clock, cancellation);
        if ((Parameters.Extraction ?? (Download.IsZip(body) ? [] : null)) is { } wanted)
        {
            await foreach (var (name, open) in Archive.FilesOfAsync(body, wanted, url, cancellation))
            {
                yield return Report(url, name, open);
            }
        }
        else
        {
            yield return Report(url, null, _ => ValueTask.FromResult<Stream?>(Download.AsUtf8(body, response)));
        }
    }

    private CollectedReport Report(string url, string? fileName, Func<CancellationToken, ValueTask<Stream?>> open)
    {
        var report = NewReport();
        report.Add(Fields.Feed.Url, url);
        report.Add("extra.file_name", fileName);
        return new CollectedReport { Source = fileName is null ? url : $"{url}#{fileName}", Report = report, OpenRaw = open };
    }

    private async Task<HttpResponseMessage> GetAsync(HttpClient client, Uri address, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        foreach (var (name, value) in Parameters.HttpHeader ?? [])
        {
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value.ToString());
        }

        HttpResponseMessage response;
        try
        {
            response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or TimeoutException || (error is not OperationCanceledException && error.GetType().Name == "TimeoutRejectedException"))
        {
            throw new TransientException($"'{address}' cannot be fetched: {error.Message}", inner: error);
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        var (status, after) = (response.StatusCode, response.Headers.RetryAfter?.Delta);
        response.Dispose();
        throw new TransientException($"'{address}' answers {(int)status} ({status}).", status is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable ? after : null);
    }
}
