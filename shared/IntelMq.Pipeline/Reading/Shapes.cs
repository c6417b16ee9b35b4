// Takes texts, flags and numbers from nodes, with a problem where the node is something else.
using System.Globalization;
using IntelMq.DataFormat;
using IntelMq.Pipeline.Files;

namespace IntelMq.Pipeline.Reading;

/// <summary>Takes texts, flags and numbers from entries of a map; null for an absent, empty or wrong one.</summary>
internal sealed class Shapes(ProblemLog problems)
{
    public string? Text(ConfigEntry? entry)
    {
        if (entry?.Node is ConfigScalar scalar)
        {
            return scalar.IsNull || scalar.Value.TextEquals("") ? null : scalar.Value.ToString();
        }

        if (entry is not null)
        {
            Wrong(entry, "a text");
        }

        return null;
    }

    public bool? Flag(ConfigEntry? entry)
    {
        if (entry is null or { Node: ConfigScalar { IsNull: true } })
        {
            return null;
        }

        var value = entry.Node.ToValue();
        var flag = value.AsBoolean() ?? (bool.TryParse(entry.Node is ConfigScalar ? value.AsText() : null, out var parsed) ? parsed : null);
        if (flag is null)
        {
            Wrong(entry, "true or false");
        }

        return flag;
    }

    public ConfigMap? Map(ConfigEntry? entry)
    {
        if (entry is not null and not { Node: ConfigMap or ConfigScalar { IsNull: true } })
        {
            Wrong(entry, "a map");
        }

        return entry?.Node as ConfigMap;
    }

    /// <summary>One of a few texts.</summary>
    public string? OneOf(ConfigEntry? entry, params IReadOnlyList<string> allowed)
    {
        var text = Text(entry);
        if (text is null || allowed.Contains(text))
        {
            return text;
        }

        Wrong(entry!, string.Join(" or ", allowed.Select(one => $"'{one}'")));
        return null;
    }

    /// <summary>A whole number of at least some size.</summary>
    public int? Number(ConfigEntry? entry, int minimum)
    {
        if (entry is null)
        {
            return null;
        }

        if (entry.Node is ConfigScalar { Value: var value } && value.AsInteger() is { } number && number >= minimum && number <= int.MaxValue)
        {
            return (int)number;
        }

        Wrong(entry, string.Create(CultureInfo.InvariantCulture, $"a whole number of at least {minimum}"));
        return null;
    }

    private void Wrong(ConfigEntry entry, string expected)
    {
        var found = entry.Node is ConfigScalar { IsNull: false } scalar ? $"'{scalar.Value}'" : entry.Node.Description;
        problems.Error(entry.Node.At, entry.Key, $"'{entry.Key}' is {found}, but must be {expected}.");
    }
}
