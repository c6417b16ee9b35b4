// How full queues are, seen from outside.
namespace IntelMq.Azure.Tests;

public sealed class QueueDepthTests(StorageEmulator emulator)
{
    [Fact]
    public async Task A_queue_is_looked_at_without_touching_it()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var queues = (await emulator.ClientsAsync()).Queues;
        var (depths, name) = (new StorageQueueDepths(queues), StorageEmulator.NewName("queue"));
        Assert.Null(await depths.LookAsync(name, cancellation));
        var queue = (await queues.CreateQueueAsync(name, cancellationToken: cancellation)).Value;
        Assert.Equal(new Runtime.QueueDepth(0, null), await depths.LookAsync(name, cancellation));
        var sent = (await queue.SendMessageAsync("a", cancellation)).Value;
        await queue.SendMessageAsync("b", cancellation);
        Assert.Equal(new Runtime.QueueDepth(2, sent.InsertionTime), await depths.LookAsync(name, cancellation));

        // Those being handled count, and have no age.
        await queue.ReceiveMessagesAsync(10, TimeSpan.FromMinutes(5), cancellation);
        Assert.Equal(new Runtime.QueueDepth(2, null), await depths.LookAsync(name, cancellation));
        for (var looks = 0; looks < 5; looks++)
        {
            await depths.LookAsync(name, cancellation);
        }

        Assert.Equal(2, (await depths.LookAsync(name, cancellation))!.Frames);
    }
}
