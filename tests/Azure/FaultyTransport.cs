// A storage service that fails as told.
using System.Globalization;
using System.Text;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace IntelMq.Azure.Tests;

/// <summary>How a request fails.</summary>
public enum Fault
{
    /// <summary>The service is too busy and does nothing.</summary>
    Busy,

    /// <summary>The service does not answer, and does nothing.</summary>
    Silent,

    /// <summary>The connection breaks before the service has done anything.</summary>
    Broken,

    /// <summary>The service does it, and its answer is lost.</summary>
    AnswerLost,

    /// <summary>The service does it, and says that it has failed.</summary>
    AnswerWrong,
}

/// <summary>Sends requests to the real service, and lets those fail that a plan names by their number.</summary>
public sealed class FaultyTransport(Func<int, HttpMessage, Fault?> plan) : HttpPipelineTransport
{
    private readonly HttpClientTransport _real = HttpClientTransport.Shared;
    private int _sent;

    /// <summary>The seconds that a busy service asks for; null where it says nothing.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>The requests so far, those that failed included.</summary>
    public int Sent => Volatile.Read(ref _sent);

    public override Request CreateRequest() => _real.CreateRequest();

    public override void Process(HttpMessage message) => ProcessAsync(message).AsTask().GetAwaiter().GetResult();

    public override async ValueTask ProcessAsync(HttpMessage message)
    {
        switch (plan(Interlocked.Increment(ref _sent), message))
        {
            case Fault.Busy:
                message.Response = new Refusal(message, 503, "ServerBusy", RetryAfter);
                break;
            case Fault.Silent:
                await Task.Delay(Timeout.Infinite, message.CancellationToken);
                break;
            case Fault.Broken:
                throw new RequestFailedException("The connection was reset.", new IOException("reset"));
            case Fault.AnswerLost:
                await _real.ProcessAsync(message);
                await (message.Response.ContentStream?.CopyToAsync(Stream.Null, message.CancellationToken) ?? Task.CompletedTask);
                message.Response.Dispose();
                throw new RequestFailedException("The connection was reset.", new IOException("reset"));
            case Fault.AnswerWrong:
                await _real.ProcessAsync(message);
                await (message.Response.ContentStream?.CopyToAsync(Stream.Null, message.CancellationToken) ?? Task.CompletedTask);
                message.Response.Dispose();
                message.Response = new Refusal(message, 500, "InternalError", null);
                break;
            default:
                await _real.ProcessAsync(message);
                break;
        }
    }

    private sealed class Refusal : Response
    {
        private readonly int _status;
        private readonly Dictionary<string, string> _headers = new(StringComparer.OrdinalIgnoreCase);

        public Refusal(HttpMessage message, int status, string code, int? retryAfter)
        {
            _status = status;
            if (retryAfter is not null)
            {
                _headers["Retry-After"] = retryAfter.Value.ToString(CultureInfo.InvariantCulture);
            }

            // Blobs and queues tell their code in a header, tables in the body.
            _headers["x-ms-error-code"] = code;
            var accept = message.Request.Headers.TryGetValue("Accept", out var value) ? value : "";
            if (accept.Contains("odata", StringComparison.Ordinal) || message.Request.Uri.Path.EndsWith("$batch", StringComparison.Ordinal))
            {
                _headers["Content-Type"] = "application/json";
                ContentStream = new MemoryStream(Encoding.UTF8.GetBytes($$"""{"odata.error": {"code": "{{code}}", "message": {"lang": "en", "value": "Failed."} } }"""));
            }
        }

        public override int Status => _status;

        public override string ReasonPhrase => "";

        public override Stream? ContentStream { get; set; }

        public override string ClientRequestId { get; set; } = "";

        public override void Dispose()
        {
        }

        protected override bool ContainsHeader(string name) => TryGetHeader(name, out _);

        protected override IEnumerable<HttpHeader> EnumerateHeaders() => _headers.Select(header => new HttpHeader(header.Key, header.Value));

        protected override bool TryGetHeader(string name, out string value) => _headers.TryGetValue(name, out value!);

        protected override bool TryGetHeaderValues(string name, out IEnumerable<string> values)
        {
            var found = TryGetHeader(name, out var value);
            values = found ? [value] : [];
            return found;
        }
    }
}
