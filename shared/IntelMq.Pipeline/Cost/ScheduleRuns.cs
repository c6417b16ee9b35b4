// How often a schedule comes.
namespace IntelMq.Pipeline.Cost;

/// <summary>Counts the runs of a schedule, exactly.</summary>
internal static class ScheduleRuns
{
    private const double DaysOfYear = 365;

    // No leap year: a month is 730 hours, as in Azure's own calculator.
    private static readonly DateTimeOffset s_start = new(2027, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The runs per day, as the mean of a year.</summary>
    public static double PerDay(NcrontabSchedule schedule)
    {
        // Every day of a schedule has the same times, so one day is counted, and the days.
        var end = s_start.AddYears(1);
        if (schedule.Next(s_start.AddTicks(-1)) is not { } first || first >= end)
        {
            // 29 February: once in four years.
            return 1 / (DaysOfYear * 4);
        }

        var times = 0;
        for (DateTimeOffset? at = first; at is { } time && time.Date == first.Date; at = schedule.Next(time))
        {
            times++;
        }

        var days = 0;
        for (DateTimeOffset? at = first; at is { } time && time < end; at = schedule.Next(new DateTimeOffset(time.Date.AddDays(1), TimeSpan.Zero).AddTicks(-1)))
        {
            days++;
        }

        return times * days / DaysOfYear;
    }

    /// <summary>The runs per day of a schedule that is written by the compiler.</summary>
    public static double PerDay(string schedule) =>
        NcrontabSchedule.TryParse(schedule, out var parsed, out var problem) ? PerDay(parsed) : throw new InvalidOperationException(problem);
}
