// What a pipeline costs, for people: no line is longer than a hundred characters.
using System.Globalization;
using System.Text;
using IntelMq.Pipeline;

namespace IntelMq.Cli.Terminal;

/// <summary>Prints an estimate.</summary>
internal static class CostTable
{
    private const int Width = 100;
    private const int LongestName = 30;
    private const int LongestFused = 25;

    public static void Print(TextWriter output, string file, CostEstimate estimate)
    {
        var inputs = estimate.Inputs;
        var memory = inputs.HostingPlan == CompileOptions.DefaultPlan ? Text($", instances of {inputs.MemoryMb:N0} MB") : "";
        Wrap(output, "", Text($"{file}: about {estimate.Total:N2} {estimate.Prices.Currency} a month for {Number(estimate.EventsPerDay)} events a day ({string.Join(", ", estimate.Transports)}; {inputs.HostingPlan}{memory})."));
        Wrap(output, "", $"An estimate, with list prices looked up on {estimate.Prices.Date:yyyy-MM-dd} ({string.Join(", ", estimate.Lines.Select(line => line.Price.Region).Distinct().Order(StringComparer.Ordinal))}), without taxes. Give your own numbers: --events-per-day, --events COLLECTOR=N, --transport, --plan, --memory-mb, --prices.");
        PrintBots(output, estimate);
        PrintLines(output, estimate);
        PrintScale(output, estimate);
        output.WriteLine();
        output.WriteLine("Assumed:");
        foreach (var sentence in estimate.Assumptions)
        {
            Wrap(output, "- ", sentence);
        }

        output.WriteLine();
        output.WriteLine("Not in it:");
        foreach (var sentence in estimate.NotIncluded)
        {
            Wrap(output, "- ", sentence);
        }
    }

    private static void PrintBots(TextWriter output, CostEstimate estimate)
    {
        var isFlex = estimate.Inputs.HostingPlan == CompileOptions.DefaultPlan;
        var width = Widest("bot", estimate.Bots.Select(bot => bot.Bot));
        output.WriteLine();
        output.WriteLine($"{"bot".PadRight(width)} {"events/day",12} {"messages/day",12} {"executions/day",14} {(isFlex ? "GB-s/month" : "CPU s/month"),12} {estimate.Prices.Currency + "/month",10}");
        foreach (var bot in estimate.Bots)
        {
            var name = Name(bot.Bot, width);
            output.WriteLine(bot.FusedWith is { } head
                ? Text($"{name} {Number(bot.EventsPerDay),12} {"in the call of " + Name(head, LongestFused).TrimEnd(),40} {bot.Cost,10:N2}")
                : Text($"{name} {Number(bot.EventsPerDay),12} {Number(bot.MessagesPerDay),12} {Number(bot.ExecutionsPerDay),14} {(isFlex ? bot.GbSeconds : bot.CpuSeconds),12:N0} {bot.Cost,10:N2}"));
        }

        Wrap(output, "", Text($"Before anything is free. What serves all bots is not in these lines: the timers of the app ({Number(estimate.ServiceExecutionsPerDay)} executions a day), and what a plan or a namespace costs by the hour."));
    }

    private static void PrintLines(TextWriter output, CostEstimate estimate)
    {
        output.WriteLine();
        output.WriteLine($"{"service",-17} {"unit",-22} {"a month",14} {"free",12} {"price",17} {estimate.Prices.Currency + "/month",10}");
        foreach (var line in estimate.Lines)
        {
            var per = line.Price.Per == 1 ? "" : " / " + Number(line.Price.Per);
            output.WriteLine(Text($"{line.Price.Service,-17} {line.Price.Unit,-22} {Quantity(line.Quantity),14} {(line.Price.Free > 0 ? Quantity(line.Free) : "-"),12} {line.Price.Amount.ToString("0.########", CultureInfo.InvariantCulture) + per,17} {line.Cost,10:N2}{(line.Price.Verified ? "" : " ?")}"));
        }

        output.WriteLine(Text($"{"total",-17} {"",-22} {"",14} {"",12} {"",17} {estimate.Total,10:N2}"));
        if (estimate.MostBeyond >= 0.005)
        {
            Wrap(output, "", Text($"At most {estimate.MostBeyond:N2} more: executions of a function that come together share an instance, which is billed once; if none did, it would be that."));
        }

        var unverified = estimate.Lines.Where(line => !line.Price.Verified).Select(line => line.Price.Id).ToArray();
        if (unverified.Length > 0)
        {
            Wrap(output, "", $"? No public text was found that gives these prices: {string.Join(", ", unverified)}. Look them up, and give them with --prices FILE, a file of the same form as prices.tsv.");
        }
    }

    private static void PrintScale(TextWriter output, CostEstimate estimate)
    {
        var width = Widest("bot", estimate.Scale.Select(bot => bot.Bot));
        output.WriteLine();
        output.WriteLine(Text($"Instances for {Number(estimate.Rate)} events a second{(estimate.Inputs.Rate is null ? " (the busiest minute; --rate for another)" : "")}:"));
        output.WriteLine($"{"bot".PadRight(width)} {"events/s",10} {"CPU µs/event",13} {"one instance/s",15} {"needs",7} {"may have",9}");
        foreach (var bot in estimate.Scale)
        {
            output.WriteLine(Text($"{Name(bot.Bot, width)} {Number(bot.EventsPerSecond),10} {bot.SecondsPerEvent * 1e6,13:N0} {Number(bot.EventsPerInstance),15} {bot.Needed,7:N0} {bot.Allowed,9:N0}{(bot.Cure is null ? "" : "  too few")}"));
        }

        foreach (var bot in estimate.Scale.Where(bot => bot.Cure is not null))
        {
            Wrap(output, "", $"{bot.Bot} cannot keep up: {bot.Cure}.");
        }
    }

    private static int Widest(string title, IEnumerable<string> names) => Math.Min(LongestName, names.Select(name => name.Length).Append(title.Length).Max());

    private static string Name(string name, int width) => name.Length <= width ? name.PadRight(width) : name[..(width - 1)] + "…";

    private static string Number(double number) => number.ToString(number is > 0 and < 10 && number != Math.Floor(number) ? "0.#" : "N0", CultureInfo.InvariantCulture);

    private static string Quantity(double number) => number.ToString(number < 10 ? "0.###" : "N0", CultureInfo.InvariantCulture);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    // Breaks a sentence between words; what follows is indented.
    private static void Wrap(TextWriter output, string bullet, string sentence)
    {
        var indent = new string(' ', bullet.Length);
        var line = new StringBuilder(bullet);
        foreach (var word in sentence.Split(' '))
        {
            if (line.Length > bullet.Length && line.Length + word.Length + 1 > Width)
            {
                output.WriteLine(line.ToString());
                line.Clear().Append(indent);
            }

            line.Append(line.Length > bullet.Length ? " " : "").Append(word);
        }

        output.WriteLine(line.ToString());
    }
}
