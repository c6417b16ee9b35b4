// How full queues of Service Bus are.
using System.Globalization;
using System.Text.Json;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using IntelMq.Bots;
using IntelMq.Runtime;

namespace IntelMq.Azure;

/// <summary>
/// Looks at queues of Service Bus through Azure Resource Manager, with the role 'Reader' on the namespace: the service's own count, some seconds old. The
/// age of the oldest message is not told: only who connects to the broker sees it, and the app does not.
/// </summary>
public sealed class ServiceBusDepths : IQueueDepths
{
    private const string DeadLetters = "/$DeadLetterQueue";
    private const string Version = "2021-11-01";

    private static readonly Uri s_manager = new("https://management.azure.com");
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(5);

    private readonly ServiceBusSettings _settings;
    private readonly HttpPipeline _pipeline;

    /// <summary>Makes the client; nothing is asked yet.</summary>
    /// <param name="settings">The namespace.</param>
    /// <param name="clock">The clock by which the time of a call is measured.</param>
    /// <param name="credential">Who asks; null for the identity that the environment gives.</param>
    /// <param name="transport">Sends the requests; null for the network.</param>
    public ServiceBusDepths(ServiceBusSettings settings, TimeProvider clock, TokenCredential? credential = null, HttpPipelineTransport? transport = null)
    {
        _settings = settings;
        credential ??= new DefaultAzureCredential(new DefaultAzureCredentialOptions { ManagedIdentityClientId = settings.ClientId });
        var options = new ManagerOptions { RetryPolicy = new BoundedRetries(clock, s_longest, TimeSpan.FromMilliseconds(200)) };
        options.Transport = transport ?? options.Transport;
        options.Retry.NetworkTimeout = TimeSpan.FromSeconds(15);
        _pipeline = HttpPipelineBuilder.Build(options, new BearerTokenAuthenticationPolicy(credential, s_manager + ".default"));
    }

    /// <inheritdoc/>
    public string Transport => "service-bus";

    /// <summary>The messages of a queue, locked ones included; of <c>QUEUE/$DeadLetterQueue</c> those that were given up.</summary>
    /// <exception cref="TransientException">The service does not tell.</exception>
    public async ValueTask<QueueDepth?> LookAsync(string entity, CancellationToken cancellation)
    {
        var isDeadLetters = entity.EndsWith(DeadLetters, StringComparison.OrdinalIgnoreCase);
        var queue = isDeadLetters ? entity[..^DeadLetters.Length] : entity;
        var what = $"The queue '{queue}' of Service Bus cannot be looked at";
        using var message = _pipeline.CreateMessage();
        message.Request.Method = RequestMethod.Get;
        message.Request.Uri.Reset(new Uri(s_manager, $"{_settings.ResourceId}/queues/{Uri.EscapeDataString(queue)}?api-version={Version}"));
        message.Request.Headers.Add(HttpHeader.Common.JsonAccept);
        try
        {
            await _pipeline.SendAsync(message, cancellation);
            switch (message.Response.Status)
            {
                case 200:
                    using (var answer = await JsonDocument.ParseAsync(message.Response.Content.ToStream(), cancellationToken: cancellation))
                    {
                        var counts = answer.RootElement.GetProperty("properties").GetProperty("countDetails");
                        return new QueueDepth(counts.GetProperty(isDeadLetters ? "deadLetterMessageCount" : "activeMessageCount").GetInt64(), null);
                    }

                case 404 when IsQueueMissing(message.Response):
                    return null;
                case 401 or 403:
                    throw new TransientException($"{what}: Azure Resource Manager refuses it. Give the app's identity the role 'Reader' on '{_settings.ResourceId}'. New roles take some minutes to count.");
                case var status:
                    throw new TransientException(string.Create(CultureInfo.InvariantCulture, $"{what}: Azure Resource Manager answers {status}."), StorageFailure.RetryAfter(message.Response));
            }
        }
        catch (AuthenticationFailedException error)
        {
            throw new TransientException($"{what}: there is no identity to ask Azure Resource Manager with ({error.Message.Split('\n')[0].Trim()}).", inner: error);
        }
        catch (Exception error) when (error is RequestFailedException or IOException or HttpRequestException or AggregateException || (error is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new TransientException($"{what}: Azure Resource Manager cannot be reached ({error.Message.Split('\n')[0].Trim()}).", inner: error);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new TransientException($"{what}: Azure Resource Manager answers in a form that is not known ({error.Message}).", inner: error);
        }
    }

    // A namespace or a group that is not there is a wrong setting, and must not look like a queue that is not made yet.
    private bool IsQueueMissing(Response response)
    {
        using var answer = JsonDocument.Parse(response.Content);
        var code = answer.RootElement.TryGetProperty("error", out var error) && error.TryGetProperty("code", out var text) ? text.GetString() : null;
        return code is not ("ResourceGroupNotFound" or "SubscriptionNotFound" or "ParentResourceNotFound")
            ? true
            : throw new TransientException($"There is no namespace '{_settings.ResourceId}' ({code}). Correct the setting '{ServiceBusSettings.Connection}__resourceId'.");
    }

    private sealed class ManagerOptions : ClientOptions;
}
