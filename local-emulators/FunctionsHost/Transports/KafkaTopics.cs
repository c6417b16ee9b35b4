// Makes the topics of an app.
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace IntelMq.FunctionsHost.Transports;

/// <summary>The topics that an app needs.</summary>
internal static class KafkaTopics
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>Makes those that are missing, with the broker's own number of partitions and copies.</summary>
    public static async Task MakeAsync(Handle client, string brokers, IReadOnlyList<string> topics, CancellationToken cancellation)
    {
        using var admin = new DependentAdminClientBuilder(client).Build();
        try
        {
            var there = admin.GetMetadata(s_patience).Topics.Select(topic => topic.Topic).ToHashSet(StringComparer.Ordinal);
            var missing = topics.Where(topic => !there.Contains(topic)).ToArray();
            if (missing.Length > 0)
            {
                await CreateAsync(admin, missing).WaitAsync(cancellation);
            }
        }
        catch (KafkaException error)
        {
            throw new TransportException($"The Kafka brokers at '{brokers}' cannot be used: {error.Error.Reason}. Start them, or name others with --connection.", error);
        }
    }

    private static async Task CreateAsync(IAdminClient admin, string[] missing)
    {
        try
        {
            await admin.CreateTopicsAsync(missing.Select(topic => new TopicSpecification { Name = topic, NumPartitions = -1, ReplicationFactor = -1 }));
        }
        catch (CreateTopicsException error) when (error.Results.All(result => result.Error.Code is ErrorCode.NoError or ErrorCode.TopicAlreadyExists))
        {
            // Somebody else was quicker.
        }
        catch (KafkaException error) when (error.Error.Code is ErrorCode.Local_UnsupportedFeature or ErrorCode.UnsupportedVersion)
        {
            // A broker for tests. It makes each topic that somebody asks for.
            foreach (var topic in missing)
            {
                admin.GetMetadata(topic, s_patience);
            }
        }
    }
}
