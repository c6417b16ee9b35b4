// What a pipeline costs, for programs.
using IntelMq.DataFormat;
using IntelMq.Pipeline;

namespace IntelMq.Cli.Terminal;

/// <summary>Gives an estimate as a value.</summary>
internal static class CostValue
{
    public static Value Of(CostEstimate estimate, IEnumerable<Problem> problems) => Value.Of(new ValueMap
    {
        ["currency"] = estimate.Prices.Currency,
        ["total"] = Money(estimate.Total),
        ["at_most"] = Money(estimate.Total + estimate.MostBeyond),
        ["prices_of"] = estimate.Prices.Date.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture),
        ["plan"] = estimate.Inputs.HostingPlan!,
        ["memory_mb"] = estimate.Inputs.MemoryMb!.Value,
        ["transports"] = Texts(estimate.Transports),
        ["events_per_day"] = estimate.EventsPerDay,
        ["busy_cpus"] = Math.Round(estimate.BusyCpus, 6),
        ["service_executions_per_day"] = Math.Round(estimate.ServiceExecutionsPerDay, 3),
        ["bots"] = Value.Of(estimate.Bots.Select(bot => Value.Of(new ValueMap
        {
            ["bot"] = bot.Bot,
            ["kind"] = bot.Kind.ToString().ToLowerInvariant(),
            ["fused_with"] = bot.FusedWith is null ? Value.Null : bot.FusedWith,
            ["events_per_day"] = Math.Round(bot.EventsPerDay, 3),
            ["messages_per_day"] = Math.Round(bot.MessagesPerDay, 3),
            ["executions_per_day"] = Math.Round(bot.ExecutionsPerDay, 3),
            ["gb_seconds"] = Math.Round(bot.GbSeconds, 3),
            ["cpu_seconds"] = Math.Round(bot.CpuSeconds, 3),
            ["cost"] = Money(bot.Cost),
        }))),
        ["lines"] = Value.Of(estimate.Lines.Select(line => Value.Of(new ValueMap
        {
            ["price"] = line.Price.Id,
            ["service"] = line.Price.Service,
            ["unit"] = line.Price.Unit,
            ["quantity"] = Math.Round(line.Quantity, 6),
            ["free"] = Math.Round(line.Free, 6),
            ["amount"] = line.Price.Amount,
            ["per"] = line.Price.Per,
            ["region"] = line.Price.Region,
            ["source"] = line.Price.Source,
            ["verified"] = line.Price.Verified,
            ["cost"] = Money(line.Cost),
        }))),
        ["rate"] = Math.Round(estimate.Rate, 6),
        ["scale"] = Value.Of(estimate.Scale.Select(bot => Value.Of(new ValueMap
        {
            ["bot"] = bot.Bot,
            ["events_per_second"] = Math.Round(bot.EventsPerSecond, 6),
            ["seconds_per_event"] = Math.Round(bot.SecondsPerEvent, 9),
            ["events_per_instance"] = Math.Round(bot.EventsPerInstance, 3),
            ["needed"] = bot.Needed,
            ["allowed"] = bot.Allowed,
            ["limit"] = bot.Limit,
            ["cure"] = bot.Cure is null ? Value.Null : bot.Cure,
        }))),
        ["assumptions"] = Texts(estimate.Assumptions),
        ["not_included"] = Texts(estimate.NotIncluded),
        ["problems"] = Value.Of(problems.Select(ProblemValue.Of)),
    });

    private static Value Money(double amount) => Math.Round(amount, 4);

    private static Value Texts(IEnumerable<string> texts) => Value.Of(texts.Select(Value.Of));
}
