// Events with several values for outputs that take one value per field.
namespace IntelMq.DataFormat;

/// <summary>How an event with several values becomes events with single values.</summary>
public enum ExplodeMode
{
    /// <summary>One event with the first value of each field.</summary>
    First,

    /// <summary>One event per place: the n-th values of all fields belong together; a shorter field repeats its last value.</summary>
    Zip,

    /// <summary>One event per combination of values.</summary>
    Cartesian,
}

/// <summary>The explode adapter.</summary>
public static class Explode
{
    /// <summary>More combinations than this are refused: ten fields with four values are a million events.</summary>
    public const int MaxCombinations = 10_000;

    /// <summary>The events with single values, in order. Exploded events keep parent and groups; their ids derive from the event's.</summary>
    /// <exception cref="InvalidValueException">More than <see cref="MaxCombinations"/> combinations.</exception>
    public static IReadOnlyList<Event> Apply(Event source, ExplodeMode mode)
    {
        var several = source.Slots.ToArray().Where(slot => slot.Field.Multiple && slot.Value.Kind == ValueKind.List).ToArray();
        if (several.Length == 0)
        {
            return [source];
        }

        var picks = mode switch
        {
            ExplodeMode.First => [new int[several.Length]],
            ExplodeMode.Zip => Zip(several),
            _ => Cartesian(several),
        };
        return picks.Select((pick, ordinal) => Pick(source, several, pick, ordinal, mode)).ToArray();
    }

    private static Event Pick(Event source, Message.Slot[] several, int[] pick, int ordinal, ExplodeMode mode)
    {
        var single = (Event)source.Clone();
        for (var i = 0; i < several.Length; i++)
        {
            var values = several[i].Value.AsList();
            single.Put(several[i].Field, values[Math.Min(pick[i], values.Count - 1)]);
        }

        if (mode != ExplodeMode.First)
        {
            single.Meta.Id = MessageId.Derived(source.Meta.Id, source.Meta.Id, "explode", mode.ToString(), ordinal);
            single.Meta.Parent = source.Meta.Parent;
        }

        return single;
    }

    private static int[][] Zip(Message.Slot[] several)
    {
        var longest = several.Max(slot => slot.Value.AsList().Count);
        return Enumerable.Range(0, longest).Select(place => Enumerable.Repeat(place, several.Length).ToArray()).ToArray();
    }

    private static int[][] Cartesian(Message.Slot[] several)
    {
        var total = several.Aggregate(1L, (product, slot) => Math.Min(product * slot.Value.AsList().Count, int.MaxValue));
        if (total > MaxCombinations)
        {
            throw new InvalidValueException(several[0].Field.Name, several[0].Value, $"the event has {total} combinations of values; at most {MaxCombinations} are exploded");
        }

        IEnumerable<int[]> picks = [[]];
        foreach (var slot in several)
        {
            var count = slot.Value.AsList().Count;
            picks = picks.SelectMany(pick => Enumerable.Range(0, count).Select(place => (int[])[.. pick, place]));
        }

        return picks.ToArray();
    }
}
