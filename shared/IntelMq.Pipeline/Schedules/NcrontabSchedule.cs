// A timer schedule as the Functions host reads it.
using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace IntelMq.Pipeline;

/// <summary>
/// An NCRONTAB schedule: second, minute, hour, day, month, day of the week, in UTC. Five fields lack the second, which is 0.
/// A day must fit both the day of the month and the day of the week.
/// </summary>
public sealed class NcrontabSchedule
{
    // A 29 February on a certain weekday comes within 40 years even around 2100.
    private const int MaxDays = 366 * 41;

    private readonly ulong[] _fields;

    private NcrontabSchedule(string text, ulong[] fields)
    {
        Text = text;
        _fields = fields;
    }

    /// <summary>The schedule with its six fields.</summary>
    public string Text { get; }

    /// <summary>Reads a schedule.</summary>
    /// <param name="text">Five or six fields, separated by blanks.</param>
    /// <param name="schedule">The schedule.</param>
    /// <param name="problem">Why the text is none, as a sentence.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out NcrontabSchedule? schedule, [NotNullWhen(false)] out string? problem)
    {
        schedule = null;
        var parts = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToList();
        if (parts.Count == 5)
        {
            parts.Insert(0, "0");
        }

        if (parts.Count != 6)
        {
            problem = $"'{text}' is no schedule. Give six fields: second, minute, hour, day, month, day of the week; for example '0 */5 * * * *'.";
            return false;
        }

        var fields = new ulong[6];
        for (var i = 0; i < 6; i++)
        {
            if (!NcrontabField.All[i].TryParse(parts[i], out fields[i], out problem))
            {
                return false;
            }
        }

        problem = null;
        schedule = new NcrontabSchedule(string.Join(' ', parts), fields);
        if (schedule.Next(new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero)) is null)
        {
            problem = $"The schedule '{text}' never comes: there is no such day.";
            schedule = null;
        }

        return schedule is not null;
    }

    /// <summary>The first time of the schedule after a moment, in UTC; null where there is none before the end of time.</summary>
    public DateTimeOffset? Next(DateTimeOffset after)
    {
        var day = after.UtcDateTime.Date;
        var first = after.UtcDateTime.TimeOfDay;
        var from = (int)first.TotalSeconds + 1;
        for (var days = 0; days < MaxDays && day < DateTime.MaxValue.Date; days++, day = day.AddDays(1), from = 0)
        {
            if (Has(3, day.Day) && Has(4, day.Month) && Has(5, (int)day.DayOfWeek) && NextSecond(from) is { } second)
            {
                return new DateTimeOffset(day.AddSeconds(second), TimeSpan.Zero);
            }
        }

        return null;
    }

    /// <summary>The last time of the schedule at or before a moment, in UTC; null where there was none since year 1.</summary>
    public DateTimeOffset? Previous(DateTimeOffset until)
    {
        // Next() is what is fast; the time searched lies in ever larger windows before the moment.
        for (var window = TimeSpan.FromMinutes(1); ; window *= 4)
        {
            var start = until.UtcTicks > window.Ticks ? until - window : DateTimeOffset.MinValue;
            if (LastBetween(start, until) is { } found)
            {
                return found;
            }

            if (start == DateTimeOffset.MinValue)
            {
                return null;
            }
        }
    }

    private DateTimeOffset? LastBetween(DateTimeOffset after, DateTimeOffset until)
    {
        // Halving: is there a time in the later half?
        var (low, high, found) = (after, until, (DateTimeOffset?)null);
        while (Next(low) is { } next && next <= high)
        {
            found = next;
            var middle = next + ((high - next) / 2);
            low = Next(middle) is { } later && later <= high ? middle : next;
        }

        return found;
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    private bool Has(int field, int value) => (_fields[field] & (1UL << value)) != 0;

    // The first second of the day, from a second on.
    private int? NextSecond(int from)
    {
        for (int hour = from / 3600, minute = from / 60 % 60, second = from % 60; hour < 24; hour++, minute = 0, second = 0)
        {
            if (!Has(2, hour))
            {
                continue;
            }

            for (; minute < 60; minute++, second = 0)
            {
                var seconds = Has(1, minute) ? _fields[0] & (ulong.MaxValue << second) : 0;
                if (seconds != 0)
                {
                    return (hour * 3600) + (minute * 60) + BitOperations.TrailingZeroCount(seconds);
                }
            }
        }

        return null;
    }
}
