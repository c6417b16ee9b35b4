// Timer schedules: reading, the next time, and what stands for a rate limit.
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace IntelMq.Pipeline.Tests;

public sealed class ScheduleTests
{
    private static readonly DateTimeOffset s_start = new(2024, 2, 28, 23, 59, 30, TimeSpan.Zero);

    private static NcrontabSchedule Parse(string text) =>
        NcrontabSchedule.TryParse(text, out var schedule, out var problem) ? schedule : throw new InvalidOperationException(problem);

    [Theory]
    [InlineData("* * * * * *", "2024-02-28T23:59:31Z")]
    [InlineData("30 * * * * *", "2024-02-29T00:00:30Z")]
    [InlineData("*/5 * * * *", "2024-02-29T00:00:00Z")]
    [InlineData("0 30 6 * * *", "2024-02-29T06:30:00Z")]
    [InlineData("0 0 6-8/2 1 mar *", "2024-03-01T06:00:00Z")]
    [InlineData("0 0 0 29 2 *", "2024-02-29T00:00:00Z")]
    [InlineData("0 0 0 29 Feb sun", "2032-02-29T00:00:00Z")]
    [InlineData("0 0 0 1 * Mon,3-4", "2024-04-01T00:00:00Z")]
    [InlineData("15,45 59 23 28 2 *", "2024-02-28T23:59:45Z")]
    [InlineData("10/20 0 0 * * *", "2024-02-29T00:00:10Z")]
    public void The_next_time(string text, string expected) =>
        Assert.Equal(DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), Parse(text).Next(s_start));

    [Fact]
    public void Other_time_zones_are_turned_into_utc() =>
        Assert.Equal(new DateTimeOffset(2024, 2, 29, 0, 0, 0, TimeSpan.Zero), Parse("0 0 0 * * *").Next(new DateTimeOffset(2024, 2, 29, 1, 30, 0, TimeSpan.FromHours(2))));

    [Fact]
    public void The_end_of_time_has_no_next_time() => Assert.Null(Parse("0 0 0 1 1 *").Next(DateTimeOffset.MaxValue));

    [Theory]
    [InlineData("")]
    [InlineData("* * * *")]
    [InlineData("* * * * * * *")]
    [InlineData("60 * * * * *")]
    [InlineData("0 0 0 0 * *")]
    [InlineData("0 0 0 * * 7")]
    [InlineData("0 0 0 L * *")]
    [InlineData("0 0 0 * * 1#2")]
    [InlineData("*/0 * * * * *")]
    [InlineData("5-1 * * * * *")]
    [InlineData("1,,2 * * * * *")]
    [InlineData("-1 * * * * *")]
    [InlineData("*/99999999999 * * * * *")]
    [InlineData("0 0 0 31 feb *")]
    public void What_is_no_schedule(string text)
    {
        Assert.False(NcrontabSchedule.TryParse(text, out var schedule, out var problem));
        Assert.Null(schedule);
        Assert.EndsWith(".", problem, StringComparison.Ordinal);
    }

    [Property]
    public Property Random_text_gives_a_schedule_or_a_sentence() => Prop.ForAll(
        Gen.Elements("* 0 5 59 60 , - / L feb sun x ? #".Split(' ')).ListOf().Select(parts => string.Join(' ', parts).Replace(" , ", ",").Replace(" - ", "-").Replace(" / ", "/")).ToArbitrary(),
        text => NcrontabSchedule.TryParse(text, out _, out var problem) == (problem is null));

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(7, 7, 8)]
    [InlineData(20, 20, 20)]
    [InlineData(45, 60, 60)]
    [InlineData(60, 60, 60)]
    [InlineData(300, 300, 300)]
    [InlineData(301, 360, 360)]
    [InlineData(420, 420, 480)]
    [InlineData(3600, 3600, 3600)]
    [InlineData(5400, 7200, 7200)]
    [InlineData(86400, 86400, 86400)]
    [InlineData(172800, 172800, 259200)]
    [InlineData(604800, 604800, 604800)]
    public void The_schedule_of_a_rate(int rate, int shortest, int longest)
    {
        var schedule = RateLimitSchedule.For(rate, "a-collector");
        Assert.Equal((shortest, longest), ((int)schedule.ShortestGap, (int)schedule.LongestGap));
    }

    [Property(MaxTest = 300)]
    public Property Runs_are_never_closer_than_the_rate_and_the_gaps_are_as_told() => Prop.ForAll(
        Gen.OneOf(Gen.Choose(1, 60), Gen.Choose(61, 3600), Gen.Choose(3601, 86400), Gen.Choose(86401, 365 * 86400)).Zip(Gen.Choose(0, 10_000)).ToArbitrary(),
        input =>
        {
            var rate = RateLimitSchedule.For(input.Item1, $"bot-{input.Item2}");
            var time = rate.Schedule.Next(s_start)!.Value;
            for (var i = 0; i < 70; i++)
            {
                var next = rate.Schedule.Next(time)!.Value;
                var gap = (next - time).TotalSeconds;
                if (gap < input.Item1 || gap < rate.ShortestGap || gap > rate.LongestGap)
                {
                    return false;
                }

                time = next;
            }

            return true;
        });

    [Fact]
    public void Bots_start_at_different_offsets_and_always_at_the_same()
    {
        var schedules = Enumerable.Range(0, 100).Select(i => RateLimitSchedule.For(3600, $"bot-{i}").Schedule.Text).ToList();
        Assert.True(schedules.Distinct().Count() > 90);
        Assert.Equal(schedules[0], RateLimitSchedule.For(3600, "bot-0").Schedule.Text);
    }
}
