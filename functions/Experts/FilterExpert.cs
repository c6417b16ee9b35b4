// intelmq.bots.experts.filter.expert: sends events on by time and by the value of one field.
using IntelMq.Bots;
using IntelMq.DataFormat;
using Microsoft.Extensions.Logging;

namespace IntelMq.Experts;

/// <summary>What happens to events that match.</summary>
public enum FilterAction
{
    /// <summary>They go on, the others do not.</summary>
    Keep,

    /// <summary>They do not go on, the others do.</summary>
    Drop,
}

/// <summary>The parameters of <see cref="FilterExpert"/>.</summary>
public sealed record FilterParameters : ExpertParameters
{
    /// <summary>See the attribute.</summary>
    [Parameter("Events with an earlier time.source are dropped: a time (UTC where it names no time zone) or an age.", Example = "1 week")]
    public string? NotBefore { get; init; }

    /// <summary>See the attribute.</summary>
    [Parameter("Events with a later time.source are dropped: a time (UTC where it names no time zone) or an age.", Example = "2015-09-12T06:22:11+00:00")]
    public string? NotAfter { get; init; }

    /// <summary>See the attribute.</summary>
    [Parameter("'keep' sends matching events on, 'drop' sends the others on.")]
    public FilterAction? FilterAction { get; init; }

    /// <summary>See the attribute.</summary>
    [Parameter("The field to compare.", Example = "source.geolocation.cc")]
    public string? FilterKey { get; init; }

    /// <summary>See the attribute.</summary>
    [Parameter("The value to compare with (a number never equals a text), or the regular expression to search for.")]
    public Value FilterValue { get; init; }

    /// <summary>See the attribute.</summary>
    [Parameter("Any value but false makes filter_value a regular expression.")]
    public Value FilterRegex { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<string> Validate()
    {
        var given = (FilterAction is null ? 0 : 1) + (string.IsNullOrEmpty(FilterKey) ? 0 : 1) + (EmptyValues.IsEmpty(FilterValue) ? 0 : 1);
        if (given is 1 or 2)
        {
            yield return "A filter by value needs filter_action, filter_key and filter_value; one of them is missing.";
        }
        else if (given == 0 && string.IsNullOrEmpty(NotBefore) && string.IsNullOrEmpty(NotAfter))
        {
            yield return "Nothing is filtered: give not_before, not_after, or filter_action with filter_key and filter_value.";
        }
    }
}

/// <summary>
/// Drops events by time; then sends them on by the value of a field. Beside the default path there are <c>filter_match</c> and
/// <c>filter_no_match</c> for all events, by the comparison, and <c>action_other</c> for those that do not go on.
/// </summary>
[Bot("intelmq.bots.experts.filter.expert", "Drops events by their time, and sends them on or not by the value of a field.",
    Reads = ["time.source"], Paths = [MatchPath, NoMatchPath, OtherPath], Fusible = true)]
public sealed class FilterExpert : EventExpertBot<FilterParameters>
{
    private const string MatchPath = "filter_match";
    private const string NoMatchPath = "filter_no_match";
    private const string OtherPath = "action_other";

    private TimeLimit? _notBefore;
    private TimeLimit? _notAfter;
    private ValueMatch? _match;

    /// <inheritdoc/>
    public override void Process(Event input, IOutbox outbox)
    {
        if ((_notBefore is not null || _notAfter is not null) && !IsInTime(input[Fields.Time.Source]))
        {
            return;
        }

        if (_match is not { } match)
        {
            outbox.Send(input, input);
            return;
        }

        var matches = match.Key is { } field && match.IsMatch(input[field]);
        outbox.Send(input, input, matches == (Parameters.FilterAction == FilterAction.Keep) ? Paths.Default : OtherPath);
        outbox.Send(input, input, matches ? MatchPath : NoMatchPath);
    }

    /// <inheritdoc/>
    protected override ValueTask StartAsync(CancellationToken cancellation)
    {
        _notBefore = Parameters.NotBefore is { Length: > 0 } notBefore ? TimeLimit.Parse("not_before", notBefore) : null;
        _notAfter = Parameters.NotAfter is { Length: > 0 } notAfter ? TimeLimit.Parse("not_after", notAfter) : null;
        if (Parameters.FilterKey is { Length: > 0 } key)
        {
            _match = new ValueMatch(key, Context.Fields, Parameters.FilterValue, Parameters.FilterRegex);
            if (!Context.Fields.TryGet(key, out _))
            {
                Context.Log.LogWarning("filter_key is '{Key}', which is no field: no event matches.", key);
            }
        }

        return ValueTask.CompletedTask;
    }

    // An event without time passes.
    private bool IsInTime(in Value time) =>
        time.IsMissing || !TimeLimit.TryRead(time, out var instant)
        || ((_notBefore is not { } from || instant >= from.At(Context.Clock)) && (_notAfter is not { } until || instant <= until.At(Context.Clock)));
}
