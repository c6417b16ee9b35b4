// Calls functions in the process of the function app.
using System.Net;
using System.Net.Http.Headers;
using IntelMq.Pipeline;
using IntelMq.Runtime;
using Microsoft.Extensions.Logging;

namespace IntelMq.FunctionsHost.Handler;

/// <summary>Calls functions over the custom-handler contract.</summary>
public sealed class HttpInvoker : IFunctionInvoker
{
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(5) });
    private readonly TimeProvider _clock;

    /// <summary>Starts the function app.</summary>
    public HttpInvoker(HandlerStart start, TimeProvider clock, ILogger log)
    {
        _clock = clock;
        Handler = new HandlerProcess(start, _http, log);
    }

    /// <summary>The process.</summary>
    public HandlerProcess Handler { get; }

    /// <inheritdoc/>
    public async Task<FunctionAnswer> InvokeAsync(CompiledFunction function, FunctionCall call, CancellationToken cancellation)
    {
        var body = HostEncodings.WriteCall(function, call, _clock.GetUtcNow());
        while (true)
        {
            await Handler.WhenReadyAsync(cancellation);
            try
            {
                return await CallAsync(function, body, cancellation);
            }
            catch (HttpRequestException error) when (error.HttpRequestError == HttpRequestError.ConnectionError)
            {
                // The app has not seen the message: it is being started again, and this counts as no delivery.
                await Task.Delay(25, cancellation);
            }
            catch (Exception error) when (error is HttpRequestException or IOException)
            {
                throw new FunctionFailedException($"The function app ended while it served '{function.Name}': {error.Message}", error);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Handler.DisposeAsync();
        _http.Dispose();
    }

    private async Task<FunctionAnswer> CallAsync(CompiledFunction function, ReadOnlyMemory<byte> call, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Handler.Address, function.Name));

        // Like the real host: in chunks, without a length.
        request.Content = new ReadOnlyMemoryContent(call);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json") { CharSet = "utf-8" };
        request.Headers.TransferEncodingChunked = true;
        request.Headers.Add("X-Azure-Functions-HostVersion", "4.1037.0.0");
        request.Headers.Add("X-Azure-Functions-InvocationId", Guid.CreateVersion7(_clock.GetUtcNow()).ToString());
        request.Headers.UserAgent.ParseAdd("Azure-Functions-Host/4.1037.0.0");
        using var response = await _http.SendAsync(request, cancellation);
        var body = await response.Content.ReadAsByteArrayAsync(cancellation);
        if (response.StatusCode is < HttpStatusCode.OK or >= HttpStatusCode.MultipleChoices)
        {
            throw new FunctionFailedException($"The function '{function.Name}' answered {(int)response.StatusCode}: {System.Text.Encoding.UTF8.GetString(body)}");
        }

        if (body.Length > 0 && response.Content.Headers.ContentType?.MediaType != "application/json")
        {
            throw new FunctionFailedException($"The answer of '{function.Name}' does not say that it is JSON; the real host would fail.");
        }

        return body.Length > 0 ? HostEncodings.ReadAnswer(function, body)
            : throw new FunctionFailedException($"The function '{function.Name}' gave an empty answer; the real host would wait for ever.");
    }
}
