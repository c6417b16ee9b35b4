// intelmq cost: what a pipeline costs in Azure, and how many instances it needs.
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using IntelMq.Cli.Terminal;
using IntelMq.DataFormat;
using IntelMq.Pipeline;

namespace IntelMq.Cli.Verbs;

/// <summary>Estimates what a pipeline costs.</summary>
internal static class CostVerb
{
    public static Command Command()
    {
        var file = Shared.File();
        var events = new Option<double>("--events-per-day") { Description = "The events per day that the collectors without --events bring together.", HelpName = "N", DefaultValueFactory = _ => CostInputs.DefaultEventsPerDay };
        var eventsOf = new Option<KeyValuePair<string, double>[]>("--events")
        {
            Description = "The events per day of one collector; can be repeated. The others share --events-per-day equally.",
            HelpName = "COLLECTOR=N",
            CustomParser = ParseEvents,
            Arity = ArgumentArity.OneOrMore,
        };
        var transport = new Option<string?>("--transport") { Description = "What carries the messages of bots that name no transport (default: the pipeline's, or storage-queue)." };
        transport.AcceptOnlyFromAmong([.. AppCompiler.Transports]);
        var plan = new Option<string?>("--plan") { Description = $"The hosting plan (default: the pipeline's, or {CompileOptions.DefaultPlan})." };
        plan.AcceptOnlyFromAmong([.. AppCompiler.HostingPlans]);
        var apps = new Option<string?>("--apps") { Description = "One function app for all bots, or one per bot; only Container Apps charges for it (default: the pipeline's, or one)." };
        apps.AcceptOnlyFromAmong([.. AppCompiler.Spreads]);
        var eventBytes = new Option<double?>("--event-bytes") { Description = "The length of an event as JSON.", HelpName = "BYTES" };
        var memory = new Option<int?>("--memory-mb") { Description = $"The memory of an instance on Flex Consumption (default: the pipeline's, or {CostInputs.DefaultMemory.ToString(CultureInfo.InvariantCulture)})." };
        memory.AcceptOnlyFromAmong([.. CostInputs.Memories.Select(size => size.ToString(CultureInfo.InvariantCulture))]);
        var rate = new Option<double?>("--rate") { Description = "The events per second that must be kept up with (default: the mean of the day times ten).", HelpName = "N" };
        var prices = new Option<string?>("--prices") { Description = "Prices of your own, in the form of the built-in table.", HelpName = "FILE" };
        foreach (var option in (Option[])[events, eventBytes, rate])
        {
            option.Validators.Add(result => MustBeNumber(result, mayBeZero: option == events));
        }

        var json = Shared.Json();
        var command = new Command("cost", "Estimate what a pipeline costs in Azure in a month, and how many instances it needs.") { file, events, eventsOf, transport, plan, apps, eventBytes, memory, rate, prices, json };
        command.SetAction(arguments => Estimate(
            arguments.GetValue(file)!,
            new CostInputs
            {
                EventsPerDay = arguments.GetValue(events),
                EventsOf = (arguments.GetValue(eventsOf) ?? []).GroupBy(item => item.Key).ToDictionary(same => same.Key, same => same.Last().Value, StringComparer.Ordinal),
                Transport = arguments.GetValue(transport),
                HostingPlan = arguments.GetValue(plan),
                Apps = arguments.GetValue(apps),
                EventBytes = arguments.GetValue(eventBytes),
                MemoryMb = arguments.GetValue(memory),
                Rate = arguments.GetValue(rate),
            },
            arguments.GetValue(prices),
            arguments.GetValue(json)));
        return command;
    }

    private static int Estimate(string file, CostInputs inputs, string? prices, bool json)
    {
        var loaded = PipelineFile.Load(file, Shared.Catalogue(), Shared.EnvironmentVariables(), MissingSecrets.Accept);
        var (table, bad) = prices is null ? (PriceTable.Default, []) : PriceTable.Load(prices);
        var (estimate, refused) = loaded.Pipeline is { } pipeline && table is not null ? CostEstimate.Of(pipeline, file, inputs, table) : (null, []);

        // Warnings of the file are 'intelmq check's; what stands in the way of an estimate is told.
        Problem[] problems = [.. loaded.Problems.Where(problem => problem.Severity == Severity.Error), .. bad, .. refused];
        if (json)
        {
            JsonOutput.Print(estimate is null ? Value.Of(new ValueMap { ["problems"] = Value.Of(problems.Select(ProblemValue.Of)) }) : CostValue.Of(estimate, problems));
            return estimate is null ? ExitCodes.WrongInput : ExitCodes.Good;
        }

        foreach (var problem in problems)
        {
            Console.Error.WriteLine(problem);
        }

        if (estimate is null)
        {
            Console.Error.WriteLine($"{file} was not estimated.");
            return ExitCodes.WrongInput;
        }

        CostTable.Print(Console.Out, file, estimate);
        return ExitCodes.Good;
    }

    private static KeyValuePair<string, double>[] ParseEvents(ArgumentResult result)
    {
        var given = new List<KeyValuePair<string, double>>();
        foreach (var token in result.Tokens)
        {
            var at = token.Value.LastIndexOf('=');
            if (at < 1 || !double.TryParse(token.Value.AsSpan(at + 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var events))
            {
                result.AddError($"'{token.Value}' is not of the form COLLECTOR=N: the id of a collector and its events per day, for example --events honeypot-collector=50000.");
                return [];
            }

            given.Add(new(token.Value[..at], events));
        }

        return [.. given];
    }

    private static void MustBeNumber(OptionResult result, bool mayBeZero)
    {
        if (result.Tokens is [var token] && (!double.TryParse(token.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number) || number < 0 || (number == 0 && !mayBeZero)))
        {
            result.AddError($"'{token.Value}' is no number for '{result.Option.Name}'. Give one above 0{(mayBeZero ? ", or 0" : "")}.");
        }
    }
}
