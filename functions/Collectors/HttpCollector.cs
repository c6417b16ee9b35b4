// A report by HTTP.
using System.Net;
using System.Runtime.CompilerServices;
using IntelMq.Bots;
using IntelMq.DataFormat;
using Microsoft.Extensions.Logging;

namespace IntelMq.Collectors;

/// <summary>Fetches a report from a URL; archives are unpacked, one report per file in them.</summary>
[Bot("intelmq.bots.collectors.http.collector_http", "Fetches a report from a URL, with basic authentication, client certificates, proxies and archives.", Sets = ["feed.url", "extra.file_name", "raw"])]
public sealed class HttpCollector : CollectorBot<HttpCollectorParameters>
{
    /// <inheritdoc/>
    protected override ValueTask StartAsync(CancellationToken cancellation)
    {
        if (Parameters.VerifyPgpSignatures)
        {
            throw new BotConfigurationException("'verify_pgp_signatures' is not supported yet: no report would be checked. Set it to false, or check signatures before the feed gets here.");
        }

        UrlTemplate.Fill(Parameters.HttpUrl, Parameters.HttpUrlFormatting, Context.Clock.GetUtcNow());
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<CollectedReport> CollectAsync(CollectorRun run, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var address = UrlTemplate.Fill(Parameters.HttpUrl, Parameters.HttpUrlFormatting, run.Time);
        var url = address.OriginalString;
        using var response = await GetAsync(Context.Http.For(Parameters, Parameters.Credentials), address, cancellation);
        await using var body = await Download.ToFileAsync(response, TimeSpan.FromSeconds(Parameters.HttpTimeoutSec), Context.Clock, cancellation);
        if ((Parameters.Extraction ?? (Download.IsZip(body) ? [] : null)) is { } wanted)
        {
            var found = 0;
            await foreach (var (name, open) in Archive.FilesOfAsync(body, wanted, url, cancellation))
            {
                found++;
                yield return Report(url, name, open);
            }

            if (found == 0)
            {
                Context.Log.LogWarning("{Bot}: the archive from {Url} holds none of the wanted files; no report is sent.", Context.BotId, url);
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
        catch (Exception error) when (error is HttpRequestException or IOException or TimeoutException)
        {
            throw new TransientException($"'{WithoutQuery(address)}' cannot be fetched: {error.Message}", inner: error);
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        var (status, after) = (response.StatusCode, response.Headers.RetryAfter?.Delta);
        response.Dispose();
        throw new TransientException($"'{WithoutQuery(address)}' answers {(int)status} ({status}).", status is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable ? after : null);
    }

    // A query may hold a key, and errors are read by many.
    private static string WithoutQuery(Uri address) => address.GetLeftPart(UriPartial.Path);
}
