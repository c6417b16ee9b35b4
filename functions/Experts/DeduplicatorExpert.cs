// intelmq.bots.experts.deduplicator.expert: drops what was seen before.
using System.Collections.Frozen;
using IntelMq.Bots;
using IntelMq.DataFormat;
using Microsoft.Extensions.Logging;

namespace IntelMq.Experts;

/// <summary>How a list of fields is meant.</summary>
public enum FieldListUse
{
    /// <summary>The fields do not count.</summary>
    Blacklist,

    /// <summary>Only the fields count.</summary>
    Whitelist,
}

/// <summary>The parameters of <see cref="DeduplicatorExpert"/>.</summary>
public sealed record DeduplicatorParameters : CacheExpertParameters
{
    /// <summary>See the attribute.</summary>
    [Parameter("The fields that do not count (blacklist) or that alone count (whitelist). time.observation never counts.", Required = true, Example = "raw, time.observation")]
    public IReadOnlyList<string> FilterKeys { get; init; } = [];

    /// <summary>See the attribute.</summary>
    [Parameter("Whether filter_keys lists the fields that do not count ('blacklist') or those that count ('whitelist').")]
    public FieldListUse FilterType { get; init; } = FieldListUse.Blacklist;

    /// <summary>See the attribute.</summary>
    [Parameter("Send everything on and remember nothing.")]
    public bool Bypass { get; init; }

    /// <inheritdoc/>
    public override int RedisCacheDb { get; init; } = 6;

    /// <inheritdoc/>
    public override IEnumerable<string> Validate() =>
        FilterType == FieldListUse.Whitelist && FilterKeys.All(string.IsNullOrEmpty)
            ? ["With filter_type 'whitelist' and no filter_keys all events would be the same. Name the fields that make two events the same, for example 'source.ip, classification.type'."]
            : [];
}

/// <summary>
/// Drops an event whose content was seen within <c>redis_cache_ttl</c> seconds. What is remembered is the id of the event that was
/// first seen: the same event passes again when its invocation is repeated.
/// </summary>
[Bot("intelmq.bots.experts.deduplicator.expert", "Drops events with the same content as an earlier one.")]
public sealed class DeduplicatorExpert : BatchExpertBot<DeduplicatorParameters>
{
    private readonly HashSet<Guid> _sent = [];
    private Func<Field, bool>? _counts;
    private TimeSpan? _lifetime;

    /// <inheritdoc/>
    public override async ValueTask ProcessAsync(EventBatch batch, IOutbox outbox, CancellationToken cancellation)
    {
        var events = batch.Events;
        if (Parameters.Bypass)
        {
            for (var i = 0; i < events.Count; i++)
            {
                outbox.Send(events[i], events[i]);
            }

            return;
        }

        var items = new StateItem[events.Count];
        for (var i = 0; i < items.Length; i++)
        {
            items[i] = new StateItem(MessageHash.Compute(events[i], _counts), events[i].Meta.Id.ToByteArray());
        }

        var earlier = await Context.State.PutIfAbsentAsync(items, _lifetime, cancellation);
        _sent.Clear();
        for (var i = 0; i < items.Length; i++)
        {
            // An event that a frame holds twice is dropped the second time like any other repetition.
            if ((earlier[i] is not { } first || first.AsSpan().SequenceEqual(items[i].Value)) && _sent.Add(events[i].Meta.Id))
            {
                outbox.Send(events[i], events[i]);
            }
        }
    }

    /// <inheritdoc/>
    protected override ValueTask StartAsync(CancellationToken cancellation)
    {
        var names = Parameters.FilterKeys.Where(name => name.Length > 0).ToFrozenSet(StringComparer.Ordinal);
        foreach (var name in names)
        {
            if (!Context.Fields.TryGet(name, out _))
            {
                Context.Log.LogWarning("filter_keys names '{Name}', which is no field: it has no effect.", name);
            }
        }

        _lifetime = Parameters.RedisCacheTtl > 0 ? TimeSpan.FromSeconds(Parameters.RedisCacheTtl) : null;
        _counts = Parameters.FilterType == FieldListUse.Whitelist ? field => names.Contains(field.Name) : field => !names.Contains(field.Name);
        return ValueTask.CompletedTask;
    }
}
