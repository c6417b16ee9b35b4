// Recorded answers of HTTP and DNS instead of the network.
using System.Net;
using System.Text;
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Stores;

/// <summary>
/// Replays recorded answers and refuses everything else. The form:
/// <code>
/// {"http": [{"method": "GET", "url": "https://feed.example.com/", "status": 200, "response_headers": {}, "response_body": "text"}],
///  "dns": [{"name": "1.2.0.192.in-addr.arpa", "type": "PTR", "answer": ["host.example.com."]}],
///  "gethostbyname": [{"name": "host.example.com", "answer": "192.0.2.1"}]}
/// </code>
/// A body that is no text is <c>"response_body": {"__bytes_base64": …}</c> or <c>"response_base64": …</c>; headers may be named <c>headers</c>. An answer
/// that is a text where a list is expected is an error of the resolver: <c>NXDOMAIN</c> gives nothing, any other one is transient. A list alone is the http part.
/// </summary>
public sealed class RecordedAnswers : IHttpClients, IDnsResolver, IDisposable
{
    private readonly IReadOnlyList<ValueMap> _http;
    private readonly IReadOnlyList<ValueMap> _dns;
    private readonly IReadOnlyList<ValueMap> _hosts;
    private readonly HttpClient _client;

    private RecordedAnswers(Value http, Value dns, Value hosts)
    {
        (_http, _dns, _hosts) = (Entries("http", http), Entries("dns", dns), Entries("gethostbyname", hosts));
#pragma warning disable RS0030 // A client without a network behind it.
        _client = new HttpClient(new Handler(this));
#pragma warning restore RS0030
    }

    /// <summary>Reads recorded answers.</summary>
    /// <exception cref="BotConfigurationException">The text is no JSON of that form.</exception>
    public static RecordedAnswers Parse(ReadOnlySpan<byte> json)
    {
        var value = JsonText.TryParse(json) ?? throw new BotConfigurationException("The recorded answers are no JSON.");
        return value.AsMap() is { } map ? new RecordedAnswers(map["http"], map["dns"], map["gethostbyname"]) : new RecordedAnswers(value, Value.Missing, Value.Missing);
    }

    /// <inheritdoc/>
    public HttpClient For(BotParameters parameters, HttpCredentials? credentials = null) => _client;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<IPAddress>> AddressesAsync(string name, CancellationToken cancellation)
    {
        ValueMap?[] entries = [Find(_dns, name, "A"), Find(_dns, name, "AAAA"), Find(_hosts, name)];
        return entries.All(entry => entry is null)
            ? throw Unknown(name, "address")
            : ValueTask.FromResult<IReadOnlyList<IPAddress>>(entries.SelectMany(Addresses).Distinct().OrderBy(address => address.AddressFamily).ToArray());
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> NamesAsync(IPAddress address, CancellationToken cancellation)
    {
        var name = Reversed(address);
        return Answer(Texts(Find(_dns, name, "PTR") ?? throw Unknown(name, "PTR")).Select(text => text.TrimEnd('.')));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> TextsAsync(string name, CancellationToken cancellation) =>
        Answer(Texts(Find(_dns, name, "TXT") ?? throw Unknown(name, "TXT")));

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static ValueMap[] Entries(string part, in Value entries)
    {
        if (entries.Kind is ValueKind.Missing or ValueKind.Null)
        {
            return [];
        }

        return entries.Kind == ValueKind.List && entries.AsList().All(entry => entry.AsMap() is not null)
            ? entries.AsList().Select(entry => entry.AsMap()!).ToArray()
            : throw new BotConfigurationException($"'{part}' of the recorded answers is no list of objects.");
    }

    private static ValueMap? Find(IReadOnlyList<ValueMap> entries, string name, string? type = null) => entries.FirstOrDefault(entry =>
        string.Equals(entry["name"].AsText()?.TrimEnd('.'), name.TrimEnd('.'), StringComparison.OrdinalIgnoreCase) && (type is null || entry["type"].TextEquals(type)));

    private static ValueTask<IReadOnlyList<string>> Answer(IEnumerable<string> texts) => ValueTask.FromResult<IReadOnlyList<string>>(texts.ToArray());

    private static TransientException Unknown(string name, string type) => new($"No answer is recorded for the {type} look-up of '{name}'.");

    private static TransientException Failed(ValueMap entry, Value error) => new($"The resolver answers '{error}' for '{entry["name"]}'.");

    private static bool IsAnswer(Value answer) => answer.Kind == ValueKind.Text && !answer.TextEquals("NXDOMAIN");

    // A list is an answer; a text in its place is what the resolver said instead of one.
    private static IEnumerable<string> Texts(ValueMap entry)
    {
        var answer = entry["answer"];
        return answer.Kind == ValueKind.Text && IsAnswer(answer) ? throw Failed(entry, answer) : answer.AsList().Where(IsAnswer).Select(text => text.ToString());
    }

    private static IEnumerable<IPAddress> Addresses(ValueMap? entry) => (entry?["answer"].AsList() ?? []).Where(IsAnswer).Select(answer =>
        IPAddress.TryParse(answer.AsText(), out var address) ? address : throw Failed(entry!, answer));

    private static string Reversed(IPAddress address)
    {
        var bytes = address.GetAddressBytes().Reverse().ToArray();
        return bytes.Length == 4
            ? string.Join('.', bytes) + ".in-addr.arpa"
            : string.Join('.', bytes.SelectMany(part => $"{part & 15:x}{part >> 4:x}")) + ".ip6.arpa";
    }

    private sealed class Handler(RecordedAnswers answers) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var url = request.RequestUri!.OriginalString;
            var answer = answers._http.FirstOrDefault(candidate =>
                (candidate["url"].TextEquals(url) || candidate["url"].TextEquals(request.RequestUri.AbsoluteUri))
                && (candidate["method"].AsText() ?? "GET").Equals(request.Method.Method, StringComparison.OrdinalIgnoreCase));
            return answer is null
                ? throw new TransientException($"No answer is recorded for {request.Method} {url}.")
                : Task.FromResult(Response(answer, request));
        }

        private static HttpResponseMessage Response(ValueMap answer, HttpRequestMessage request)
        {
            var response = new HttpResponseMessage((HttpStatusCode)(answer["status"].AsInteger() ?? 200)) { Content = new ByteArrayContent(Body(answer)), RequestMessage = request };
            foreach (var (name, value) in answer["response_headers"].AsMap() ?? answer["headers"].AsMap() ?? [])
            {
                // .NET keeps the headers of a body apart from those of the answer.
                _ = response.Headers.TryAddWithoutValidation(name, value.ToString()) || response.Content.Headers.TryAddWithoutValidation(name, value.ToString());
            }

            return response;
        }

        private static byte[] Body(ValueMap answer)
        {
            var encoded = answer["response_base64"].AsText() ?? answer["response_body"].AsMap()?["__bytes_base64"].AsText();
            try
            {
                return encoded is not null ? Convert.FromBase64String(encoded) : Encoding.UTF8.GetBytes(answer["response_body"].AsText() ?? "");
            }
            catch (FormatException error)
            {
                throw new BotConfigurationException($"The recorded body of '{answer["url"]}' is no Base64: {error.Message}");
            }
        }
    }
}
