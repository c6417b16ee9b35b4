// The parameter default_fields of parsers.
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Runtime;

/// <summary>Fields that every event of a parser gets unless it has them.</summary>
internal static class DefaultFields
{
    /// <summary>Checks the configured fields once, at the start.</summary>
    /// <exception cref="BotConfigurationException">A name is no field or a value is unfit; all problems are listed.</exception>
    public static IReadOnlyList<Message.Slot> Check(ParserParameters parameters, FieldCatalogue fields)
    {
        var problems = new List<string>();
        var probe = new Event(fields);
        foreach (var (name, value) in parameters.DefaultFields ?? [])
        {
            try
            {
                probe.Add(name, value);
            }
            catch (DataFormatException error)
            {
                problems.Add($"default_fields: {error.Message}");
            }
        }

        return problems.Count > 0 ? throw new BotConfigurationException(problems) : probe.Slots.ToArray();
    }

    /// <summary>Adds the fields that an event lacks.</summary>
    public static void Complete(Event made, IReadOnlyList<Message.Slot> defaults)
    {
        for (var i = 0; i < defaults.Count; i++)
        {
            if (!made.Contains(defaults[i].Field))
            {
                made.TryAdd(defaults[i].Field, defaults[i].Value);
            }
        }
    }
}
