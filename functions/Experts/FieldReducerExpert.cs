// intelmq.bots.experts.field_reducer.expert: keeps or removes fields.
using System.Collections.Frozen;
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Experts;

/// <summary>The parameters of <see cref="FieldReducerExpert"/>.</summary>
public sealed record FieldReducerParameters : ExpertParameters
{
    /// <summary>See the attribute.</summary>
    [Parameter("'whitelist' keeps only the fields in keys, 'blacklist' removes them.", Required = true)]
    public FieldListUse Type { get; init; }

    /// <summary>See the attribute.</summary>
    [Parameter("Names of fields; 'extra' means everything below it.", Required = true, Example = "source.local_hostname, extra")]
    public IReadOnlyList<string> Keys { get; init; } = [];
}

/// <summary>Keeps only the listed fields, or removes them. An event without any field left is dropped.</summary>
[Bot("intelmq.bots.experts.field_reducer.expert", "Removes fields from events, or all but some.", Fusible = true)]
public sealed class FieldReducerExpert : EventExpertBot<FieldReducerParameters>
{
    private Predicate<Message.Slot> _keep = _ => true;
    private bool _gathersExtra;

    /// <inheritdoc/>
    public override void Process(Event input, IOutbox outbox)
    {
        input.Compact(_keep);
        if (input.Count == 0)
        {
            return;
        }

        // IntelMQ hands a whole extra over as one map: extra.a.b comes back as a map in extra.a.
        if (_gathersExtra && input[Fields.Extra] is { IsMissing: false } extra)
        {
            input.Add(Fields.Extra, extra, AddOptions.Overwrite);
        }

        outbox.Send(input, input);
    }

    /// <inheritdoc/>
    protected override ValueTask StartAsync(CancellationToken cancellation)
    {
        var names = Parameters.Keys.Where(name => name.Length > 0).ToFrozenSet(StringComparer.Ordinal);
        var keeps = Parameters.Type == FieldListUse.Whitelist;
        var allExtra = names.Contains(Fields.Extra.Name);
        _gathersExtra = keeps && allExtra;
        _keep = slot => keeps == ((allExtra && slot.Field.IsExtra) || names.Contains(slot.Field.Name));
        return ValueTask.CompletedTask;
    }
}
