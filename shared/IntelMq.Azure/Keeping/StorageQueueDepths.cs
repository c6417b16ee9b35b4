// How full Storage queues are.
using Azure;
using Azure.Storage.Queues;
using IntelMq.Runtime;

namespace IntelMq.Azure;

/// <summary>
/// Looks at Storage queues: the service's approximate count, and when the message at the front came (Storage queues keep no strict order, so another
/// one may be a little older).
/// </summary>
public sealed class StorageQueueDepths(QueueServiceClient service) : IQueueDepths
{
    /// <inheritdoc/>
    public string Transport => "storage-queue";

    /// <inheritdoc/>
    public async ValueTask<QueueDepth?> LookAsync(string entity, CancellationToken cancellation)
    {
        var what = $"The queue '{entity}' cannot be looked at";
        var queue = service.GetQueueClient(entity);
        try
        {
            var properties = await StorageFailure.GuardAsync(what, () => queue.GetPropertiesAsync(cancellation), null, cancellation);
            var frames = properties.Value.ApproximateMessagesCountLong;
            if (frames == 0)
            {
                return new QueueDepth(0, null);
            }

            var front = await StorageFailure.GuardAsync(what, () => queue.PeekMessageAsync(cancellation), null, cancellation);
            return new QueueDepth(frames, front.Value?.InsertedOn);
        }
        catch (RequestFailedException error) when (error.Status == 404)
        {
            return null;
        }
    }
}
