// A server in memory that answers as a test says.
using IntelMq.Bots;

namespace IntelMq.Collectors.Tests;

/// <summary>Gives every request to a function, and remembers what the bot asked for.</summary>
internal sealed class ScriptedServer(Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpMessageHandler, IHttpClients
{
    /// <summary>A server that gives everybody the same bytes.</summary>
    public ScriptedServer(byte[] body)
        : this(_ => new HttpResponseMessage { Content = new ByteArrayContent(body) })
    {
    }

    /// <summary>The last request.</summary>
    public HttpRequestMessage? Request { get; private set; }

    /// <summary>How the bot shows who it is.</summary>
    public HttpCredentials? Credentials { get; private set; }

    /// <inheritdoc/>
    public HttpClient For(BotParameters parameters, HttpCredentials? credentials = null)
    {
        Credentials = credentials;
#pragma warning disable RS0030 // A client without a network behind it.
        return new HttpClient(this, disposeHandler: false);
#pragma warning restore RS0030
    }

    /// <inheritdoc/>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Request = request;
        var response = answer(request);
        response.RequestMessage = request;
        return Task.FromResult(response);
    }
}

/// <summary>A body that begins and never goes on.</summary>
internal sealed class StallingStream : MemoryStream
{
    private readonly TaskCompletionSource _stalled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the reader waits for more.</summary>
    public Task Stalled => _stalled.Task;

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _stalled.TrySetResult();
        await Task.Delay(Timeout.Infinite, cancellationToken);
        return 0;
    }
}
