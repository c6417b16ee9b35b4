// The timer schedule that stands for IntelMQ's rate_limit.
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace IntelMq.Pipeline;

/// <summary>
/// The schedule that stands for a <c>rate_limit</c>: the nearest one whose runs are never closer together. Timer schedules follow the
/// calendar, so only a rate that divides a minute, an hour or a day is met exactly. Runs of different bots start at different offsets.
/// </summary>
/// <param name="Schedule">The schedule.</param>
/// <param name="ShortestGap">The shortest time between two runs, in seconds.</param>
/// <param name="LongestGap">The longest time between two runs, in seconds.</param>
public sealed record RateLimitSchedule(NcrontabSchedule Schedule, long ShortestGap, long LongestGap)
{
    private const int Minute = 60;
    private const int Hour = 3600;
    private const int Day = 86400;

    /// <summary>The schedule of a bot.</summary>
    /// <param name="rateLimit">Seconds between two runs; below 1 counts as a minute.</param>
    /// <param name="botId">The bot instance, whose hash gives the offset.</param>
    public static RateLimitSchedule For(int rateLimit, string botId)
    {
        var rate = rateLimit < 1 ? Minute : rateLimit;
        var offset = new Offset(botId);
        if (rate <= Minute / 2)
        {
            var seconds = Spread.Over(0, 60, rate, offset.Below(60));
            return Of($"{seconds.Text} * * * * *", seconds, 1);
        }

        var second = offset.Below(60);
        if (rate <= Hour)
        {
            var minutes = Spread.Over(0, 60, Units(rate, Minute), offset.Below(60));
            return Of($"{second} {minutes.Text} * * * *", minutes, Minute);
        }

        var minute = offset.Below(60);
        if (rate <= Day)
        {
            var hours = Spread.Over(0, 24, Units(rate, Hour), offset.Below(24));
            return Of($"{second} {minute} {hours.Text} * * *", hours, Hour);
        }

        return Calendar(rate, $"{second} {minute} {offset.Below(24)}", offset);
    }

    // Months have different lengths, so the gaps do too.
    private static RateLimitSchedule Calendar(int rate, string time, Offset offset)
    {
        var days = Units(rate, Day);
        if (days <= 7)
        {
            var weekdays = Spread.Over(0, 7, days, offset.Below(7));
            return Of($"{time} * * {weekdays.Text}", weekdays, Day);
        }

        var day = 1 + offset.Below(days <= 14 ? 14 : 28);
        if (days <= 14)
        {
            return Of(string.Create(CultureInfo.InvariantCulture, $"{time} {day},{day + 14} * *"), 14 * Day, 17 * Day);
        }

        var (step, shortest, longest) = days switch
        {
            <= 28 => (1, 28, 31),
            <= 59 => (2, 59, 62),
            <= 89 => (3, 89, 92),
            <= 181 => (6, 181, 184),
            _ => (12, 365, 366),
        };
        var months = Spread.Over(1, 12, step, offset.Below(12));
        return Of(string.Create(CultureInfo.InvariantCulture, $"{time} {day} {months.Text} *"), (long)shortest * Day, (long)longest * Day);
    }

    private static int Units(int rate, int unit) => (rate + unit - 1) / unit;

    private static RateLimitSchedule Of(string text, Spread spread, int unit) => Of(text, (long)spread.Shortest * unit, (long)spread.Longest * unit);

    private static RateLimitSchedule Of(string text, long shortest, long longest) =>
        NcrontabSchedule.TryParse(text, out var schedule, out var problem)
            ? new RateLimitSchedule(schedule, shortest, longest)
            : throw new InvalidOperationException(problem);

    /// <summary>Takes offsets from the hash of a bot's id.</summary>
    private sealed class Offset(string botId)
    {
        private ulong _hash = BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(botId)));

        public int Below(int limit)
        {
            var (rest, offset) = Math.DivRem(_hash, (ulong)limit);
            _hash = rest;
            return (int)offset;
        }
    }

    /// <summary>As many values of a cycle as fit with a gap between them, as evenly as possible.</summary>
    private sealed record Spread(string Text, int Shortest, int Longest)
    {
        public static Spread Over(int minimum, int cycle, int gap, int offset)
        {
            var count = Math.Max(cycle / gap, 1);
            var values = Enumerable.Range(0, count).Select(i => minimum + (((i * cycle / count) + offset) % cycle)).Order().ToList();
            var text = count == cycle
                ? "*"
                : count > 2 && cycle % count == 0
                    ? string.Create(CultureInfo.InvariantCulture, $"{values[0]}-{minimum + cycle - 1}/{cycle / count}")
                    : string.Join(',', values.Select(value => value.ToString(CultureInfo.InvariantCulture)));
            return new Spread(text, cycle / count, (cycle + count - 1) / count);
        }
    }
}
