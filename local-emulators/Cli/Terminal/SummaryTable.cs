// How a run ended.
using System.Globalization;
using IntelMq.DataFormat;
using IntelMq.FunctionsHost.Running;

namespace IntelMq.Cli.Terminal;

/// <summary>Prints what each bot did.</summary>
internal static class SummaryTable
{
    public static void Print(RunSummary summary, long deadLetters, bool json, string data)
    {
        if (json)
        {
            JsonOutput.Print(ToValue(summary, deadLetters));
        }
        else
        {
            PrintTable(summary, deadLetters, data);
        }

        foreach (var problem in summary.Problems)
        {
            Console.Error.WriteLine("error: " + problem);
        }
    }

    private static void PrintTable(RunSummary summary, long deadLetters, string data)
    {
        var width = Math.Max(3, summary.Bots.Count == 0 ? 3 : summary.Bots.Max(bot => bot.BotId.Length));
        Console.WriteLine($"{"bot".PadRight(width)} {"in",12} {"out",12} {"dropped",12} {"dead letters",13} {"seconds",9}");
        foreach (var bot in summary.Bots)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{bot.BotId.PadRight(width)} {bot.Counts.In,12:N0} {bot.Counts.Out,12:N0} {bot.Counts.Dropped,12:N0} {bot.Counts.DeadLettered,13:N0} {bot.Busy.TotalSeconds,9:F2}"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Done in {summary.Duration.TotalSeconds:F1} s."));
        if (deadLetters > 0)
        {
            Console.WriteLine($"{deadLetters} dead letters: 'intelmq dead-letters list --data {data}' shows them.");
        }
    }

    private static Value ToValue(RunSummary summary, long deadLetters) => Value.Of(new ValueMap
    {
        ["seconds"] = Math.Round(summary.Duration.TotalSeconds, 3),
        ["dead_letters"] = deadLetters,
        ["bots"] = Value.Of(summary.Bots.Select(bot => Value.Of(new ValueMap
        {
            ["bot"] = bot.BotId,
            ["in"] = bot.Counts.In,
            ["out"] = bot.Counts.Out,
            ["dropped"] = bot.Counts.Dropped,
            ["dead_lettered"] = bot.Counts.DeadLettered,
            ["parked"] = bot.Counts.Parked,
            ["frames"] = bot.Frames,
            ["seconds"] = Math.Round(bot.Busy.TotalSeconds, 3),
        }))),
        ["problems"] = Value.Of(summary.Problems.Select(Value.Of)),
    });
}
