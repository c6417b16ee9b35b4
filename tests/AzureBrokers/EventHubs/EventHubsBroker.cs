// A namespace of Event Hubs.
using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Encoding;
using Microsoft.Azure.Amqp.Framing;

namespace IntelMq.AzureBrokers;

/// <summary>Hubs with partitions, for senders with and without a partition and for readers with a position.</summary>
public sealed partial class EventHubsBroker : AmqpBroker
{
    private readonly ConcurrentDictionary<string, HubPartition[]> _hubs = new(StringComparer.OrdinalIgnoreCase);
    private readonly RequestNode _management;
    private readonly TimeProvider _clock;
    private int _turn;

    private EventHubsBroker(int port, TimeProvider clock)
        : base(port) => (_clock, _management) = (clock, new RequestNode(Manage));

    /// <inheritdoc/>
    private protected override int LargestMessage => 1024 * 1024;

    /// <summary>Starts a broker.</summary>
    /// <param name="port">The port; zero for a free one.</param>
    /// <param name="clock">The clock of the events.</param>
    public static EventHubsBroker Start(int port = 0, TimeProvider? clock = null) => new(port, clock ?? TimeProvider.System);

    /// <summary>Makes a hub; one that is there is replaced by an empty one.</summary>
    public void AddHub(string name, int partitions) =>
        _hubs[name] = [.. Enumerable.Range(0, partitions).Select(id => new HubPartition(id.ToString(CultureInfo.InvariantCulture), _clock))];

    /// <summary>The number of the last event of each partition; -1 for an empty one.</summary>
    public IReadOnlyList<long> Last(string name) => [.. _hubs[name].Select(partition => partition.Last?.Sequence ?? -1)];

    private protected override bool TryAttach(string address, AmqpLink link)
    {
        if (address.EndsWith("$management", StringComparison.OrdinalIgnoreCase))
        {
            return _management.TryAttach(link);
        }

        var match = Address().Match(address);
        if (!match.Success || !_hubs.TryGetValue(match.Groups["hub"].Value, out var partitions))
        {
            return false;
        }

        var one = match.Groups["partition"] is { Success: true, Value: var id } ? Array.Find(partitions, partition => partition.Id == id) : null;
        switch (link)
        {
            case ReceivingAmqpLink incoming:
                incoming.RegisterMessageListener(message => Accept(one, partitions, incoming, message));
                return true;
            case SendingAmqpLink outgoing when one is not null:
                one.Attach(outgoing, PositionOf((Source)link.Settings.Source));
                return true;
            default:
                return false;
        }
    }

    private void Accept(HubPartition? one, HubPartition[] partitions, ReceivingAmqpLink link, AmqpMessage message)
    {
        if (message.SerializedMessageSize > LargestMessage)
        {
            var error = new Error { Condition = AmqpErrorCode.MessageSizeExceeded, Description = $"The received message is larger than {LargestMessage} bytes." };
            link.DisposeMessage(message, new Rejected { Error = error }, true, false);
            return;
        }

        // All events of a batch go to one partition: of their key, or the next one.
        var contents = StoredMessage.Read(message);
        var turn = contents[0].PartitionKey is { } key ? key.Sum(letter => letter) : Interlocked.Increment(ref _turn) & int.MaxValue;
        (one ?? partitions[turn % partitions.Length]).Add(contents);
        link.AcceptMessage(message, batchable: false);
    }

    private AmqpMessage Manage(AmqpMessage request)
    {
        var asked = request.ApplicationProperties.Map;
        if (!_hubs.TryGetValue(asked["name"]?.ToString() ?? "", out var partitions))
        {
            return RequestNode.Answer(404, $"The messaging entity '{asked["name"]}' could not be found.", condition: AmqpErrorCode.NotFound);
        }

        if (asked["type"]?.ToString() == "com.microsoft:eventhub")
        {
            return RequestNode.Answer(200, "OK", new AmqpMap
            {
                [new MapKey("name")] = asked["name"],
                [new MapKey("created_at")] = DateTime.UnixEpoch,
                [new MapKey("partition_count")] = partitions.Length,
                [new MapKey("partition_ids")] = partitions.Select(partition => partition.Id).ToArray(),
            });
        }

        if (Array.Find(partitions, partition => partition.Id == asked["partition"]?.ToString()) is not { } one)
        {
            return RequestNode.Answer(404, "There is no such partition.", condition: AmqpErrorCode.NotFound);
        }

        var last = one.Last;
        return RequestNode.Answer(200, "OK", new AmqpMap
        {
            [new MapKey("name")] = asked["name"],
            [new MapKey("partition")] = one.Id,
            [new MapKey("begin_sequence_number")] = last is null ? -1L : 0L,
            [new MapKey("last_enqueued_sequence_number")] = last?.Sequence ?? -1L,
            [new MapKey("last_enqueued_offset")] = (last?.Offset ?? -1).ToString(CultureInfo.InvariantCulture),
            [new MapKey("last_enqueued_time_utc")] = (last?.Enqueued ?? DateTimeOffset.UnixEpoch).UtcDateTime,
            [new MapKey("is_partition_empty")] = last is null,
        });
    }

    // A condition like: amqp.annotation.x-opt-sequence-number > 41.
    private static Func<HubEvent, bool> PositionOf(Source source)
    {
        var condition = source.FilterSet?.Select(filter => (filter.Value as DescribedType)?.Value?.ToString()).FirstOrDefault(text => text is not null) ?? "";
        var match = Condition().Match(condition);
        if (!match.Success)
        {
            return condition.Length == 0 ? _ => true : throw new AmqpException(AmqpErrorCode.InvalidField, $"The filter '{condition}' is not part of this broker.");
        }

        if (match.Groups["value"].Value == "@latest")
        {
            return _ => false;
        }

        var (value, equal) = (long.Parse(match.Groups["value"].Value, CultureInfo.InvariantCulture), match.Groups["equal"].Length > 0);
        long Of(HubEvent item) => match.Groups["what"].Value switch
        {
            "offset" => item.Offset,
            "sequence-number" => item.Sequence,
            _ => item.Enqueued.ToUnixTimeMilliseconds(),
        };
        return item => Of(item) > value || (equal && Of(item) == value);
    }

    [GeneratedRegex("^(?<hub>[^/]+)(/ConsumerGroups/[^/]+)?(/Partitions/(?<partition>[^/]+))?$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Address();

    [GeneratedRegex("^amqp\\.annotation\\.x-opt-(?<what>offset|sequence-number|enqueued-time) >(?<equal>=?) '?(?<value>-?[0-9]+|@latest)'?$", RegexOptions.ExplicitCapture)]
    private static partial Regex Condition();
}
