// Kafka on the local broker: what a host finds that its predecessor left.
using IntelMq.FunctionsHost.Emulators;
using IntelMq.FunctionsHost.Transports;
using IntelMq.Pipeline;
using IntelMq.Runtime;

namespace IntelMq.FunctionsHost.Tests.Transports;

public class KafkaTransportTests
{
    private const int FrameLimit = 900 * 1024;

    private static readonly CompiledQueue s_queue = new("a-queue", "kafka", "a", FrameLimit, "a-poison");

    [Fact]
    public async Task Short_messages_of_a_host_before_take_no_room_when_they_are_read()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var folder = Directory.CreateTempSubdirectory("intelmq-kafka-").FullName;
        try
        {
            await using var broker = await KafkaEmulator.StartAsync(folder, cancellation);
            broker.IsEmpty = true;
            var app = new CompiledApp { Transport = "kafka", Pipeline = "runtime.yaml", Assemblies = [], Functions = [], Queues = [s_queue] };
            var options = new KafkaOptions { Brokers = broker.Brokers, PartitionRoom = KafkaEmulator.PartitionRoom };
            var texts = Enumerable.Range(0, 40).Select(number => new QueuedText(s_queue, new KafkaEnvelope($"text {number}", "one key").Write())).ToArray();
            await using (var before = await KafkaTransport.OpenAsync(app, options, TimeProvider.System, cancellation))
            {
                await before.CompleteAsync([], texts, cancellation);
            }

            await using var transport = await KafkaTransport.OpenAsync(app, options, TimeProvider.System, cancellation);
            Assert.True(transport.IsFull(s_queue), "Forty messages of unknown length may fill the partition.");
            for (var read = 0; read < texts.Length;)
            {
                var batch = await transport.ReceiveAsync(s_queue, poison: false, most: 7, cancellation);
                await transport.CompleteAsync(batch, [], cancellation);
                read += batch.Count;
                await Task.Delay(batch.Count == 0 ? 10 : 0, cancellation);
            }

            Assert.False(transport.IsFull(s_queue), "Nothing is unread.");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
