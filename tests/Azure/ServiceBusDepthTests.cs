// How full queues of Service Bus are, as Azure Resource Manager tells it.
using System.Net;
using System.Net.Sockets;
using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;
using IntelMq.Bots;
using Microsoft.Extensions.Time.Testing;

namespace IntelMq.Azure.Tests;

public sealed class ServiceBusDepthTests : IDisposable
{
    private const string Namespace = "/subscriptions/0000/resourceGroups/feeds/providers/Microsoft.ServiceBus/namespaces/intel";

    // The form of the answer as its reference has it (Queues - Get, 2021-11-01), shortened.
    private const string Queue = """
        {"id":"/subscriptions/0000/resourceGroups/feeds/providers/Microsoft.ServiceBus/namespaces/intel/queues/parser-queue","name":"parser-queue",
         "type":"Microsoft.ServiceBus/namespaces/queues","location":"West Europe","properties":{"lockDuration":"PT1M","maxSizeInMegabytes":1024,"messageCount":7,
         "countDetails":{"activeMessageCount":5,"deadLetterMessageCount":2,"scheduledMessageCount":0,"transferMessageCount":0,"transferDeadLetterMessageCount":0},
         "maxDeliveryCount":10,"status":"Active"}}
        """;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<string> _asked = [];
    private (int Status, string Body) _answer = (200, Queue);

    public ServiceBusDepthTests()
    {
        _listener.Start();
        _ = ServeAsync();
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Active_messages_and_dead_letters_are_told_apart()
    {
        var depths = Depths();
        Assert.Equal("service-bus", depths.Transport);
        Assert.Equal(new Runtime.QueueDepth(5, null), await depths.LookAsync("parser-queue", Cancellation));
        Assert.Equal(new Runtime.QueueDepth(2, null), await depths.LookAsync("parser-queue/$DeadLetterQueue", Cancellation));
        Assert.Equal(2, _asked.Count);
        Assert.All(_asked, request =>
        {
            Assert.StartsWith($"GET {Namespace}/queues/parser-queue?api-version=2021-11-01 HTTP/1.1", request, StringComparison.Ordinal);
            Assert.Contains("Authorization: Bearer token-for-https://management.azure.com/.default", request, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task A_queue_that_is_not_there_is_no_error_and_a_namespace_that_is_not_there_is_one()
    {
        _answer = (404, """{"error":{"code":"NotFound","message":"The requested resource does not exist."}}""");
        Assert.Null(await Depths().LookAsync("parser-queue", Cancellation));
        _answer = (404, """{"error":{"code":"ParentResourceNotFound","message":"…"}}""");
        var error = await Assert.ThrowsAsync<TransientException>(async () => await Depths().LookAsync("parser-queue", Cancellation));
        Assert.Contains("Correct the setting 'IntelMqServiceBus__resourceId'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(403, "{}", "Give the app's identity the role 'Reader'")]
    [InlineData(400, "{}", "answers 400")]
    [InlineData(200, "[]", "in a form that is not known")]
    [InlineData(200, """{"properties":{}}""", "in a form that is not known")]
    [InlineData(200, "<html>", "in a form that is not known")]
    public async Task What_is_no_answer_is_told_with_the_queue(int status, string body, string expected)
    {
        _answer = (status, body);
        var error = await Assert.ThrowsAsync<TransientException>(async () => await Depths().LookAsync("parser-queue", Cancellation));
        Assert.StartsWith("The queue 'parser-queue' of Service Bus cannot be looked at: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_namespace_is_a_setting_that_may_be_left_out()
    {
        Assert.Null(ServiceBusSettings.Read(_ => null));
        var settings = new Dictionary<string, string> { ["IntelMqServiceBus__resourceId"] = Namespace, ["IntelMqServiceBus__clientId"] = "me" };
        Assert.Equal(new ServiceBusSettings(Namespace, "me"), ServiceBusSettings.Read(settings.GetValueOrDefault));
        settings["IntelMqServiceBus__resourceId"] = "intel.servicebus.windows.net";
        var error = Assert.Throws<BotConfigurationException>(() => ServiceBusSettings.Read(settings.GetValueOrDefault));
        Assert.Contains("az servicebus namespace show", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _listener.Dispose();

    private ServiceBusDepths Depths() => new(
        new ServiceBusSettings(Namespace), new FakeTimeProvider(), new MadeUpCredential(), new HttpClientTransport(new LoopbackHandler((IPEndPoint)_listener.LocalEndpoint)));

    // One request per connection.
    private async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                using var client = await _listener.AcceptTcpClientAsync(Cancellation);
                var stream = client.GetStream();
                var buffer = new byte[16384];
                var length = 0;
                while (!Encoding.ASCII.GetString(buffer, 0, length).Contains("\r\n\r\n", StringComparison.Ordinal))
                {
                    length += await stream.ReadAsync(buffer.AsMemory(length), Cancellation);
                }

                _asked.Add(Encoding.ASCII.GetString(buffer, 0, length));
                var body = Encoding.UTF8.GetBytes(_answer.Body);
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {_answer.Status} X\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n"), Cancellation);
                await stream.WriteAsync(body, Cancellation);
            }
            catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                return;
            }
        }
    }

    private sealed class MadeUpCredential : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new("token-for-" + requestContext.Scopes.Single(), DateTimeOffset.MaxValue);

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) => ValueTask.FromResult(GetToken(requestContext, cancellationToken));
    }

    // The client insists on https; on loopback it is http.
    private sealed class LoopbackHandler(IPEndPoint server) : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.RequestUri = new UriBuilder(request.RequestUri!) { Scheme = "http", Host = server.Address.ToString(), Port = server.Port }.Uri;
            return base.SendAsync(request, cancellationToken);
        }
    }
}
