// Finds out when the collectors run.
using System.Globalization;
using IntelMq.Bots;
using IntelMq.Pipeline.Files;

namespace IntelMq.Pipeline.Reading;

/// <summary>Finds out when the collectors run: their <c>schedule</c>, else what stands for their <c>rate_limit</c>.</summary>
internal sealed class ScheduleReader(ProblemLog problems)
{
    public void Read(DraftBot bot)
    {
        if (bot.Parameters is not CollectorParameters parameters)
        {
            return;
        }

        var at = bot.Given.GetValueOrDefault("schedule")?.At ?? bot.At;
        if (parameters.Schedule is { } text)
        {
            if (NcrontabSchedule.TryParse(text, out var schedule, out var problem))
            {
                bot.Schedule = schedule;
            }
            else
            {
                problems.Error(at, "schedule", $"Bot '{bot.Id}': {problem}");
            }

            return;
        }

        var rate = RateLimitSchedule.For(parameters.RateLimit, bot.Id);
        bot.Schedule = rate.Schedule;
        WarnOfDifference(bot, parameters.RateLimit, rate);
    }

    private void WarnOfDifference(DraftBot bot, int rateLimit, RateLimitSchedule rate)
    {
        var at = bot.Given.GetValueOrDefault("rate_limit")?.At ?? bot.At;
        if (bot.RunMode == RunMode.Scheduled)
        {
            problems.Warning(bot.Map["run_mode"]?.At ?? bot.At, "run_mode", $"The collector '{bot.Id}' is started by a scheduler of yours in IntelMQ; here it runs at '{rate.Schedule}'. Give it a 'schedule', for example '0 0 6 * * *'.");
        }
        else if (rateLimit < 1)
        {
            problems.Warning(at, "rate_limit", $"The collector '{bot.Id}' has no rate_limit, so it runs once a minute ('{rate.Schedule}'). Give it a 'rate_limit' or a 'schedule'.");
        }
        else if (rate.ShortestGap != rateLimit || rate.LongestGap != rateLimit)
        {
            var gaps = rate.ShortestGap == rate.LongestGap
                ? string.Create(CultureInfo.InvariantCulture, $"every {rate.ShortestGap} seconds")
                : string.Create(CultureInfo.InvariantCulture, $"every {rate.ShortestGap} to {rate.LongestGap} seconds");
            problems.Warning(at, "rate_limit", string.Create(CultureInfo.InvariantCulture, $"A timer cannot run every {rateLimit} seconds; the collector '{bot.Id}' runs {gaps} ('{rate.Schedule}')."));
        }
    }
}
