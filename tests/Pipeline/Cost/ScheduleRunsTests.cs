// How often schedules come is counted, not guessed.
using FsCheck.Xunit;
using IntelMq.Pipeline.Cost;

namespace IntelMq.Pipeline.Tests.Cost;

public sealed class ScheduleRunsTests
{
    [Theory]
    [InlineData("*/15 * * * * *", 5760)]
    [InlineData("0 0 * * * *", 24)]
    [InlineData("* * * * * *", 86400)]
    [InlineData("0 */7 * * * *", 9 * 24)]
    [InlineData("30 5 8-17 * * 1-5", 10 * 261 / 365.0)]
    [InlineData("0 0 0 1 * *", 12 / 365.0)]
    [InlineData("0 0 0 31 12 *", 1 / 365.0)]
    [InlineData("0 0 0 29 2 *", 0.25 / 365)]
    public void Runs_per_day_are_the_mean_of_a_year(string schedule, double perDay) => Assert.Equal(perDay, ScheduleRuns.PerDay(schedule), 10);

    [Property(MaxTest = 40)]
    public void Every_rate_limit_is_counted_as_its_schedule_comes(FsCheck.PositiveInt rate, FsCheck.NonEmptyString id)
    {
        var schedule = RateLimitSchedule.For(600 + (rate.Get * 977), id.Get).Schedule;
        var times = 0;
        for (var at = schedule.Next(new DateTimeOffset(2026, 12, 31, 23, 59, 59, TimeSpan.Zero)); at < new DateTimeOffset(2028, 1, 1, 0, 0, 0, TimeSpan.Zero); at = schedule.Next(at.Value))
        {
            times++;
        }

        Assert.Equal(times / 365.0, ScheduleRuns.PerDay(schedule), 10);
    }
}
