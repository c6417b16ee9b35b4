// How far a consumer group is behind the end of a topic.
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace IntelMq.FunctionsHost.Transports;

/// <summary>
/// Asks the brokers for lags, through a client that fetches nothing: on a consumer's own connection a question waits behind its fetches, half a second each.
/// </summary>
internal sealed class KafkaLag(Handle client) : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly IAdminClient _admin = new DependentAdminClientBuilder(client).Build();

    /// <summary>The messages behind the group's position, by partition.</summary>
    /// <exception cref="KafkaException">The brokers cannot be asked.</exception>
    public async Task<IReadOnlyDictionary<int, long>> OfAsync(string topic, string group)
    {
        var partitions = _admin.GetMetadata(topic, s_patience).Topics.Single().Partitions.Select(partition => new TopicPartition(topic, partition.PartitionId)).ToList();
        var highest = EndsAsync(partitions, OffsetSpec.Latest());
        var lowest = EndsAsync(partitions, OffsetSpec.Earliest());
        var groups = await _admin.ListConsumerGroupOffsetsAsync([new ConsumerGroupTopicPartitions(group, partitions)], new ListConsumerGroupOffsetsOptions { RequestTimeout = s_patience });
        var (high, low) = (await highest, await lowest);
        return groups.Single().Partitions.ToDictionary(committed => committed.Partition.Value, committed =>
        {
            // A group that never kept a position begins with the oldest message; what the broker dropped is behind nobody.
            var position = committed.Offset.IsSpecial ? low[committed.Partition] : Math.Max(committed.Offset.Value, low[committed.Partition]);
            return Math.Max(0, high[committed.Partition] - position);
        });
    }

    /// <inheritdoc/>
    public void Dispose() => _admin.Dispose();

    private async Task<Dictionary<Partition, long>> EndsAsync(IEnumerable<TopicPartition> partitions, OffsetSpec which)
    {
        var ends = await _admin.ListOffsetsAsync(
            partitions.Select(partition => new TopicPartitionOffsetSpec { TopicPartition = partition, OffsetSpec = which }), new ListOffsetsOptions { RequestTimeout = s_patience });
        return ends.ResultInfos.ToDictionary(info => info.TopicPartitionOffsetError.Partition, info => info.TopicPartitionOffsetError.Offset.Value);
    }
}
