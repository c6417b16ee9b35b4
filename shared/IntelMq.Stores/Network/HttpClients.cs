// HTTP clients that follow a bot's parameters.
using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using IntelMq.Bots;
using IntelMq.DataFormat;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.Retry;

namespace IntelMq.Stores;

/// <summary>
/// Makes HTTP clients with proxy, time-outs, repetitions, certificates and User-Agent of a bot. A request is repeated after connection
/// errors and time-outs, never because of a status. A client is made once per bot.
/// </summary>
public sealed class HttpClients(TimeProvider clock) : IHttpClients, IDisposable
{
    private readonly ConcurrentDictionary<(BotParameters, HttpCredentials?), HttpClient> _clients = [];

    /// <inheritdoc/>
    public HttpClient For(BotParameters parameters, HttpCredentials? credentials = null) =>
        _clients.GetOrAdd((parameters, credentials), key => Make(key.Item1, key.Item2));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var client in _clients.Values)
        {
            client.Dispose();
        }
    }

    private HttpClient Make(BotParameters parameters, HttpCredentials? credentials)
    {
        var retries = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = clock };
        if (parameters.HttpTimeoutMaxTries > 1)
        {
            retries.AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                ShouldHandle = new PredicateBuilder<HttpResponseMessage>().Handle<HttpRequestException>().Handle<Polly.Timeout.TimeoutRejectedException>(),
                MaxRetryAttempts = parameters.HttpTimeoutMaxTries - 1,
                Delay = TimeSpan.FromMilliseconds(100),
                BackoffType = DelayBackoffType.Exponential,
            });
        }

        retries.AddTimeout(TimeSpan.FromSeconds(parameters.HttpTimeoutSec));
        var handler = new TimeoutHandler { InnerHandler = new ResilienceHandler(retries.Build()) { InnerHandler = Handler(parameters, credentials) } };
#pragma warning disable RS0030 // Here is where the clients that bots get are made.
        var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
#pragma warning restore RS0030
        client.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", parameters.HttpUserAgent);
        if (credentials?.Username is { } user)
        {
            var pair = Encoding.UTF8.GetBytes($"{user}:{credentials.Password}");
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(pair));
        }

        return client;
    }

    private static SocketsHttpHandler Handler(BotParameters parameters, HttpCredentials? credentials)
    {
        var handler = new SocketsHttpHandler
        {
            AutomaticDecompression = DecompressionMethods.All,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            Proxy = parameters.HttpProxy is null && parameters.HttpsProxy is null ? null : new SchemeProxy(parameters.HttpProxy, parameters.HttpsProxy),
            UseProxy = parameters.HttpProxy is not null || parameters.HttpsProxy is not null,
        };
        var authorities = parameters.SslCaCertificate ?? (parameters.HttpVerifyCert.Kind == ValueKind.Text ? parameters.HttpVerifyCert.AsText() : null);
        if (parameters.HttpVerifyCert.AsBoolean() == false)
        {
#pragma warning disable CA5359 // The operator switched the check off for this bot, by name.
            handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        }
        else if (authorities is not null)
        {
            handler.SslOptions.CertificateChainPolicy = TrustOnly(authorities);
        }

        if (credentials?.ClientCertificate is { } certificate)
        {
            handler.SslOptions.ClientCertificates = [X509Certificate2.CreateFromPemFile(certificate)];
        }

        return handler;
    }

    private static X509ChainPolicy TrustOnly(string path)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(path);
        return policy;
    }

    // Bots know the exceptions of .NET, not those of the library that keeps the time.
    private sealed class TimeoutHandler : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            try
            {
                return await base.SendAsync(request, cancellationToken);
            }
            catch (Polly.Timeout.TimeoutRejectedException error)
            {
                throw new TimeoutException($"No answer within {error.Timeout.TotalSeconds} seconds.", error);
            }
        }
    }

    private sealed class SchemeProxy(string? http, string? https) : IWebProxy
    {
        public ICredentials? Credentials { get; set; }

        public Uri? GetProxy(Uri destination) => (destination.Scheme == Uri.UriSchemeHttps ? https : http) is { } proxy ? new Uri(proxy) : null;

        public bool IsBypassed(Uri host) => GetProxy(host) is null;
    }
}
