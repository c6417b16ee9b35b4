// Recorded answers of HTTP and DNS instead of the network.
using System.Net;
using System.Text;
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Stores;

/// <summary>
/// Replays recorded answers and refuses everything else. The form: <c>{"http": [{"method", "url", "status", "response_headers", "response_body" or
/// "response_base64"}], "dns": {"name": {"A": ["192.0.2.1"]}}, "gethostbyname": {"name": "192.0.2.1"}}</c>; a list is taken as the http part.
/// </summary>
public sealed class RecordedAnswers : IHttpClients, IDnsResolver, IDisposable
{
    private readonly List<ValueMap> _http;
    private readonly ValueMap _dns;
    private readonly ValueMap _hosts;
    private readonly HttpClient _client;

    private RecordedAnswers(IEnumerable<Value> http, ValueMap dns, ValueMap hosts)
    {
        (_http, _dns, _hosts) = (http.Select(answer => answer.AsMap()).OfType<ValueMap>().ToList(), dns, hosts);
#pragma warning disable RS0030 // A client without a network behind it.
        _client = new HttpClient(new Handler(this));
#pragma warning restore RS0030
    }

    /// <summary>Reads recorded answers.</summary>
    /// <exception cref="BotConfigurationException">The text is no JSON of that form.</exception>
    public static RecordedAnswers Parse(ReadOnlySpan<byte> json)
    {
        var value = JsonText.TryParse(json) ?? throw new BotConfigurationException("The recorded answers are no JSON.");
        return value.AsMap() is { } map
            ? new RecordedAnswers(map["http"].AsList(), map["dns"].AsMap() ?? [], map["gethostbyname"].AsMap() ?? [])
            : new RecordedAnswers(value.AsList(), [], []);
    }

    /// <inheritdoc/>
    public HttpClient For(BotParameters parameters, HttpCredentials? credentials = null) => _client;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<IPAddress>> AddressesAsync(string name, CancellationToken cancellation)
    {
        var answers = Dns(name, "A").Concat(Dns(name, "AAAA")).Concat(_hosts[name].AsList().Select(address => address.ToString()));
        return Answer(name, answers.Select(IPAddress.Parse).Distinct().ToArray());
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> NamesAsync(IPAddress address, CancellationToken cancellation) =>
        Answer(address.ToString(), Dns(address.ToString(), "PTR").ToArray());

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> TextsAsync(string name, CancellationToken cancellation) => Answer(name, Dns(name, "TXT").ToArray());

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private IEnumerable<string> Dns(string name, string type) => _dns[name].AsMap()?[type].AsList().Select(answer => answer.ToString()) ?? [];

    private ValueTask<IReadOnlyList<T>> Answer<T>(string name, T[] answers) => _dns[name].IsMissing && _hosts[name].IsMissing
        ? throw new TransientException($"No answer is recorded for the look-up of '{name}'.")
        : ValueTask.FromResult<IReadOnlyList<T>>(answers);

    private sealed class Handler(RecordedAnswers answers) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var url = request.RequestUri!.OriginalString;
            var answer = answers._http.Find(candidate =>
                (candidate["url"].TextEquals(url) || candidate["url"].TextEquals(request.RequestUri.AbsoluteUri))
                && (candidate["method"].AsText() ?? "GET").Equals(request.Method.Method, StringComparison.OrdinalIgnoreCase));
            return answer is null
                ? throw new TransientException($"No answer is recorded for {request.Method} {url}.")
                : Task.FromResult(Response(answer, request));
        }

        private static HttpResponseMessage Response(ValueMap answer, HttpRequestMessage request)
        {
            var body = answer["response_base64"].AsText() is { } encoded ? Convert.FromBase64String(encoded) : Encoding.UTF8.GetBytes(answer["response_body"].ToString());
            var response = new HttpResponseMessage((HttpStatusCode)(answer["status"].AsInteger() ?? 200)) { Content = new ByteArrayContent(body), RequestMessage = request };
            foreach (var (name, value) in answer["response_headers"].AsMap() ?? [])
            {
                response.Content.Headers.TryAddWithoutValidation(name, value.ToString());
            }

            return response;
        }
    }
}
