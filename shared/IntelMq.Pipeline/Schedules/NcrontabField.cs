// One field of a timer schedule.
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace IntelMq.Pipeline;

/// <summary>One field of an NCRONTAB schedule: <c>*</c>, numbers, names, ranges, steps, lists of these.</summary>
internal sealed record NcrontabField(string Name, int Minimum, int Maximum, string[] Names)
{
    /// <summary>The six fields in their order.</summary>
    public static NcrontabField[] All { get; } =
    [
        new("second", 0, 59, []),
        new("minute", 0, 59, []),
        new("hour", 0, 23, []),
        new("day", 1, 31, []),
        new("month", 1, 12, ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]),
        new("day of the week", 0, 6, ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]),
    ];

    /// <summary>The values of a field's text as bits.</summary>
    public bool TryParse(string text, out ulong bits, [NotNullWhen(false)] out string? problem)
    {
        bits = 0;
        problem = null;
        foreach (var item in text.Split(','))
        {
            if (!TryParseItem(item, out var some))
            {
                problem = string.Create(CultureInfo.InvariantCulture, $"'{text}' is no {Name} of a schedule. Allowed are *, {Minimum} to {Maximum}, ranges (a-b), steps (*/n) and lists of these.");
                return false;
            }

            bits |= some;
        }

        return true;
    }

    private bool TryParseItem(string item, out ulong bits)
    {
        bits = 0;
        var step = 1;
        var slash = item.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0 && !TryNumber(item[(slash + 1)..], out step))
        {
            return false;
        }

        var range = slash >= 0 ? item[..slash] : item;
        var dash = range.IndexOf('-', StringComparison.Ordinal);
        int first, last;
        if (range == "*")
        {
            (first, last) = (Minimum, Maximum);
        }
        else if (dash >= 0)
        {
            if (!TryValue(range[..dash], out first) || !TryValue(range[(dash + 1)..], out last))
            {
                return false;
            }
        }
        else if (TryValue(range, out first))
        {
            last = slash >= 0 ? Maximum : first;
        }
        else
        {
            return false;
        }

        if (step < 1 || first > last)
        {
            return false;
        }

        for (var value = first; value <= last; value += step)
        {
            bits |= 1UL << value;
        }

        return true;
    }

    private bool TryValue(string text, out int value)
    {
        var name = Array.FindIndex(Names, known => known.Equals(text, StringComparison.OrdinalIgnoreCase));
        if (name >= 0)
        {
            value = name + Minimum;
            return true;
        }

        return TryNumber(text, out value) && value >= Minimum && value <= Maximum;
    }

    // Two digits are all that any field needs; more would make the steps overflow.
    private static bool TryNumber(string text, out int number)
    {
        number = 0;
        return text.Length is 1 or 2 && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
